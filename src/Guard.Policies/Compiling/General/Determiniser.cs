namespace Guard.Policies.Compiling.General;

/// <summary>
/// Subset construction over one or several patterns, then minimisation. The result reports a pattern in every state in
/// which it holds; class 0 is NUL and every state goes to itself on it.
/// </summary>
internal sealed class Determiniser
{
    /// <summary>States of one pattern alone.</summary>
    public const int StatesMax = 4096;

    /// <summary>States of all sets together: bounds time and memory.</summary>
    private const int PositionsMax = 8 << 20;

    private readonly IReadOnlyList<ByteNfa> _patterns;
    private readonly int[] _first;
    private readonly int _statesMax;
    private readonly Dictionary<int[], int> _numbers = new(new SameStates());
    private readonly List<int[]> _sets = [];
    private readonly List<int> _next = [];
    private readonly HashSet<int> _reached = [];
    private long _positions;

    private Determiniser(IReadOnlyList<ByteNfa> patterns, int statesMax)
    {
        _patterns = patterns;
        _statesMax = statesMax;
        _first = new int[patterns.Count + 1];
        for (var i = 0; i < patterns.Count; i++)
        {
            _first[i + 1] = _first[i] + patterns[i].Count;
        }
    }

    /// <summary>The automaton, or null when it needs more states than allowed.</summary>
    /// <param name="patterns">At least one.</param>
    /// <param name="statesMax">Before minimisation.</param>
    public static Dfa? Run(IReadOnlyList<ByteNfa> patterns, int statesMax = StatesMax)
    {
        var pass = new Determiniser(patterns, statesMax);
        return pass.Construct() is { } dfa ? Minimiser.Run(dfa) : null;
    }

    private Dfa? Construct()
    {
        var classes = ByteClasses.Of(EdgeSets());
        var representatives = classes.Representatives();
        var anchored = Number(Close([.. _patterns.Select((p, i) => _first[i] + p.Anchored)]));
        var floating = Number(Close(
            [.. _patterns.Select((p, i) => (p.Floating, i)).Where(p => p.Floating >= 0).Select(p => _first[p.i] + p.Floating)]));
        for (var state = 0; state < _sets.Count; state++)
        {
            if (_sets.Count > _statesMax || _positions > PositionsMax)
            {
                return null;
            }

            _next.Add(state);
            for (var c = 1; c < representatives.Length; c++)
            {
                _next.Add(Number(Move(_sets[state], representatives[c])));
            }
        }

        return new Dfa(classes, [.. _next], anchored, floating, Results(s => s.Holds), Results(s => s.HoldsAtEnd));
    }

    private IEnumerable<bool[]> EdgeSets()
        => _patterns.SelectMany(p => Enumerable.Range(0, p.Count).SelectMany(s => p[s].Edges))
            .Select(e => (e.Low, e.High)).Distinct().Order().Select(e => ByteClasses.Range(e.Low, e.High));

    private int Number(int[] set)
    {
        if (!_numbers.TryGetValue(set, out var number))
        {
            number = _sets.Count;
            _sets.Add(set);
            _numbers.Add(set, number);
            _positions += set.Length;
        }

        return number;
    }

    private int[] Move(int[] set, byte value)
    {
        var moved = new HashSet<int>();
        foreach (var member in set)
        {
            var pattern = PatternOf(member);
            foreach (var (low, high, to) in _patterns[pattern][member - _first[pattern]].Edges)
            {
                if (value >= low && value <= high)
                {
                    moved.Add(_first[pattern] + to);
                }
            }
        }

        return Close(moved);
    }

    /// <summary>
    /// With what is reached without a byte. One pattern that holds already needs nothing else to be remembered; states
    /// that do nothing but lead on are left out.
    /// </summary>
    private int[] Close(IReadOnlyCollection<int> states)
    {
        _reached.Clear();
        var open = new Stack<int>(states);
        while (open.TryPop(out var member))
        {
            if (!_reached.Add(member))
            {
                continue;
            }

            var pattern = PatternOf(member);
            foreach (var to in _patterns[pattern][member - _first[pattern]].Epsilons)
            {
                open.Push(_first[pattern] + to);
            }
        }

        var set = _reached.Where(Matters).ToArray();
        Array.Sort(set);
        var holding = _patterns.Count == 1 ? Array.FindIndex(set, m => StateOf(m).Holds) : -1;
        return holding < 0 ? set : [set[holding]];
    }

    private bool Matters(int member) => StateOf(member) is { Edges.Count: > 0 } or { Holds: true } or { HoldsAtEnd: true };

    private ByteNfa.State StateOf(int member)
    {
        var pattern = PatternOf(member);
        return _patterns[pattern][member - _first[pattern]];
    }

    private int PatternOf(int member)
    {
        var at = Array.BinarySearch(_first, member);
        if (at < 0)
        {
            return ~at - 1;
        }

        // A pattern without states does not exist, so equal borders cannot be.
        return at;
    }

    private int[][] Results(Func<ByteNfa.State, bool> holds)
        => [.. _sets.Select(set => set.Where(m => holds(StateOf(m))).Select(PatternOf).Distinct().Order().ToArray())];

    private sealed class SameStates : IEqualityComparer<int[]>
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
