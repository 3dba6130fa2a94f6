using System.Collections.Immutable;

namespace Guard.Policies.Compiling.General;

/// <summary>What can happen at a place of an expression.</summary>
/// <param name="Edges">Characters and where they lead.</param>
/// <param name="Holds">The expression holds here, whatever follows.</param>
/// <param name="HoldsAtEnd">It holds if the text ends here.</param>
internal sealed record RegexMoves(ImmutableArray<(RuneSet Set, RegexPlace To)> Edges, bool Holds, bool HoldsAtEnd);
