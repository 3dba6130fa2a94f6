using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>Everything of an image before it has addresses.</summary>
/// <param name="Lists">All lists.</param>
/// <param name="Lowered">What the texts are read for: the pattern table, the fields of events, the values of sets.</param>
/// <param name="Automata">By automaton number; null = absent.</param>
/// <param name="Sets">Whole values of long lists.</param>
/// <param name="Numbers">Everything that is a number.</param>
/// <param name="Addresses">Of both ends.</param>
/// <param name="Accesses">By kind of access: a list.</param>
/// <param name="Properties">By property of a program: a list.</param>
/// <param name="Categories">By GUARD_CATEGORY_*.</param>
/// <param name="NamedFiles">Files that items name, each with the list of what holds for it.</param>
/// <param name="Programs">By rule; null only where an error was reported.</param>
internal sealed record ImageTables(
    ListPool Lists,
    LoweredPatterns Lowered,
    AutomatonTable?[] Automata,
    TextSets Sets,
    NumberTables Numbers,
    AddressTables Addresses,
    int[] Accesses,
    int[] Properties,
    CategoryTables[] Categories,
    IReadOnlyList<(string Path, int List)> NamedFiles,
    IReadOnlyList<RuleProgram?> Programs)
{
    /// <summary>The pattern table.</summary>
    public IReadOnlyList<GuardPattern> Patterns => Lowered.Table;
}
