using System.Collections.Immutable;

namespace Guard.Engine;

/// <summary>What the engine can claim. Only a denial that was seen to deny makes it enforcing.</summary>
/// <param name="Name">starting, enforcing, degraded.</param>
/// <param name="Reasons">Why it is not enforcing.</param>
/// <param name="Since">Since when.</param>
internal sealed record EngineState(string Name, ImmutableArray<string> Reasons, DateTimeOffset Since)
{
    public const string Starting = "starting";
    public const string Enforcing = "enforcing";
    public const string Degraded = "degraded";

    /// <summary>The next state: enforcing without reasons, degraded with them. The same when nothing changed.</summary>
    public EngineState Next(IEnumerable<string> reasons, DateTimeOffset now)
    {
        ImmutableArray<string> all = [.. reasons];
        var name = all.IsEmpty ? Enforcing : Degraded;
        return name == Name && all.SequenceEqual(Reasons) ? this : new EngineState(name, all, now);
    }
}
