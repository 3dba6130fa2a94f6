using System.Collections.Immutable;
using System.Collections.ObjectModel;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Normalising;

/// <summary>
/// What a bundle means, with nothing left to interpret: numbered atoms and a boolean condition per rule. This is the
/// definition that the compiler lowers and that the naive evaluator of the tests executes literally.
/// </summary>
/// <param name="Atoms">Atom n is element n; equal items of different rules share one.</param>
/// <param name="Rules">Rule n is element n; the order carries no meaning.</param>
public sealed record NormalisedPolicy(ImmutableArray<NormalisedAtom> Atoms, ImmutableArray<NormalisedRule> Rules)
{
    /// <summary>What the bundle orders about what can't be decided.</summary>
    public FailureOrder Failure { get; init; }
}

/// <summary>One selection item: holds, does not hold, or is unknown.</summary>
/// <param name="Field">The field that it speaks of.</param>
/// <param name="Span">Where it was written first.</param>
public abstract record NormalisedAtom(PolicyField Field, SourceSpan Span);

/// <summary>Holds if any pattern matches the text in any of the roles.</summary>
/// <param name="Field">Any field of texts: neither numbers nor addresses nor Access nor ImageProperties.</param>
/// <param name="Span">Where it was written first.</param>
/// <param name="Roles">
/// Image in a positive position reads Image and Invoked; under a negation Image alone, so that a symbolic link buys
/// no exemption. ParentImage and AncestorImage likewise. The other fields read their own text.
/// </param>
/// <param name="Patterns">Patterns of which any may match.</param>
public sealed record TextAtom(PolicyField Field, SourceSpan Span, TextRoles Roles, ImmutableArray<TextPattern> Patterns)
    : NormalisedAtom(Field, Span)
{
    /// <summary>Whether it holds for a directory that is renamed, and never else (see <see cref="RenamedDirectories"/>).</summary>
    public bool IsOfRenamed => Field == PolicyField.TargetFilename && Roles == TextRoles.Object;

    /// <summary>Expressions of which any may match instead; patterns and expressions together are at least one.</summary>
    public ImmutableArray<RegexPattern> Expressions { get; init; } = [];
}

/// <summary>Holds if the number is in one of the ranges. None never holds.</summary>
/// <param name="Field">
/// User, LogonId, Group, MountNamespace, a port, Protocol, AddressFamily, Operation, SystemOperation, NewUid or NewGid.
/// </param>
/// <param name="Span">Where it was written first.</param>
/// <param name="Ranges">Ascending, neither overlapping nor touching.</param>
public sealed record NumberAtom(PolicyField Field, SourceSpan Span, ImmutableArray<NumberRange> Ranges)
    : NormalisedAtom(Field, Span);

/// <summary>Whole numbers from one to another.</summary>
/// <param name="From">The least.</param>
/// <param name="To">The greatest; not less than <paramref name="From"/>.</param>
public readonly record struct NumberRange(uint From, uint To);

/// <summary>Holds if the address is in one of the ranges.</summary>
/// <param name="Field">DestinationIp or SourceIp.</param>
/// <param name="Span">Where it was written first.</param>
/// <param name="Ranges">At least one; ascending, neither overlapping nor touching.</param>
public sealed record AddressAtom(PolicyField Field, SourceSpan Span, ImmutableArray<AddressRange> Ranges)
    : NormalisedAtom(Field, Span);

/// <summary>Addresses from one to another, as numbers of 128 bits; IPv4 is ::ffff:a.b.c.d.</summary>
/// <param name="From">The least.</param>
/// <param name="To">The greatest; not less than <paramref name="From"/>.</param>
public readonly record struct AddressRange(UInt128 From, UInt128 To);

/// <summary>Holds if the open has any of these kinds.</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Kinds">At least one.</param>
public sealed record AccessAtom(SourceSpan Span, AccessKinds Kinds) : NormalisedAtom(PolicyField.Access, Span);

/// <summary>Holds if the program of an exec has any of these properties.</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Properties">At least one.</param>
public sealed record PropertyAtom(SourceSpan Span, ImageProperties Properties) : NormalisedAtom(PolicyField.ImageProperties, Span);

