using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>The values of one item, with their modifiers applied.</summary>
internal sealed class ValueBinder
{
    private readonly PolicyDomain _domain;
    private readonly ValueLists _lists;
    private readonly PlaceholderExpansion _expansion;
    private readonly DiagnosticBag _bag;

    public ValueBinder(PolicyDomain domain, ValueLists lists, DiagnosticBag bag)
    {
        _domain = domain;
        _lists = lists;
        _expansion = new PlaceholderExpansion(lists, bag);
        _bag = bag;
    }

    /// <summary>The scalars of an entry, none after a finding. A single null is possible where it is permitted.</summary>
    public ImmutableArray<YamlScalar> Read(YamlScalar key, YamlNode value, bool permitNull)
    {
        if (permitNull && value is YamlScalar { IsNull: true } nothing)
        {
            return [nothing];
        }

        var nodes = value is YamlSequence list ? list.Items : [value];
        if (nodes.IsEmpty)
        {
            var message = $"the value list of {TerminalText.Quote(key.Text)} is empty";
            _bag.Report(DiagnosticCatalogue.EmptyCollection, value.Span, message);
        }

        return CheckAll(nodes);
    }

    /// <summary>The nodes as scalars, none after a finding.</summary>
    public ImmutableArray<YamlScalar> CheckAll(ImmutableArray<YamlNode> nodes)
    {
        var values = nodes.Where(CheckScalar).Cast<YamlScalar>().ToImmutableArray();
        return values.Length == nodes.Length ? values : [];
    }

