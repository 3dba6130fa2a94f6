using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// <c>expand</c>: every <c>%name%</c> of a value stands for each value of the list of that name. What comes out of a list
/// is literal: a <c>*</c> in it is an asterisk.
/// </summary>
internal sealed partial class PlaceholderExpansion
{
    /// <summary>Most values that one value can become.</summary>
    public const int MaxValues = 1_000_000;

    private readonly ValueLists _lists;
    private readonly DiagnosticBag _bag;

    public PlaceholderExpansion(ValueLists lists, DiagnosticBag bag)
    {
        _lists = lists;
        _bag = bag;
    }

    /// <summary>Whether the item's values name any list; if not, after the finding.</summary>
    public bool CheckPlaceholders(YamlScalar key, ImmutableArray<YamlScalar> values)
    {
        if (values.Any(v => Placeholder().IsMatch(v.Text)))
        {
            return true;
        }

        var message = $"{TerminalText.Quote(key.Text)} has no placeholder that expand could replace";
        _bag.Report(DiagnosticCatalogue.UnresolvedPlaceholder, key.Span, message);
        return false;
    }

    /// <summary>Whether the values of an item without expand name no list of the bundle; if they do, after the finding.</summary>
    public bool CheckNoPlaceholders(YamlScalar key, ImmutableArray<YamlScalar> values)
    {
        foreach (var value in values.Where(v => v.Text.Contains('%', StringComparison.Ordinal)))
        {
            if (Placeholder().Matches(value.Text).FirstOrDefault(m => _lists.Find(m.Groups["name"].Value) is not null) is { } match)
            {
                var message = $"{TerminalText.Quote(match.Value)} is nothing but text here, and the bundle has a list of that name";
                var hint = $"write {TerminalText.Escape(key.Text)}|expand to put its values in, or give the list another name";
                _bag.Report(DiagnosticCatalogue.UnresolvedPlaceholder, value.Span, message, hint);
                return false;
            }
        }

        return true;
    }

    /// <summary>The values, or null after a finding.</summary>
    public IReadOnlyList<ValueText>? Expand(ValueText value, SourceSpan span)
    {
        List<ImmutableArray<ValuePart>> results = [[]];
        foreach (var part in value.Parts)
        {
            if (Choices(part, span) is not { } choices)
            {
                return null;
            }

            foreach (var alternatives in choices)
            {
                if ((long)results.Count * alternatives.Count > MaxValues)
                {
                    var message = $"the placeholders stand for more than {MaxValues} values together";
                    _bag.Report(DiagnosticCatalogue.TooManyVariants, span, message);
                    return null;
                }

                results = [.. results.SelectMany(r => alternatives.Select(a => r.Add(a)))];
            }
        }

        return [.. results.Select(r => new ValueText(r))];
    }

    /// <summary>A text with placeholders and no wildcards, such as a network; null after a finding.</summary>
    public IReadOnlyList<ListValue>? ExpandPlain(YamlScalar value)
    {
        var whole = Placeholder().Match(value.Text);
        if (whole.Success && whole.Length == value.Text.Length)
        {
            return Find(whole.Groups["name"].Value, value.Span)?.Values;
        }

        var texts = Expand(ValueText.Literal(value.Text), value.Span);
        return texts is null
            ? null
            : [.. texts.Select(t => new ListValue(string.Concat(t.Parts.Cast<TextPart>().Select(p => p.Text)), value.Span))];
    }

    /// <summary>What stands at each place of a part, one after the other; null after a finding.</summary>
    private List<IReadOnlyList<ValuePart>>? Choices(ValuePart part, SourceSpan span)
    {
        if (part is not TextPart text)
        {
            return [[part]];
        }

        var choices = new List<IReadOnlyList<ValuePart>>();
        var end = 0;
        foreach (Match match in Placeholder().Matches(text.Text))
        {
            if (Find(match.Groups["name"].Value, span) is not { } list)
            {
                return null;
            }

            AddLiteral(choices, text.Text[end..match.Index]);
            choices.Add([.. list.Values.Select(v => new TextPart(v.Text))]);
            end = match.Index + match.Length;
        }

        AddLiteral(choices, text.Text[end..]);
        return choices;
    }

    private ValueList? Find(string name, SourceSpan span)
    {
        var list = _lists.Find(name);
        if (list is null)
        {
            var message = $"there is no list {TerminalText.Quote(name)} in the bundle";
            var near = NearestName.Find(name, _lists.Names);
            _bag.Report(
                DiagnosticCatalogue.UnresolvedPlaceholder, span, message, near is null ? null : $"did you mean '{near}'?");
        }

        return list;
    }

    private static void AddLiteral(List<IReadOnlyList<ValuePart>> choices, string text)
    {
        if (text.Length > 0)
        {
            choices.Add([new TextPart(text)]);
        }
    }

    [GeneratedRegex("%(?<name>[A-Za-z0-9_.-]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
