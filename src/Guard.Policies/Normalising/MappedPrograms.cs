using System.Collections.Immutable;

namespace Guard.Policies.Normalising;

/// <summary>
/// A program runs without an execve of its own, too: <c>ld.so PROGRAM</c> maps it for execution, and so does any other
/// loader. A rule that refuses to run a certain program therefore refuses to map it, as if the process that maps it had
/// called execve: Image is the mapped file; it is called by no name, and its arguments, directory and properties are not known.
/// </summary>
/// <remarks>
/// Only for rules that need an Image or a digest: one that refuses what a user runs would refuse that user every library. And only
/// for those that can be true without what is not known.
/// </remarks>
public static class MappedPrograms
{
    /// <summary>Whether the rule is asked in decisions of the category: its own, or that of mapped programs.</summary>
    /// <param name="rule">A rule of the policy.</param>
    /// <param name="category">What is decided.</param>
    /// <param name="atoms">The policy's atoms.</param>
    public static bool IsAsked(NormalisedRule rule, RuleCategory category, ImmutableArray<NormalisedAtom> atoms)
        => category == RuleCategory.MappedProgram ? AreMeantBy(rule, atoms) : rule.Category == category;

    /// <summary>Whether the rule decides about programs that are mapped, too.</summary>
    /// <param name="rule">A rule of the policy.</param>
    /// <param name="atoms">The policy's atoms.</param>
    public static bool AreMeantBy(NormalisedRule rule, ImmutableArray<NormalisedAtom> atoms)
        => rule is { Category: RuleCategory.ProcessCreation, Action: RuleAction.Block, SpeaksOfMapped: true, Identity.BuiltIn: false }
            && NeedsImage(rule.Condition, false, atoms)
            && (rule.OnUnknown == OnUnknown.Deny || CanBe(rule.Condition, true, atoms));

    /// <summary>Whether an item over the field says what program is meant.</summary>
    /// <param name="field">A field of process_creation.</param>
    public static bool IsOfFile(PolicyField field) => field is PolicyField.Image or PolicyField.Digest;

    /// <summary>Whether the node, or its negation, can hold only if an item over Image or the digest does.</summary>
    private static bool NeedsImage(ConditionNode node, bool negated, ImmutableArray<NormalisedAtom> atoms) => node switch
    {
        AtomNode atom => !negated && IsOfFile(atoms[atom.Atom].Field),
        NotNode not => NeedsImage(not.Operand, !negated, atoms),
        ConstantNode constant => constant.Value == negated,
        AndNode and => negated
            ? and.Operands.All(o => NeedsImage(o, true, atoms))
            : and.Operands.Any(o => NeedsImage(o, false, atoms)),
        OrNode or => negated
            ? or.Operands.Any(o => NeedsImage(o, true, atoms))
            : or.Operands.All(o => NeedsImage(o, false, atoms)),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    /// <summary>Whether the node can have the value while the unknown fields are unknown.</summary>
    private static bool CanBe(ConditionNode node, bool value, ImmutableArray<NormalisedAtom> atoms) => node switch
    {
        AtomNode atom => atoms[atom.Atom].Field switch
        {
            PolicyField.ImageInvoked => !value,
            PolicyField.CommandLine or PolicyField.CurrentDirectory or PolicyField.ImageProperties => false,
            _ => true,
        },
        NotNode not => CanBe(not.Operand, !value, atoms),
        ConstantNode constant => constant.Value == value,
        AndNode and => value ? and.Operands.All(o => CanBe(o, true, atoms)) : and.Operands.Any(o => CanBe(o, false, atoms)),
        OrNode or => value ? or.Operands.Any(o => CanBe(o, true, atoms)) : or.Operands.All(o => CanBe(o, false, atoms)),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };
}
