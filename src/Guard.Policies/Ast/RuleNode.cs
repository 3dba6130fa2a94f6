using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Ast;

/// <summary>One Sigma rule as it was written, names and types checked, modifiers of values applied.</summary>
internal sealed record RuleNode(
    RuleIdentity Identity,
    SourceSpan IdSpan,
    LogSourceNode LogSource,
    GuardNode? WrittenGuard,
    DetectionNode Detection)
{
    /// <summary>Sigma's <c>name</c>, by which other documents may refer to the rule.</summary>
    public string? Name { get; init; }

    /// <summary>What Sigma filters add: each must hold as well.</summary>
    public ImmutableArray<DetectionNode> Filters { get; init; } = [];

    /// <summary>The <c>guard:</c> block; audit when there is none.</summary>
    public GuardNode Guard => WrittenGuard ?? GuardNode.Default;
}

/// <summary>The log source as written, and what it means in the domain that is compiled for.</summary>
/// <param name="Source">As written.</param>
/// <param name="Category">What is decided; null while it is not known (after a finding, or in a filter).</param>
/// <param name="Access">The kinds of access that a category like <c>file_event</c> is about; none: all of them.</param>
internal sealed record LogSourceNode(RuleLogSource Source, RuleCategory? Category, AccessKinds Access)
{
    /// <summary>The operation that a log source of <see cref="RuleCategory.Operation"/> is about.</summary>
    public OperationKind? Operation { get; init; }

    /// <summary>What fields there are.</summary>
    public DecidedKind Decided => new(Category, Operation);
}

/// <summary>What is decided, as far as the fields of an item depend on it.</summary>
/// <param name="Category">Null while it is not known.</param>
/// <param name="Operation">Of <see cref="RuleCategory.Operation"/>.</param>
internal readonly record struct DecidedKind(RuleCategory? Category, OperationKind? Operation = null);

/// <summary>A <c>guard:</c> block.</summary>
/// <param name="Action">What becomes of an operation that matches.</param>
/// <param name="OnUnknown">What becomes of one that is not known to match; null where the block does not say it, until the bundle is known.</param>
/// <param name="Span">Where it is written.</param>
internal sealed record GuardNode(RuleAction Action, OnUnknown? OnUnknown, SourceSpan Span)
{
    /// <summary>Items that must hold besides the detection: where the process is.</summary>
    public ImmutableArray<ItemNode> Scope { get; init; } = [];

    public static GuardNode Default { get; } = new(RuleAction.Audit, null, default);

    /// <summary>Whether what may not be run may not be mapped for execution either.</summary>
    public bool Mapped { get; init; } = true;
}

/// <summary>Search identifiers and the condition over them; a name space of its own.</summary>
internal sealed record DetectionNode(ImmutableArray<SearchNode> Searches, ConditionSyntax Condition);

/// <summary>A search identifier: one of the alternatives holds; an alternative holds when all its items do.</summary>
internal sealed record SearchNode(string Name, SourceSpan Span, ImmutableArray<ImmutableArray<ItemNode>> Alternatives);
