using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>
/// Items that hold, or do not, at the same time. A contradiction is an item that does both, or two that ask for different
/// values of what has one value only.
/// </summary>
/// <param name="onUnknown">With deny a rule also decides where a value is not known: then two items over it exclude nothing.</param>
/// <param name="accountsStay">Whether names of accounts and groups count as the numbers that they have today.</param>
internal sealed class Assumptions(OnUnknown onUnknown, bool accountsStay)
{
    private readonly Dictionary<int, bool> _values = [];
    private readonly Dictionary<PolicyField, ImmutableArray<NumberRange>> _numbers = [];
    private HashSet<string>? _digests;

    /// <summary>What is assumed of an item, or null.</summary>
    public bool? Of(int meaning) => _values.TryGetValue(meaning, out var value) ? value : null;

    /// <summary>Notes that an item holds or does not; false on a contradiction.</summary>
    public bool Add(int meaning, NormalisedAtom atom, bool value)
        => _values.TryAdd(meaning, value) ? !value || HasValueLeft(atom) : _values[meaning] == value;

    private bool HasValueLeft(NormalisedAtom atom) => atom switch
    {
        NumberAtom { Ranges.IsEmpty: false } number when ExcludesOthers(number.Field) => Intersect(number),
        TextAtom { Field: PolicyField.Digest } text when onUnknown == OnUnknown.Allow => Intersect(text),
        _ => true,
    };

    /// <summary>Names of accounts and groups mean other numbers on another day, so that two of them exclude nothing for good.</summary>
    private bool ExcludesOthers(PolicyField field) => field
        is PolicyField.Operation or PolicyField.SystemOperation or PolicyField.Protocol or PolicyField.NewUid or PolicyField.NewGid
        || (accountsStay && (field is PolicyField.User or PolicyField.LogonId || (field == PolicyField.Group && onUnknown == OnUnknown.Allow)))
        || (onUnknown == OnUnknown.Allow
            && field is PolicyField.DestinationPort or PolicyField.SourcePort or PolicyField.AddressFamily or PolicyField.MountNamespace);

    private bool Intersect(NumberAtom atom)
    {
        var left = _numbers.TryGetValue(atom.Field, out var known) ? NumberRanges.Combine([known, atom.Ranges], all: true) : atom.Ranges;
        _numbers[atom.Field] = left;
        return !left.IsEmpty;
    }

    private bool Intersect(TextAtom atom)
    {
        var digests = atom.Patterns.Select(p => Encoding.ASCII.GetString(p.Elements.OfType<LiteralElement>().Single().Bytes.AsSpan()));
        if (_digests is null)
        {
            _digests = [.. digests];
        }
        else
        {
            _digests.IntersectWith(digests);
        }

        return _digests.Count > 0;
    }
}
