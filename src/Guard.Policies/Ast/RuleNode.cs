using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Ast;

/// <summary>One Sigma rule as it was written, names and types checked, modifiers of values applied.</summary>
internal sealed record RuleNode(
    RuleIdentity Identity,
    SourceSpan IdSpan,
    RuleCategory Category,
    GuardNode Guard,
    ImmutableArray<SearchNode> Searches,
    ConditionSyntax Condition);

/// <summary>The <c>guard:</c> block; audit when there is none.</summary>
internal sealed record GuardNode(RuleAction Action, OnUnknown OnUnknown);

/// <summary>A search identifier: one of the alternatives holds; an alternative holds when all its items do.</summary>
internal sealed record SearchNode(string Name, SourceSpan Span, ImmutableArray<ImmutableArray<ItemNode>> Alternatives);

/// <summary>One <c>field|modifiers: values</c>. <paramref name="All"/>: every value must hold, not one of them.</summary>
internal abstract record ItemNode(PolicyField Field, SourceSpan Span, bool All);

/// <summary>An item over a path.</summary>
internal sealed record TextItem(PolicyField Field, SourceSpan Span, bool All, ImmutableArray<TextPattern> Patterns)
    : ItemNode(Field, Span, All);

/// <summary>An item over the uid; each value has become the set of uids that it means.</summary>
internal sealed record UidItem(SourceSpan Span, bool All, ImmutableArray<ImmutableArray<uint>> Values)
    : ItemNode(PolicyField.User, Span, All);

/// <summary>An item over the kind of access.</summary>
internal sealed record AccessItem(SourceSpan Span, bool All, ImmutableArray<AccessKinds> Values)
    : ItemNode(PolicyField.Access, Span, All);
