using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Items over events: any field, every modifier.</summary>
internal sealed class EventItemBinder : ItemBinder
{
    public EventItemBinder(ValueLists lists, DiagnosticBag bag)
        : base(PolicyDomain.Events, lists, bag)
    {
    }

    public override ItemNode? BindKeywords(SourceSpan span, ItemModifiers? modifiers, ImmutableArray<YamlNode> nodes)
    {
        if (modifiers is not { Kind: ItemKind.Text or ItemKind.Expression }
            || modifiers.Placement is Placement.StartsWith or Placement.EndsWith)
        {
            if (modifiers is not null)
            {
                var message = "a keyword is looked for anywhere in the event: as text or with re";
                Bag.Report(DiagnosticCatalogue.ModifierNotForField, span, message, "name a field");
            }

            return null;
        }

        var values = Values.CheckAll(nodes);
        var texts = values.IsEmpty ? [] : Values.BindTexts(modifiers, Placement.Contains, values);
        return texts.IsEmpty ? null : new KeywordItem(span, modifiers.All, texts) { Negated = modifiers.Negated };
    }

    protected override bool CheckField(string name, YamlScalar key) => true;

    protected override bool CheckModifiers(string name, YamlScalar key, ItemModifiers modifiers) => true;

    protected override ItemNode BindPresence(string name, YamlScalar key, ItemModifiers modifiers, bool isNull, bool holds)
    {
        ImmutableArray<EventAtom> atoms = [new EventPresenceAtom(key.Span, name, isNull)];
        return new EventAtomsItem(key.Span, false, atoms) { Inverted = !holds };
    }

    protected override ItemNode? BindValues(
        string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        if (modifiers.Kind is ItemKind.Text or ItemKind.Expression)
        {
            var texts = Values.BindTexts(modifiers, modifiers.Placement, values);
            return texts.IsEmpty ? null : new EventTextItem(name, key.Span, modifiers.All, texts);
        }

        if (modifiers is { Kind: ItemKind.Time, All: false })
        {
            return BindTimes(name, key, modifiers, values) is { } times ? new EventAtomsItem(key.Span, false, [times]) : null;
        }

        if (modifiers is { Kind: ItemKind.Network, All: false })
        {
            return BindNetworks(name, key, modifiers, values) is { } nets ? new EventAtomsItem(key.Span, false, [nets]) : null;
        }

        var atoms = values.Select(v => BindValue(name, key, modifiers, v)).ToList();
        return atoms.Contains(null) ? null : new EventAtomsItem(key.Span, modifiers.All, [.. atoms.Select(a => a!)]);
    }

    private EventAtom? BindValue(string name, YamlScalar key, ItemModifiers modifiers, YamlScalar value)
        => modifiers.Kind switch
        {
            ItemKind.Network => BindNetworks(name, key, modifiers, [value]),
            ItemKind.Reference => BindReference(name, key, modifiers, value),
            ItemKind.Comparison => BindComparison(name, key, modifiers, value),
            _ => BindTimes(name, key, modifiers, [value]),
        };

    private EventReferenceAtom? BindReference(string name, YamlScalar key, ItemModifiers modifiers, YamlScalar value)
    {
        if (value.Text.Length == 0 || value.Text.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            var message = $"{TerminalText.Quote(value.Text)} is not the name of one field";
            Bag.Report(DiagnosticCatalogue.BadModifierValue, value.Span, message, "fieldref takes the name of a field");
            return null;
        }

        var placement = modifiers.Placement switch
        {
            Placement.Contains => ReferencePlacement.Contains,
            Placement.StartsWith => ReferencePlacement.StartsWith,
            Placement.EndsWith => ReferencePlacement.EndsWith,
            _ => ReferencePlacement.Whole,
        };
        return new EventReferenceAtom(key.Span, name, value.Text, placement, modifiers.CaseSensitive);
    }

    private EventNumberAtom? BindComparison(string name, YamlScalar key, ItemModifiers modifiers, YamlScalar value)
    {
        if (PlainScalars.TryReadNumber(value.Text, out var number))
        {
            return new EventNumberAtom(key.Span, name, SigmaVocabulary.ComparisonOf(modifiers), number);
        }

        var message = $"{TerminalText.Quote(value.Text)} is not a decimal number";
        Bag.Report(DiagnosticCatalogue.BadModifierValue, value.Span, message, "gt, gte, lt and lte take a number in digits");
        return null;
    }

    private EventTimeAtom? BindTimes(
        string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var part = (TimePart)(modifiers.Defining!.Value.Modifier - Modifier.Minute);
        var (from, to) = RangeOf(part);
        var numbers = ImmutableArray.CreateBuilder<int>(values.Length);
        foreach (var value in values)
        {
            if (int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= from && number <= to)
            {
                numbers.Add(number);
                continue;
            }

            var message = $"no time has the {modifiers.Defining.Value.Name} {TerminalText.Quote(value.Text)}";
            Bag.Report(DiagnosticCatalogue.BadModifierValue, value.Span, message, $"write a number from {from} to {to}");
        }

        return numbers.Count == values.Length
            ? new EventTimeAtom(key.Span, name, part, [.. numbers.Distinct().Order()])
            : null;
    }

    private static (int From, int To) RangeOf(TimePart part) => part switch
    {
        TimePart.Minute => (0, 59),
        TimePart.Hour => (0, 23),
        TimePart.Day => (1, 31),
        TimePart.Week => (1, 53),
        TimePart.Month => (1, 12),
        _ => (1, 9999),
    };

    private EventCidrAtom? BindNetworks(
        string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>(values.Length);
        var sound = true;
        foreach (var text in values.Select(v => Values.BindPlain(modifiers, v)))
        {
            sound &= text is not null;
            foreach (var value in text ?? [])
            {
                if (NetworkParser.Parse(value, Bag) is { } network)
                {
                    networks.Add(network);
                }
                else
                {
                    sound = false;
                }
            }
        }

        return sound ? new EventCidrAtom(key.Span, name, networks.ToImmutable()) : null;
    }
}
