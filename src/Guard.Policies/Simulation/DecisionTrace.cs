using System.Collections.Immutable;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>The result of a condition.</summary>
public enum Truth
{
    /// <summary>Does not hold.</summary>
    False = 0,

    /// <summary>Can't be told, because a field is incomplete.</summary>
    Unknown = 1,

    /// <summary>Holds.</summary>
    True = 2,
}

/// <summary>Why an atom holds.</summary>
public enum HoldCause
{
    /// <summary>A pattern matched the program's resolved path.</summary>
    Image,

    /// <summary>A pattern matched the name by which the program was called.</summary>
    Invoked,

    /// <summary>It names the file that the program is executed from, under whatever name.</summary>
    ImageFile,

    /// <summary>It names the file that the parent's program was executed from.</summary>
    ParentFile,

    /// <summary>It names the file that is acted on, under whatever name.</summary>
    TargetFile,

    /// <summary>What is renamed is a directory that a pattern spells.</summary>
    RenamedDirectory,

    /// <summary>A pattern matched the program's arguments.</summary>
    CommandLine,

    /// <summary>A pattern matched the directory that the process is in.</summary>
    Directory,

    /// <summary>A pattern matched the parent's resolved path.</summary>
    ParentImage,

    /// <summary>A pattern matched the name by which the parent was called.</summary>
    ParentInvoked,

    /// <summary>A pattern matched the parent's arguments.</summary>
    ParentCommandLine,

    /// <summary>A pattern matched the path or name of an ancestor.</summary>
    Ancestor,

    /// <summary>A pattern matched the arguments of an ancestor.</summary>
    AncestorCommandLine,

    /// <summary>A pattern matched the file that is acted on.</summary>
    Target,

    /// <summary>A pattern matched the other name of the file: it was reached through a bind mount.</summary>
    OtherName,

    /// <summary>A pattern matched the file that is mapped for execution.</summary>
    Loaded,

    /// <summary>It names the file that is mapped for execution, under whatever name.</summary>
    LoadedFile,

    /// <summary>The digest of what is executed is one of its own.</summary>
    Digest,

    /// <summary>A pattern matched what else the operation is about.</summary>
    Object,

    /// <summary>A pattern matched the program of the process that is acted on.</summary>
    TargetImage,

    /// <summary>It names the file that this program is executed from.</summary>
    TargetImageFile,

    /// <summary>The operation, or the way in which it is done, is one of its own.</summary>
    SystemOperation,

    /// <summary>The uid that is to be is one of its numbers.</summary>
    NewUid,

    /// <summary>The gid that is to be is one of its numbers.</summary>
    NewGid,

    /// <summary>The uid is one of its numbers.</summary>
    Uid,

    /// <summary>The login uid is one of its numbers.</summary>
    Logon,

    /// <summary>The kind of access is in its list.</summary>
    Access,

    /// <summary>A property of the program is in its list.</summary>
    Property,

    /// <summary>The address is in one of its networks.</summary>
    Address,

    /// <summary>The port is one of its numbers.</summary>
    Port,

    /// <summary>The family is one of its numbers.</summary>
    Family,

    /// <summary>The protocol is one of its numbers.</summary>
    Protocol,

    /// <summary>The operation is one of its numbers.</summary>
    Operation,

    /// <summary>The gid is one of its numbers.</summary>
    Group,

    /// <summary>The mount namespace is one of its numbers.</summary>
    MountNamespace,

    /// <summary>A pattern matched the path of the cgroup.</summary>
    Cgroup,
}

/// <summary>Why a rule was evaluated.</summary>
public enum EvaluationCause
{
    /// <summary>One of its trigger atoms held.</summary>
    Trigger,

    /// <summary>It has no trigger and is evaluated always.</summary>
    Always,

    /// <summary>A field is incomplete and the rule has on_unknown deny.</summary>
    Unknown,
}

/// <summary>An atom that held.</summary>
/// <param name="Atom">Number in the image and in the normalised policy.</param>
/// <param name="Cause">What made it hold first.</param>
public readonly record struct HeldAtom(int Atom, HoldCause Cause);

/// <summary>One evaluation of a rule; a rule may be evaluated several times.</summary>
/// <param name="Rule">Number in the image.</param>
/// <param name="Result">Of its condition.</param>
/// <param name="Matched">It counts: true, or unknown with on_unknown deny.</param>
/// <param name="Cause">Why it was evaluated.</param>
/// <param name="Trigger">The atom that triggered it, or -1.</param>
public readonly record struct RuleEvaluation(int Rule, Truth Result, bool Matched, EvaluationCause Cause, int Trigger);

/// <summary>How a decision came about, step by step: what <c>explain</c> prints.</summary>
/// <param name="Decision">The outcome.</param>
/// <param name="Incomplete">Fields that were not known completely.</param>
/// <param name="Held">Atoms that held, in the order in which they were found.</param>
/// <param name="Evaluations">Rules that were evaluated, in order.</param>
public sealed record DecisionTrace(
    Decision Decision,
    ImmutableArray<PolicyField> Incomplete,
    ImmutableArray<HeldAtom> Held,
    ImmutableArray<RuleEvaluation> Evaluations)
{
    /// <summary>The trace as text, with the positions where atoms and rules were written.</summary>
    /// <param name="policy">What the image was compiled from.</param>
    public IEnumerable<string> Describe(NormalisedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        yield return Decision.ToString();
        foreach (var field in Incomplete)
        {
            yield return $"  incomplete: {field}";
        }

        foreach (var held in Held)
        {
            var atom = policy.Atoms[held.Atom];
            yield return $"  holds: {atom.Field} by {held.Cause} at {atom.Span}";
        }

        foreach (var step in Evaluations)
        {
            var rule = policy.Rules[step.Rule];
            var why = step.Cause == EvaluationCause.Trigger ? $"triggered at {rule.PlaceOf(step.Trigger)}" : $"{step.Cause}";
            yield return $"  rule: {rule.Identity.Title} at {rule.Identity.Span}: {step.Result}{(step.Matched ? ", matches" : string.Empty)} ({why})";
        }
    }
}
