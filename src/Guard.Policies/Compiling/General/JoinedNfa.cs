namespace Guard.Policies.Compiling.General;

/// <summary>
/// Several patterns side by side, their states numbered through, with edges by byte class and what is reached without
/// a byte worked out once.
/// </summary>
internal sealed class JoinedNfa
{
    private readonly ByteNfa.State[] _states;
    private readonly int[] _patternOf;
    private readonly int[] _first;
    private readonly (int[] Classes, int To)[]?[] _edges;
    private readonly int[]?[] _closures;
    private readonly Dictionary<(byte Low, byte High), int[]> _classesOf = [];

    /// <param name="patterns">At least one.</param>
    public JoinedNfa(IReadOnlyList<ByteNfa> patterns)
    {
        Patterns = patterns.Count;
        var count = patterns.Sum(p => p.Count);
        _states = new ByteNfa.State[count];
        _patternOf = new int[count];
        _first = new int[patterns.Count];
        _edges = new (int[], int)[]?[count];
        _closures = new int[]?[count];
        var number = 0;
        for (var pattern = 0; pattern < patterns.Count; pattern++)
        {
            _first[pattern] = number;
            for (var state = 0; state < patterns[pattern].Count; state++)
            {
                _states[number] = patterns[pattern][state];
                _patternOf[number++] = pattern;
            }
        }

        Anchored = [.. patterns.Select((p, i) => _first[i] + p.Anchored)];
        Floating = [.. patterns.Index().Where(p => p.Item.Floating >= 0).Select(p => _first[p.Index] + p.Item.Floating)];
        Classes = ByteClasses.Of(Sets());
    }

    public int Patterns { get; }

    public int Count => _states.Length;

    public ByteClasses Classes { get; }

    /// <summary>Where walks over whole texts start.</summary>
    public int[] Anchored { get; }

    /// <summary>Where walks start over texts that have lost their beginning.</summary>
    public int[] Floating { get; }

    public ByteNfa.State this[int state] => _states[state];

    public int PatternOf(int state) => _patternOf[state];

    /// <summary>Edges by classes, NUL's left out.</summary>
    public (int[] Classes, int To)[] EdgesOf(int state)
    {
        var first = _first[_patternOf[state]];
        return _edges[state] ??= [.. _states[state].Edges.Select(e => (ClassesOf(e.Low, e.High), first + e.To))];
    }

    /// <summary>The state and what it reaches without a byte, less those that do nothing but lead on.</summary>
    public int[] ClosureOf(int state)
    {
        if (_closures[state] is { } known)
        {
            return known;
        }

        var first = _first[_patternOf[state]];
        var reached = new HashSet<int> { state };
        var open = new Stack<int>(reached);
        while (open.TryPop(out var member))
        {
            foreach (var to in _states[member].Epsilons)
            {
                if (reached.Add(first + to))
                {
                    open.Push(first + to);
                }
            }
        }

        return _closures[state] = [.. reached.Where(Matters)];
    }

    private bool Matters(int state) => _states[state] is { Edges.Count: > 0 } or { Holds: true } or { HoldsAtEnd: true };

    private IEnumerable<bool[]> Sets()
        => _states.SelectMany(s => s.Edges).Select(e => (e.Low, e.High)).Distinct().Order()
            .Select(e => ByteClasses.Range(e.Low, e.High));

    private int[] ClassesOf(byte low, byte high)
    {
        if (!_classesOf.TryGetValue((low, high), out var classes))
        {
            var bytes = Enumerable.Range(low, high - low + 1);
            classes = [.. bytes.Select(b => Classes[(byte)b]).Distinct().Where(c => c > 0)];
            _classesOf.Add((low, high), classes);
        }

        return classes;
    }
}