    /// <summary>Whether the item's placeholders make sense, if it may have any.</summary>
    public bool CheckPlaceholders(YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
        => modifiers.Expand ? _expansion.CheckPlaceholders(key, values) : _expansion.CheckNoPlaceholders(key, values);

    /// <summary>Values as texts or expressions; none after a finding.</summary>
    public ImmutableArray<TextValue> BindTexts(
        ItemModifiers modifiers, Placement placement, ImmutableArray<YamlScalar> values)
    {
        var bound = ImmutableArray.CreateBuilder<TextValue>(values.Length);
        foreach (var value in values)
        {
            var text = modifiers.Kind == ItemKind.Expression
                ? BindExpression(modifiers, value)
                : modifiers.Expand ? BindExpanded(modifiers, placement, value)
                : BindText(modifiers, placement, value);
            if (text is not null)
            {
                bound.Add(text);
            }
        }

        return bound.Count == values.Length ? bound.ToImmutable() : [];
    }

    /// <summary>Values without wildcards, lists put in; null after a finding.</summary>
    public IReadOnlyList<ListValue>? BindPlain(ItemModifiers modifiers, YamlScalar value)
        => modifiers.Expand ? _expansion.ExpandPlain(value) : [new ListValue(value.Text, value.Span)];

    private bool CheckScalar(YamlNode node)
    {
        if (node is not YamlScalar scalar)
        {
            var what = NodeReading.Describe(node);
            _bag.Report(DiagnosticCatalogue.NestedValue, node.Span, $"a value must be text or a number, not {what}");
            return false;
        }

        if (scalar.IsNull)
        {
            _bag.Report(DiagnosticCatalogue.NullRefused, node.Span, "null (nothing) cannot stand here");
            return false;
        }

        if (PlainScalars.IsAmbiguous(scalar))
        {
            var message = $"{TerminalText.Quote(scalar.Text)} without quotes is not the same in all versions of YAML";
            _bag.Report(DiagnosticCatalogue.AmbiguousScalar, node.Span, message);
            return false;
        }

        return true;
    }

    private TextValue? BindExpression(ItemModifiers modifiers, YamlScalar value)
        => ExpressionBinder.Bind(value, modifiers.RegexFlags, _bag) is { } expression
            ? new TextValue([], [expression])
            : null;

    private TextValue? BindExpanded(ItemModifiers modifiers, Placement placement, YamlScalar value)
    {
        var key = $"{placement} {string.Join('|', modifiers.Uses.Select(u => u.Name))} {value.Text}";
        if (!_lists.Expanded.TryGetValue(key, out var expanded) && BindText(modifiers, placement, value) is { } bound)
        {
            expanded = bound;
            _lists.Expanded.Add(key, bound);
        }

        return expanded;
    }

    private TextValue? BindText(ItemModifiers modifiers, Placement placement, YamlScalar value)
    {
        IReadOnlyList<ValueText>? variants = [ValueText.Parse(value.Text)];
        foreach (var use in modifiers.Uses)
        {
            variants = variants is null ? null : Apply(use, variants, value);
        }

        return variants is null ? null : ToValue(variants, placement, modifiers.CaseSensitive, value);
    }

    private TextValue? ToValue(IReadOnlyList<ValueText> variants, Placement placement, bool caseSensitive, YamlScalar value)
    {
        var patterns = ImmutableArray.CreateBuilder<TextPattern>(variants.Count);
        var expressions = ImmutableArray.CreateBuilder<RegexPattern>();
        foreach (var variant in variants)
        {
            if (!variant.CanOccur(_domain))
            {
                var what = _domain == PolicyDomain.Kernel ? "no path, argument or name" : "no text of an event";
                var message = $"{TerminalText.Quote(value.Text)} means bytes that {what} can contain";
                _bag.Report(DiagnosticCatalogue.ImpossibleText, value.Span, message);
                return null;
            }

            var placed = variant.Placed(placement);
            if (!caseSensitive && FoldedExpression.IsNeeded(placed))
            {
                expressions.Add(FoldedExpression.Build(placed));
            }
            else
            {
                patterns.Add(placed.ToPattern(caseSensitive));
            }
        }

        return new TextValue(patterns.DrainToImmutable(), expressions.ToImmutable());
    }

    private IReadOnlyList<ValueText>? Apply(ModifierUse use, IReadOnlyList<ValueText> values, YamlScalar written)
    {
        switch (use.Modifier)
        {
            case Modifier.Expand:
                return Each(values, v => _expansion.Expand(v, written.Span));
            case Modifier.Windash:
                return Each(values, v => WithDashes(v, written) is { IsDefault: false } variants ? variants : null);
            case Modifier.Wide or Modifier.Utf16Le or Modifier.Utf16Be or Modifier.Utf16:
                return [.. values.Select(v => ValueEncoding.ToUtf16(v, use.Modifier))];
            case Modifier.Base64 or Modifier.Base64Offset:
                return Each(values, v => ToBase64(use, v, written));
            default:
                return values;
        }
    }

    private static List<ValueText>? Each(IReadOnlyList<ValueText> values, Func<ValueText, IReadOnlyList<ValueText>?> apply)
    {
        var result = new List<ValueText>();
        foreach (var value in values)
        {
            if (apply(value) is not { } variants)
            {
                return null;
            }

            result.AddRange(variants);
        }

        return result;
    }

    /// <summary>Default after a finding.</summary>
    private ImmutableArray<ValueText> WithDashes(ValueText value, YamlScalar written)
    {
        if (ValueEncoding.WithDashes(value) is { } variants)
        {
            return variants;
        }

        var message = $"the dashes of {TerminalText.Quote(written.Text)} have more than {ValueEncoding.MaxVariants} spellings";
        _bag.Report(DiagnosticCatalogue.TooManyVariants, written.Span, message);
        return default;
    }

    private IReadOnlyList<ValueText>? ToBase64(ModifierUse use, ValueText value, YamlScalar written)
    {
        if (value.HasWildcard)
        {
            var message = $"{use.Name} of the wildcard in {TerminalText.Quote(written.Text)} is not defined";
            _bag.Report(DiagnosticCatalogue.NotEncodable, written.Span, message);
            return null;
        }

        IReadOnlyList<string> texts = use.Modifier == Modifier.Base64Offset
            ? [.. ValueEncoding.ToBase64Offsets(value)]
            : [.. ValueEncoding.ToBase64(value).Parts.Cast<TextPart>().Select(p => p.Text)];
        if (texts.Count > 0 && !texts.Contains(string.Empty))
        {
            return [.. texts.Select(ValueText.Literal)];
        }

        var tooShort = $"{TerminalText.Quote(written.Text)} is too short for {use.Name}: nothing certain remains of it";
        _bag.Report(DiagnosticCatalogue.NotEncodable, written.Span, tooShort);
        return null;
    }
}
