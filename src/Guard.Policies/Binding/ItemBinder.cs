using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>One <c>field|modifiers: values</c> to an item. What fields there are is for the domain to say.</summary>
internal abstract class ItemBinder
{
    protected ItemBinder(PolicyDomain domain, ValueLists lists, DiagnosticBag bag)
    {
        Values = new ValueBinder(domain, lists, bag);
        Bag = bag;
    }

    protected ValueBinder Values { get; }

    protected DiagnosticBag Bag { get; }

    /// <summary>The item, or null after a finding.</summary>
    public ItemNode? Bind(YamlEntry entry)
    {
        var (key, value) = entry;
        var name = key.Text.Split('|')[0];
        var modifiers = ItemModifiers.Parse(key, Bag);
        if (name.Length == 0)
        {
            var nodes = value is YamlSequence list ? list.Items : [value];
            return nodes.IsEmpty ? Empty(entry) : BindKeywords(key.Span, modifiers, nodes);
        }

        var known = CheckField(name, key);
        var possible = modifiers is not null && (!known || CheckModifiers(name, key, modifiers));
        var permitNull = modifiers is { Kind: ItemKind.Text, Expand: false, IsPlain: true };
        var values = Values.Read(key, value, permitNull);
        if (!known || !possible || values.IsEmpty || !Values.CheckPlaceholders(key, modifiers!, values))
        {
            return null;
        }

        CheckAll(key, modifiers!, values);
        var item = values is [{ IsNull: true }] ? BindPresence(name, key, modifiers!, isNull: true, holds: true)
            : modifiers!.Kind == ItemKind.Presence ? BindExists(name, key, modifiers, values)
            : BindValues(name, key, modifiers, values);
        return item is null ? null : item with { Negated = modifiers!.Negated };
    }

    /// <summary>Values without a field, or null after a finding.</summary>
    /// <param name="span">Where they stand.</param>
    /// <param name="modifiers">Null after a finding.</param>
    /// <param name="nodes">At least one.</param>
    public abstract ItemNode? BindKeywords(SourceSpan span, ItemModifiers? modifiers, ImmutableArray<YamlNode> nodes);

    /// <summary>Whether the field exists; if not, after the finding.</summary>
    protected abstract bool CheckField(string name, YamlScalar key);

    /// <summary>Whether the field can be compared so; if not, after the finding.</summary>
    protected abstract bool CheckModifiers(string name, YamlScalar key, ItemModifiers modifiers);

    /// <summary>The item over values that were read, or null after a finding.</summary>
    protected abstract ItemNode? BindValues(
        string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values);

    /// <summary><c>null</c> and <c>exists</c>.</summary>
    protected abstract ItemNode BindPresence(string name, YamlScalar key, ItemModifiers modifiers, bool isNull, bool holds);

    private ItemNode? Empty(YamlEntry entry)
    {
        Values.Read(entry.Key, entry.Value, permitNull: false);
        return null;
    }

    private ItemNode? BindExists(string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        if (values is [{ } value] && bool.TryParse(value.Text, out var exists))
        {
            return BindPresence(name, key, modifiers, isNull: false, exists);
        }

        Bag.Report(DiagnosticCatalogue.BadModifierValue, values[0].Span, "exists takes true or false, and one of them only");
        return null;
    }

    private void CheckAll(YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        if (modifiers.All && values.Length == 1)
        {
            var message = $"all over the single value of {TerminalText.Quote(key.Text)} means nothing";
            Bag.Report(DiagnosticCatalogue.AllOnSingleValue, key.Span, message);
        }
    }
}
