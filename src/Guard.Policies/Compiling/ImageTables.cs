using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>Everything of an image before it has addresses.</summary>
/// <param name="Lists">All lists.</param>
/// <param name="Patterns">The pattern table.</param>
/// <param name="Automata">By automaton number; null = absent.</param>
/// <param name="Holders">Users and kinds of access.</param>
/// <param name="Categories">By GUARD_CATEGORY_*.</param>
/// <param name="Programs">By rule; null only where an error was reported.</param>
internal sealed record ImageTables(
    ListPool Lists,
    IReadOnlyList<GuardPattern> Patterns,
    AutomatonTable?[] Automata,
    HolderTables Holders,
    CategoryTables[] Categories,
    IReadOnlyList<RuleProgram?> Programs);
