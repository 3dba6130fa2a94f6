using System.Collections.Immutable;
using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>What a decision comes to.</summary>
[KernelConstants("GUARD_VERDICT_")]
public enum Verdict
{
    /// <summary>No rule matched.</summary>
    Allow = 0,

    /// <summary>Allowed and recorded.</summary>
    Audit = 1,

    /// <summary>Refused with EPERM and recorded.</summary>
    Block = 2,

    /// <summary>
    /// Could not be refused any more: killed before its first instruction, and recorded. The kernel alone comes to it,
    /// when arguments were swapped out; the simulator says <see cref="Block"/>.
    /// </summary>
    Kill = 3,
}

/// <summary>Why the tables could not decide; the failure mode of the engine does.</summary>
[KernelConstants("GUARD_REASON_")]
public enum DecisionFailure
{
    /// <summary>They did.</summary>
    None = 0,

    /// <summary>More than GUARD_MATCHES_MAX atoms held.</summary>
    TooManyMatches = 4,

    /// <summary>More than GUARD_EVALUATIONS_MAX rules were triggered.</summary>
    TooManyRules = 5,
}

/// <summary>The outcome of one request.</summary>
/// <param name="Verdict">The strictest action of the rules that matched; with a failure, Block or Allow.</param>
/// <param name="Rules">
/// Numbers of rules that matched, at most GUARD_EVENT_RULES_MAX; the first is the one that decided. Empty when there
/// is a failure and no rule blocks.
/// </param>
/// <param name="MoreRules">More rules matched than are named.</param>
/// <param name="FromUnknown">The rule that decided did so by its on_unknown.</param>
/// <param name="Failure">Why not everything was decided; the failure mode decides unless the verdict is Block.</param>
public sealed record Decision(
    Verdict Verdict, ImmutableArray<int> Rules, bool MoreRules, bool FromUnknown, DecisionFailure Failure)
{
    /// <summary>Compares the rules by their content.</summary>
    /// <param name="other">Another decision.</param>
    public bool Equals(Decision? other)
        => other is not null
            && (Verdict, MoreRules, FromUnknown, Failure)
                == (other.Verdict, other.MoreRules, other.FromUnknown, other.Failure)
            && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Verdict, Rules.Length, MoreRules, FromUnknown, Failure);

    /// <summary>One line, for messages.</summary>
    public override string ToString()
        => $"{Verdict} rules=[{string.Join(',', Rules)}]{(MoreRules ? "+" : string.Empty)}"
            + $"{(FromUnknown ? " unknown" : string.Empty)}{(Failure == DecisionFailure.None ? string.Empty : $" {Failure}")}";
}
