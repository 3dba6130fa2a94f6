using System.Collections.Immutable;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Binding;

/// <summary>One value of a list and where it was written.</summary>
internal readonly record struct ListValue(string Text, SourceSpan Span);

/// <summary>A list that <c>expand</c> can name.</summary>
internal sealed record ValueList(string Name, SourceSpan Span, ImmutableArray<ListValue> Values);

/// <summary>The lists of a bundle; remembers which of them are used.</summary>
internal sealed class ValueLists
{
    private readonly Dictionary<string, ValueList> _lists = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _lists.Keys;

    /// <summary>The lists that no rule has asked for.</summary>
    public IEnumerable<ValueList> Unused => _lists.Values.Where(l => !_used.Contains(l.Name));

    /// <summary>False when there is one of this name already.</summary>
    public bool TryAdd(ValueList list) => _lists.TryAdd(list.Name, list);

    public ValueList? Find(string name)
    {
        _used.Add(name);
        return _lists.GetValueOrDefault(name);
    }
}
