using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>One document to one rule. Binds as much as it can, so that one run shows all findings.</summary>
internal sealed class RuleBinder
{
    private static readonly ImmutableArray<string> KnownKeys =
    [
        "title", "id", "name", "related", "taxonomy", "status", "description", "license", "references", "author",
        "date", "modified", "tags", "level", "fields", "falsepositives", "logsource", "detection", "guard", "scope",
    ];

    private static readonly ImmutableArray<string> MetaKeys = ["correlation", "filter", "action"];

    private static readonly ImmutableArray<string> Levels = ["informational", "low", "medium", "high", "critical"];

    private static readonly ImmutableArray<string> Statuses =
        ["stable", "test", "experimental", "deprecated", "unsupported"];

    private readonly CompilerOptions _options;
    private readonly DiagnosticBag _bag;

    public RuleBinder(CompilerOptions options, DiagnosticBag bag)
    {
        _options = options;
        _bag = bag;
    }

    /// <summary>All rules of a bundle that have no finding of severity error.</summary>
    public static ImmutableArray<RuleNode> BindAll(
        ImmutableArray<YamlDocument> documents, CompilerOptions options, DiagnosticBag bag)
    {
        var rules = ImmutableArray.CreateBuilder<RuleNode>();
        var binder = new RuleBinder(options, bag);
        var file = string.Empty;
        var number = 0;
        foreach (var document in documents)
        {
            number = document.File == file ? number + 1 : 1;
            file = document.File;
            if (binder.Bind(document, number) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return rules.ToImmutable();
    }

    private RuleNode? Bind(YamlDocument document, int number)
    {
        var before = _bag.ErrorCount;
        if (document.Root is not YamlMapping map)
        {
            _bag.Report(DiagnosticCatalogue.NotAMap, document.Root.Span, "a rule must be a map, this document is not");
            return null;
        }

        if (IsMetaDocument(map))
        {
            return null;
        }

        CheckKeys(map);
        var identity = BindIdentity(map, $"{document.File}#{number}");
        var guard = GuardBinder.Bind(map.Find("guard"), _bag);
        var source = NodeReading.Map(NodeReading.Required(map, "logsource", "the rule", _bag), _bag);
        var category = source is null ? null : LogSourceBinder.Bind(source, _bag);
        var detection = NodeReading.Map(NodeReading.Required(map, "detection", "the rule", _bag), _bag);
        if (detection is null)
        {
            return null;
        }

        var bound = new DetectionBinder(category, _options, _bag).Bind(detection);
        return bound is null || category is null || _bag.ErrorCount != before
            ? null
            : new RuleNode(identity, map.Find("id")?.Value.Span ?? map.Span, category.Value, guard, bound.Value.Searches, bound.Value.Condition);
    }

    private bool IsMetaDocument(YamlMapping map)
    {
        var guardRules = (map.Find("guard")?.Value as YamlMapping)?.Find("rules");
        var found = map.Entries.FirstOrDefault(e => MetaKeys.Contains(e.Key.Text)) ?? guardRules;
        if (found is null)
        {
            return false;
        }

        var key = found == guardRules ? "guard: rules" : found.Key.Text;
        _bag.Report(DiagnosticCatalogue.MetaDocument, found.Key.Span, $"documents with {key}: are not supported yet");
        return true;
    }

    private void CheckKeys(YamlMapping map)
    {
        foreach (var key in map.Entries.Select(e => e.Key).Where(k => !KnownKeys.Contains(k.Text)))
        {
            var quoted = TerminalText.Quote(key.Text);
            if (NearestName.Find(key.Text, KnownKeys) is { } near)
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

    private RuleIdentity BindIdentity(YamlMapping map, string fallbackId)
    {
        var title = NodeReading.Text(NodeReading.Required(map, "title", "the rule", _bag), _bag);
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

        if (Guid.TryParseExact(text.Text, "D", out var id))
        {
            return id.ToString("D");
        }

        _bag.Report(DiagnosticCatalogue.BadRuleId, text.Span, $"the id {TerminalText.Quote(text.Text)} is not a UUID");
        return null;
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
