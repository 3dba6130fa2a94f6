namespace Guard.Policies.Compiling.General;

/// <summary>
/// The smallest automaton with the same answers: states are told apart by what holds in them, and then, as long as
/// that tells more apart, by where each class leads (Moore).
/// </summary>
internal static class Minimiser
{
    public static Dfa Run(Dfa dfa)
    {
        var block = Refine(dfa, FirstBlocks(dfa));
        var count = block.Max() + 1;
        if (count == dfa.States)
        {
            return dfa;
        }

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

        return new Dfa(dfa.Classes, next, block[dfa.Anchored], block[dfa.Floating], holds, ends);
    }

    private static int[] FirstBlocks(Dfa dfa)
    {
        var numbers = new Dictionary<string, int>();
        var block = new int[dfa.States];
        for (var state = 0; state < block.Length; state++)
        {
            var key = $"{string.Join(',', dfa.Holds[state])}/{string.Join(',', dfa.HoldsAtEnd[state])}";
            block[state] = NumberOf(numbers, key);
        }

        return block;
    }

    private static int[] Refine(Dfa dfa, int[] block)
    {
        var width = dfa.Classes.Count;
        var count = block.Max() + 1;
        while (true)
        {
            var numbers = new Dictionary<int[], int>(new SameRow());
            var refined = new int[block.Length];
            for (var state = 0; state < block.Length; state++)
            {
                // Class 0 is left out: every state goes to itself on it, which must not tell them apart.
                var row = new int[width];
                row[0] = block[state];
                for (var c = 1; c < width; c++)
                {
                    row[c] = block[dfa.Next[(state * width) + c]];
                }

                refined[state] = NumberOf(numbers, row);
            }

            if (numbers.Count == count)
            {
                return refined;
            }

            (block, count) = (refined, numbers.Count);
        }
    }

    private static int NumberOf<T>(Dictionary<T, int> numbers, T key)
        where T : notnull
    {
        if (!numbers.TryGetValue(key, out var number))
        {
            numbers.Add(key, number = numbers.Count);
        }

        return number;
    }

    private sealed class SameRow : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(obj));
            return hash.ToHashCode();
        }
    }
}
