using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// Search identifiers (a map = all its items, a list = any of its maps and keywords, a text = a keyword) and the
/// condition over them.
/// </summary>
internal sealed class DetectionBinder
{
    private static readonly ItemModifiers NoModifiers = new(ItemKind.Text, []);

    private readonly ItemBinder _items;
    private readonly DiagnosticBag _bag;

    public DetectionBinder(ItemBinder items, DiagnosticBag bag)
    {
        _items = items;
        _bag = bag;
    }

    /// <summary>The detection, or null after a finding.</summary>
    /// <param name="detection">The map.</param>
    /// <param name="ownKeys">Keys of it that are no search identifiers, <c>condition</c> among them.</param>
    /// <param name="where">What the map is called in findings.</param>
    public DetectionNode? Bind(YamlMapping detection, ReadOnlySpan<string> ownKeys, string where)
    {
        var searches = ImmutableArray.CreateBuilder<SearchNode>();
        foreach (var (key, value) in detection.Entries)
        {
            if (!ownKeys.Contains(key.Text))
            {
                searches.Add(new SearchNode(key.Text, key.Span, BindAlternatives(key, value)));
            }
        }

        if (searches.Count == 0)
        {
            _bag.Report(DiagnosticCatalogue.DetectionEmpty, detection.Span, $"{where} has no search identifier");
        }

        var entry = NodeReading.Required(detection, "condition", where, _bag);
        var syntax = entry is null ? null : ConditionParser.ParseEntry(entry, _bag);
        if (syntax is null)
        {
            return null;
        }

        var condition = new ConditionResolver(searches.ToImmutable(), _bag).Resolve(syntax);
        return condition is null ? null : new DetectionNode(searches.ToImmutable(), condition);
    }

    private ImmutableArray<ImmutableArray<ItemNode>> BindAlternatives(YamlScalar key, YamlNode value)
    {
        switch (value)
        {
            case YamlMapping map:
                return [BindMap(map)];
            case YamlSequence { Items.Length: > 0 } list:
                return BindList(key, list);
            case YamlSequence:
                Report(DiagnosticCatalogue.EmptyCollection, value, $"{TerminalText.Quote(key.Text)} is an empty list");
                return [];
            default:
                return [BindKeywords([value])];
        }
    }

    /// <summary>The keywords of a list are one item, the maps one alternative each.</summary>
    private ImmutableArray<ImmutableArray<ItemNode>> BindList(YamlScalar key, YamlSequence list)
    {
        var alternatives = ImmutableArray.CreateBuilder<ImmutableArray<ItemNode>>();
        ImmutableArray<YamlNode> keywords = [.. list.Items.Where(i => i is YamlScalar)];
        if (keywords.Length > 0)
        {
            alternatives.Add(BindKeywords(keywords));
        }

        foreach (var element in list.Items.Where(i => i is not YamlScalar))
        {
            if (element is YamlMapping map)
            {
                alternatives.Add(BindMap(map));
            }
            else
            {
                Report(DiagnosticCatalogue.NestedValue, element, $"{TerminalText.Quote(key.Text)} is a list of lists");
            }
        }

        return alternatives.ToImmutable();
    }

    private ImmutableArray<ItemNode> BindKeywords(ImmutableArray<YamlNode> nodes)
        => _items.BindKeywords(nodes[0].Span, NoModifiers, nodes) is { } item ? [item] : [];

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
