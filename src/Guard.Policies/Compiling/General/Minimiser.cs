namespace Guard.Policies.Compiling.General;

/// <summary>The smallest automaton with the same answers (Hopcroft), and bytes that it does not tell apart as one class.</summary>
internal static class Minimiser
{
    public static Dfa Run(Dfa dfa)
    {
        var block = new StatePartition(dfa.Classes.Count, dfa.Next, ResultsOf(dfa)).Refine();
        var count = block.Max() + 1;
        var width = dfa.Classes.Count;
        var next = new int[count * width];
        var holds = new int[count][];
        var ends = new int[count][];
        for (var state = dfa.States - 1; state >= 0; state--)
        {
            var to = block[state];
            holds[to] = dfa.Holds[state];
            ends[to] = dfa.HoldsAtEnd[state];
            for (var c = 0; c < width; c++)
            {
                next[(to * width) + c] = block[dfa.Next[(state * width) + c]];
            }
        }

        return MergeClasses(
            new Dfa(dfa.Classes, next, block[dfa.Anchored], block[dfa.Floating], holds, ends));
    }

    private static int[] ResultsOf(Dfa dfa)
    {
        var numbers = new Dictionary<string, int>();
        return
        [
            .. Enumerable.Range(0, dfa.States).Select(state =>
            {
                var key = $"{string.Join(',', dfa.Holds[state])}/{string.Join(',', dfa.HoldsAtEnd[state])}";
                if (!numbers.TryGetValue(key, out var number))
                {
                    numbers.Add(key, number = numbers.Count);
                }

                return number;
            }),
        ];
    }

    /// <summary>Classes that lead everywhere to the same states become one; NUL's stays alone.</summary>
    private static Dfa MergeClasses(Dfa dfa)
    {
        var width = dfa.Classes.Count;
        var columns = new Dictionary<int[], int>(new SameContent<int>());
        var mergedOf = new int[width];
        for (var c = 1; c < width; c++)
        {
            var column = new int[dfa.States];
            for (var state = 0; state < dfa.States; state++)
            {
                column[state] = dfa.Next[(state * width) + c];
            }

            if (!columns.TryGetValue(column, out mergedOf[c]))
            {
                columns.Add(column, mergedOf[c] = columns.Count + 1);
            }
        }

        if (columns.Count + 1 == width)
        {
            return dfa;
        }

        var sets = new bool[columns.Count][];
        for (var value = 1; value < 256; value++)
        {
            (sets[mergedOf[dfa.Classes[(byte)value]] - 1] ??= new bool[256])[value] = true;
        }

        return Narrow(dfa, ByteClasses.Of(sets));
    }

    private static Dfa Narrow(Dfa dfa, ByteClasses classes)
    {
        var bytes = classes.Representatives();
        var next = new int[dfa.States * classes.Count];
        for (var state = 0; state < dfa.States; state++)
        {
            for (var c = 0; c < classes.Count; c++)
            {
                next[(state * classes.Count) + c] = dfa.Next[(state * dfa.Classes.Count) + dfa.Classes[bytes[c]]];
            }
        }

        return dfa with { Classes = classes, Next = next };
    }
}
