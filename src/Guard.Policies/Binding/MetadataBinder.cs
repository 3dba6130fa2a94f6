using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>What every document says about itself, whatever its kind.</summary>
internal sealed class MetadataBinder
{
    private static readonly ImmutableArray<string> CommonKeys =
    [
        "title", "id", "name", "related", "taxonomy", "status", "description", "license", "references", "author",
        "date", "modified", "tags", "level", "fields", "falsepositives", "scope",
    ];

    private static readonly ImmutableArray<string> Levels = ["informational", "low", "medium", "high", "critical"];

    private static readonly ImmutableArray<string> Statuses =
        ["stable", "test", "experimental", "deprecated", "unsupported"];

    private readonly DiagnosticBag _bag;

    public MetadataBinder(DiagnosticBag bag) => _bag = bag;

    /// <summary>An id in the form that ids are compared in; null when it is not a UUID.</summary>
    public static string? CanonicalId(string text) => Guid.TryParseExact(text, "D", out var id) ? id.ToString("D") : null;

    /// <summary>Reports keys that the kind of document does not have.</summary>
    public void CheckKeys(YamlMapping map, params ReadOnlySpan<string> ownKeys)
    {
        ImmutableArray<string> known = [.. CommonKeys, .. ownKeys];
        foreach (var key in map.Entries.Select(e => e.Key).Where(k => !known.Contains(k.Text)))
        {
            var quoted = TerminalText.Quote(key.Text);
            if (NearestName.FindKey(key.Text, known) is { } near)
            {
                var hint = $"did you mean '{near}'?";
                _bag.Report(DiagnosticCatalogue.MisspeltKey, key.Span, $"the key {quoted} is not known", hint);
            }
            else
            {
                _bag.Report(DiagnosticCatalogue.CustomKey, key.Span, $"the key {quoted} means nothing to the engine");
            }
        }
    }

    /// <summary>Title, id and what else a record about the rule names.</summary>
    public RuleIdentity BindIdentity(YamlMapping map, string what, string fallbackId)
    {
        var title = NodeReading.Text(NodeReading.Required(map, "title", what, _bag), _bag);
        CheckPlainMetadata(map);
        CheckOneOf(map.Find("taxonomy"), ["sigma"]);
        CheckOneOf(map.Find("status"), Statuses);
        var level = CheckOneOf(map.Find("level"), Levels);
        return new RuleIdentity(
            BindId(map.Find("id")) ?? fallbackId,
            title?.Text ?? string.Empty,
            NodeReading.Text(map.Find("author"), _bag)?.Text,
            level < 0 ? RuleLevel.Medium : (RuleLevel)level,
            NodeReading.TextList(map.Find("tags"), false, _bag),
            NodeReading.TextList(map.Find("references"), true, _bag),
            map.Span);
    }

    private void CheckPlainMetadata(YamlMapping map)
    {
        foreach (var key in (ReadOnlySpan<string>)["description", "license", "date", "modified", "name"])
        {
            NodeReading.Text(map.Find(key), _bag);
        }

        foreach (var key in (ReadOnlySpan<string>)["falsepositives", "fields", "scope"])
        {
            NodeReading.TextList(map.Find(key), true, _bag);
        }
    }

    private string? BindId(YamlEntry? entry)
    {
        var text = NodeReading.Text(entry, _bag);
        if (text is null)
        {
            return null;
        }

        var id = CanonicalId(text.Text);
        if (id is null)
        {
            _bag.Report(DiagnosticCatalogue.BadRuleId, text.Span, $"the id {TerminalText.Quote(text.Text)} is not a UUID");
        }

        return id;
    }

    private int CheckOneOf(YamlEntry? entry, ImmutableArray<string> permitted)
    {
        var text = NodeReading.Text(entry, _bag);
        var index = text is null ? -1 : permitted.IndexOf(text.Text);
        if (text is not null && index < 0)
        {
            var message = $"{entry!.Key.Text} cannot be {TerminalText.Quote(text.Text)}";
            var hint = NearestName.Hint(text.Text, permitted, "permitted");
            _bag.Report(DiagnosticCatalogue.ValueNotPermitted, text.Span, message, hint);
        }

        return index;
    }
}
