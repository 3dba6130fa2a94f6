using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>One document to one rule. Binds as much as it can, so that one run shows all findings.</summary>
internal sealed class RuleBinder
{
    private readonly CompilerOptions _options;
    private readonly ValueLists _lists;
    private readonly MetadataBinder _metadata;
    private readonly ScopeBinder _scopes;
    private readonly DiagnosticBag _bag;

    public RuleBinder(CompilerOptions options, ValueLists lists, DiagnosticBag bag)
    {
        _options = options;
        _lists = lists;
        _metadata = new MetadataBinder(bag);
        _scopes = new ScopeBinder(options, lists, bag);
        _bag = bag;
    }

    /// <summary>The rule, or null after a finding of severity error.</summary>
    public RuleNode? Bind(YamlMapping map, string fallbackId)
    {
        var before = _bag.ErrorCount;
        _metadata.CheckKeys(map, "logsource", "detection", "guard");
        var identity = _metadata.BindIdentity(map, "the rule", fallbackId);
        var guard = GuardBinder.Bind(map.Find("guard"), [], _scopes, _bag);
        var source = NodeReading.Map(NodeReading.Required(map, "logsource", "the rule", _bag), _bag);
        var logSource = source is null ? null : LogSourceBinder.Bind(source, _options.Domain, _bag);
        var detection = NodeReading.Map(NodeReading.Required(map, "detection", "the rule", _bag), _bag);
        if (detection is null)
        {
            return null;
        }

        var bound = BindDetection(detection, logSource?.Decided ?? default, ["condition"], "the detection");
        return bound is null || logSource is null || _bag.ErrorCount != before
            ? null
            : new RuleNode(identity, map.Find("id")?.Value.Span ?? map.Span, logSource, guard, bound)
            {
                Name = (map.Find("name")?.Value as YamlScalar)?.Text,
            };
    }

    /// <summary>A detection over the fields of what is decided, or null after a finding.</summary>
    public DetectionNode? BindDetection(
        YamlMapping detection, DecidedKind decided, ReadOnlySpan<string> ownKeys, string where)
    {
        ItemBinder items = _options.Domain == PolicyDomain.Events
            ? new EventItemBinder(_lists, _bag)
            : new KernelItemBinder(decided, _options, _lists, _bag);
        return new DetectionBinder(items, _bag).Bind(detection, ownKeys, where);
    }
}
