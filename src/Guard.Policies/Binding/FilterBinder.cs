using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// Sigma filters: <c>(rule) and (filter)</c> for the rules that a filter names, if its log source has no key that the
/// rule's has not. Its identifiers are a name space of their own. So an exception is written <c>condition: not x</c>.
/// </summary>
internal sealed class FilterBinder
{
    private readonly RuleBinder _rules;
    private readonly RuleNames _names;
    private readonly PolicyDomain _domain;
    private readonly MetadataBinder _metadata;
    private readonly DiagnosticBag _bag;

    public FilterBinder(RuleBinder rules, RuleNames names, CompilerOptions options, DiagnosticBag bag)
    {
        _rules = rules;
        _names = names;
        _domain = options.Domain;
        _metadata = new MetadataBinder(bag);
        _bag = bag;
    }

    /// <summary>The rules with the filters that concern them.</summary>
    public ImmutableArray<RuleNode> Apply(IReadOnlyList<YamlMapping> documents, ImmutableArray<RuleNode> rules)
    {
        if (documents.Count == 0)
        {
            return rules;
        }

        var filtered = rules.ToArray();
        foreach (var document in documents)
        {
            Apply(document, filtered);
        }

        return [.. filtered];
    }

    private void Apply(YamlMapping document, RuleNode[] rules)
    {
        _metadata.CheckKeys(document, "logsource", "filter");
        _metadata.BindIdentity(document, "the filter", string.Empty);
        var map = NodeReading.Map(NodeReading.Required(document, "logsource", "the filter", _bag), _bag);
        var source = map is null ? null : LogSourceBinder.Read(map, _bag);
        if (NodeReading.Map(document.Find("filter"), _bag) is not { } filter || source is null)
        {
            return;
        }

        var references = ReadRules(NodeReading.Required(filter, "rules", "the filter", _bag));
        var concerned = Enumerable.Range(0, rules.Length)
            .Where(i => references?.Any(r => r.Text == "any" || RuleNames.Mean(r.Text, rules[i])) == true
                && Covers(source, rules[i].LogSource.Source))
            .ToList();
        ReportIdle(references, filter, concerned.Count);
        Bind(filter, rules, concerned);
    }

    private void Bind(YamlMapping filter, RuleNode[] rules, List<int> concerned)
    {
        var bound = new Dictionary<DecidedKind, DetectionNode?>();
        foreach (var index in concerned)
        {
            var decided = rules[index].LogSource.Decided;
            if (!bound.TryGetValue(decided, out var detection))
            {
                detection = BindDetection(filter, decided, bound.Count == 0);
                bound.Add(decided, detection);
            }

            if (detection is not null)
            {
                rules[index] = rules[index] with { Filters = rules[index].Filters.Add(detection) };
            }
        }

        if (concerned.Count == 0)
        {
            BindDetection(filter, new DecidedKind(_domain == PolicyDomain.Events ? RuleCategory.Event : null), first: true);
        }
    }

    private DetectionNode? BindDetection(YamlMapping filter, DecidedKind decided, bool first)
    {
        var detection = _rules.BindDetection(filter, decided, ["rules", "condition"], "the filter");
        if (first && detection is not null && !HasNot(detection.Condition))
        {
            const string message = "the rules match only where this filter's condition holds: there is no not in it";
            _bag.Report(DiagnosticCatalogue.FilterWithoutNot, detection.Condition.Span, message);
        }

        return detection;
    }

    private List<(string Text, SourceSpan Span)>? ReadRules(YamlEntry? entry)
    {
        IEnumerable<YamlNode>? nodes = entry?.Value switch
        {
            YamlSequence { Items.Length: > 0 } list => list.Items,
            YamlScalar any => [any],
            _ => null,
        };
        if (entry is not null && nodes?.All(n => n is YamlScalar { IsNull: false, Text.Length: > 0 }) != true)
        {
            const string message = "rules must be any, or a list of ids and names";
            _bag.Report(DiagnosticCatalogue.WrongType, entry.Value.Span, message);
            return null;
        }

        return nodes?.Cast<YamlScalar>().Select(s => (RuleNames.Canonical(s.Text), s.Span)).ToList();
    }

    private void ReportIdle(List<(string Text, SourceSpan Span)>? references, YamlMapping filter, int concerned)
    {
        foreach (var (text, span) in references?.Where(r => r.Text != "any" && !_names.Contains(r.Text)) ?? [])
        {
            var message = $"the bundle has no rule {TerminalText.Quote(text)}";
            _bag.Report(DiagnosticCatalogue.IdleFilter, span, message);
        }

        if (concerned == 0 && references?.Any(r => r.Text == "any" || _names.Contains(r.Text)) == true && !_bag.HasErrors)
        {
            const string message = "the filter concerns no rule: its log source has other keys or values than theirs";
            _bag.Report(DiagnosticCatalogue.IdleFilter, filter.Span, message);
        }
    }

    private static bool Covers(RuleLogSource filter, RuleLogSource rule)
        => (filter.Category is null || filter.Category == rule.Category)
            && (filter.Product is null || filter.Product == rule.Product)
            && (filter.Service is null || filter.Service == rule.Service);

    private static bool HasNot(ConditionSyntax condition) => condition switch
    {
        NotSyntax => true,
        AndSyntax and => and.Operands.Any(HasNot),
        OrSyntax or => or.Operands.Any(HasNot),
        _ => false,
    };
}
