namespace Guard.Policies.Compiling.General;

/// <summary>
/// A deterministic automaton over byte classes. A pattern that holds is reported where that is first seen, and not
/// necessarily again further on; what holds in the anchored start holds for every text.
/// </summary>
/// <param name="Classes">Class 0 is NUL.</param>
/// <param name="Next">State * class count + class to state.</param>
/// <param name="Anchored">Where a walk starts whose text is whole.</param>
/// <param name="Floating">Where a walk starts whose text has lost its beginning.</param>
/// <param name="Holds">By state: the patterns that hold whatever follows, ascending.</param>
/// <param name="HoldsAtEnd">By state: the patterns that hold if the text ends here.</param>
internal sealed record Dfa(
    ByteClasses Classes, int[] Next, int Anchored, int Floating, int[][] Holds, int[][] HoldsAtEnd)
{
    public int States => Holds.Length;

    /// <summary>As an image has it.</summary>
    /// <param name="lists">Takes the lists of pattern numbers.</param>
    /// <param name="numbers">Pattern i of this automaton is these patterns of the image, ascending.</param>
    public AutomatonTable ToTable(ListPool lists, IReadOnlyList<IReadOnlyList<int>> numbers)
    {
        var table = new AutomatonTable(Classes, States)
        {
            Anchored = Anchored,
            Floating = Floating,
            Start = Intern(lists, numbers, Holds[Anchored]),
        };
        Next.CopyTo(table.Next, 0);
        for (var state = 0; state < States && !lists.Overflowed; state++)
        {
            table.Outputs[state] = Intern(lists, numbers, Holds[state]);
            table.Ends[state] = Intern(lists, numbers, HoldsAtEnd[state]);
        }

        return table;
    }

    private static int Intern(ListPool lists, IReadOnlyList<IReadOnlyList<int>> numbers, int[] patterns)
        => patterns.Length == 0 ? 0 : lists.Intern([.. patterns.SelectMany(p => numbers[p]).Order()]);
}
