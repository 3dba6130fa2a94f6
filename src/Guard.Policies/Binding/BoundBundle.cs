using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>What the documents of a bundle say.</summary>
/// <param name="Rules">Those without a finding of severity error.</param>
/// <param name="Failure">What becomes of what the engine can't decide.</param>
internal sealed record BoundBundle(ImmutableArray<RuleNode> Rules, FailureOrder Failure);
