using System.Collections.Concurrent;
using Guard.Engine.Events;

namespace Guard.Engine.Policy;

/// <summary>How often each rule decided, by rule id, since guardd started. Safe from any thread.</summary>
internal sealed class RuleHits
{
    private readonly GenerationNames _names;
    private readonly ConcurrentDictionary<string, long> _hits = new(StringComparer.Ordinal);

    public RuleHits(GenerationNames names) => _names = names;

    /// <summary>Counts a decision for its first rule. False when only the self-test decided it.</summary>
    public bool Count(GuardEvent happened)
    {
        if (happened.Rules.IsDefaultOrEmpty)
        {
            return true;
        }

        var rule = _names.Find(happened.Generation, happened.Rules[0]);
        if (rule is { Identity.BuiltIn: true })
        {
            return false;
        }

        if (rule is not null)
        {
            _hits.AddOrUpdate(rule.Identity.Id, 1, (_, count) => count + 1);
        }

        return true;
    }

    /// <summary>Decisions of a rule.</summary>
    public long Of(string id) => _hits.GetValueOrDefault(id);
}
