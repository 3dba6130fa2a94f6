using System.Collections.Immutable;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Ast;

/// <summary>A condition as it was written.</summary>
internal abstract record ConditionSyntax(SourceSpan Span);

/// <summary>A search identifier by its name.</summary>
internal sealed record NameSyntax(SourceSpan Span, string Name) : ConditionSyntax(Span);

/// <summary><c>1 of</c>, <c>any of</c> or (<paramref name="All"/>) <c>all of</c> a pattern or <c>them</c> (null).</summary>
internal sealed record QuantifierSyntax(SourceSpan Span, bool All, string? Pattern) : ConditionSyntax(Span);

/// <summary><c>not</c>.</summary>
internal sealed record NotSyntax(SourceSpan Span, ConditionSyntax Operand) : ConditionSyntax(Span);

/// <summary><c>and</c>, at least two operands.</summary>
internal sealed record AndSyntax(SourceSpan Span, ImmutableArray<ConditionSyntax> Operands) : ConditionSyntax(Span);

/// <summary><c>or</c>, at least two operands; also a list of conditions.</summary>
internal sealed record OrSyntax(SourceSpan Span, ImmutableArray<ConditionSyntax> Operands) : ConditionSyntax(Span);
