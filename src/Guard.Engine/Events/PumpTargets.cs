using Guard.Engine.Audit;
using Guard.Engine.Enrichment;
using Guard.Engine.Policy;

namespace Guard.Engine.Events;

/// <summary>Where events go.</summary>
internal sealed record PumpTargets
{
    /// <summary>Who ran whom.</summary>
    public required ProcessTree Processes { get; init; }

    /// <summary>Names for numbers.</summary>
    public required EventEnricher Enricher { get; init; }

    /// <summary>The way to the trail.</summary>
    public required AuditWriter Writer { get; init; }

    /// <summary>Listeners to launches.</summary>
    public required TraceStream Trace { get; init; }

    /// <summary>What each rule decided so far.</summary>
    public required RuleHits Hits { get; init; }

    /// <summary>The clock of guardd's own records.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Counts what a rule decided. False for what only the engine's own rules decided: no record is wanted.</summary>
    public bool CountHit(GuardEvent happened) => Hits.Count(happened);
}
