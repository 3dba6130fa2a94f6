using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// The <c>detection:</c> map: search identifiers (a map = all its items, a list of maps = any of them) and the
/// condition over them.
/// </summary>
internal sealed class DetectionBinder
{
    private readonly ItemBinder _items;
    private readonly DiagnosticBag _bag;

    /// <param name="category">Null when it is not known: then fields of any category are accepted, others reported.</param>
    /// <param name="options">Accounts.</param>
    /// <param name="bag">Findings.</param>
    public DetectionBinder(RuleCategory? category, CompilerOptions options, DiagnosticBag bag)
    {
        _items = new ItemBinder(category, options, bag);
        _bag = bag;
    }

    /// <summary>The detection, or null after a finding.</summary>
    public (ImmutableArray<SearchNode> Searches, ConditionSyntax Condition)? Bind(YamlMapping detection)
    {
        var searches = ImmutableArray.CreateBuilder<SearchNode>();
        foreach (var (key, value) in detection.Entries.Where(e => e.Key.Text != "condition"))
        {
            searches.Add(new SearchNode(key.Text, key.Span, BindAlternatives(key, value)));
        }

        if (searches.Count == 0)
        {
            _bag.Report(DiagnosticCatalogue.DetectionEmpty, detection.Span, "the detection has no search identifier");
        }

        var entry = NodeReading.Required(detection, "condition", "the detection", _bag);
        var syntax = entry is null ? null : ConditionParser.ParseEntry(entry, _bag);
        if (syntax is null)
        {
            return null;
        }

        var condition = new ConditionResolver(searches.ToImmutable(), _bag).Resolve(syntax);
        return condition is null ? null : (searches.ToImmutable(), condition);
    }

    private ImmutableArray<ImmutableArray<ItemNode>> BindAlternatives(YamlScalar key, YamlNode value)
    {
        switch (value)
        {
            case YamlMapping map:
                return [BindMap(map)];
            case YamlSequence { Items.Length: > 0 } list:
                return [.. list.Items.Select(item => BindElement(key, item))];
            case YamlSequence:
                Report(DiagnosticCatalogue.EmptyCollection, value, $"{TerminalText.Quote(key.Text)} is an empty list");
                return [];
            default:
                return [BindElement(key, value)];
        }
    }

    private ImmutableArray<ItemNode> BindElement(YamlScalar key, YamlNode element)
    {
        switch (element)
        {
            case YamlMapping map:
                return BindMap(map);
            case YamlSequence:
                var nested = $"{TerminalText.Quote(key.Text)} is a list of lists";
                Report(DiagnosticCatalogue.NestedValue, element, nested);
                return [];
            default:
                var keyword = $"{TerminalText.Quote(((YamlScalar)element).Text)} is a keyword without a field";
                Report(DiagnosticCatalogue.KeywordRefused, element, keyword);
                return [];
        }
    }

    private ImmutableArray<ItemNode> BindMap(YamlMapping map)
    {
        if (map.Entries.IsEmpty)
        {
            Report(DiagnosticCatalogue.EmptyCollection, map, "the map has no item");
        }

        var items = ImmutableArray.CreateBuilder<ItemNode>();
        foreach (var entry in map.Entries)
        {
            if (_items.Bind(entry) is { } item)
            {
                items.Add(item);
            }
        }

        return items.ToImmutable();
    }

    private void Report(DiagnosticDescriptor descriptor, YamlNode node, string message)
        => _bag.Report(descriptor, node.Span, message);
}