/// <summary>A boolean expression over atoms, in Kleene's three-valued logic.</summary>
public abstract record ConditionNode;

/// <summary>The atom with this number.</summary>
/// <param name="Atom">Index into <see cref="NormalisedPolicy.Atoms"/>.</param>
public sealed record AtomNode(int Atom) : ConditionNode;

/// <summary>All of them.</summary>
/// <param name="Operands">At least two.</param>
public sealed record AndNode(ImmutableArray<ConditionNode> Operands) : ConditionNode;

/// <summary>At least one of them.</summary>
/// <param name="Operands">At least two.</param>
public sealed record OrNode(ImmutableArray<ConditionNode> Operands) : ConditionNode;

/// <summary>The opposite; unknown stays unknown.</summary>
/// <param name="Operand">What is negated.</param>
public sealed record NotNode(ConditionNode Operand) : ConditionNode;

/// <summary>Always, or never.</summary>
/// <param name="Value">Which.</param>
public sealed record ConstantNode(bool Value) : ConditionNode;

/// <summary>One rule, ready to be compiled.</summary>
/// <param name="Identity">What people know it by.</param>
/// <param name="Category">What it decides.</param>
/// <param name="Action">What it does when it matches.</param>
/// <param name="OnUnknown">What it does when it can't be decided.</param>
/// <param name="Condition">When it matches.</param>
public sealed record NormalisedRule(
    RuleIdentity Identity,
    RuleCategory Category,
    RuleAction Action,
    OnUnknown OnUnknown,
    ConditionNode Condition)
{
    /// <summary>The rule's log source as written; decides which events concern it, offline.</summary>
    public RuleLogSource Source { get; init; } = RuleLogSource.Any;

    /// <summary>False: the rule says nothing of programs that are mapped and not run, see <see cref="MappedPrograms"/>.</summary>
    public bool SpeaksOfMapped { get; init; } = true;

    /// <summary>By atom: where the rule itself has the item. What its log source implies stands nowhere.</summary>
    public IReadOnlyDictionary<int, SourceSpan> Places { get; init; } = ReadOnlyDictionary<int, SourceSpan>.Empty;

    /// <summary>Bit o: the rule is about <see cref="OperationKind"/> o. Of a rule of another category it means nothing.</summary>
    public uint Operations { get; init; } = uint.MaxValue;

    /// <summary>Where the rule has an item; where it begins, for what its log source implies.</summary>
    /// <param name="atom">An atom of its condition.</param>
    public SourceSpan PlaceOf(int atom) => Places.TryGetValue(atom, out var place) ? place : Identity.Span;
}

/// <summary>Sigma's log source. A key that is null does not restrict.</summary>
/// <param name="Category">E.g. <c>process_creation</c>.</param>
/// <param name="Product">E.g. <c>linux</c>.</param>
/// <param name="Service">E.g. <c>auditd</c>.</param>
public sealed record RuleLogSource(string? Category, string? Product, string? Service)
{
    /// <summary>No restriction.</summary>
    public static RuleLogSource Any { get; } = new(null, null, null);
}

/// <summary>What a rule is called, and what a record about it must name (the DRL asks for author and references).</summary>
/// <param name="Id">Sigma's id (a UUID), or for rules without one <c>file#n</c>.</param>
/// <param name="Title">Sigma's title.</param>
/// <param name="Author">Sigma's author, or null.</param>
/// <param name="Level">Sigma's level; medium when absent.</param>
/// <param name="Tags">Sigma's tags, e.g. <c>attack.t1059</c>.</param>
/// <param name="References">Sigma's references.</param>
/// <param name="Span">Where the rule begins.</param>
/// <param name="BuiltIn">True for the rules that the engine brings along (the self-test); lists don't show them.</param>
public sealed record RuleIdentity(
    string Id,
    string Title,
    string? Author,
    RuleLevel Level,
    ImmutableArray<string> Tags,
    ImmutableArray<string> References,
    SourceSpan Span,
    bool BuiltIn = false);
