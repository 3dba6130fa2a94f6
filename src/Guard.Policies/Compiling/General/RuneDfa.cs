
namespace Guard.Policies.Compiling.General;

/// <summary>
/// Subset construction over characters. Bytes come afterwards: their states between the bytes of a character would be
/// multiplied by every set of places, here they are not.
/// </summary>
internal sealed class RuneDfa
{
    /// <summary>States over characters.</summary>
    public const int StatesMax = 8192;

    /// <summary>Places and edges followed: bounds time, to about a second.</summary>
    private const int WorkMax = 10_000_000;

    private readonly RuneNfa _runes;
    private readonly RegexPlaces _places;
    private readonly List<RegexPlace> _known = [];
    private readonly Dictionary<RegexPlace, int> _numbers = [];
    private readonly Dictionary<int[], int> _states = new(new SameContent<int>());
    private readonly List<int[]> _sets = [];
    private readonly List<int> _next = [];
    private readonly Dictionary<RegexPlace, int> _best = [];
    private int _work;

    private RuneDfa(RuneNfa runes)
    {
        _runes = runes;
        _places = new RegexPlaces(runes);
        Classes = new RuneClasses([.. _places.Kinds, .. runes.Sets]);
    }

    public RuneClasses Classes { get; }

    public int States => Holds.Length;

    /// <summary>State * class count + class to state.</summary>
    public int[] Next { get; private set; } = [];

    /// <summary>By state: the expression holds, whatever follows.</summary>
    public bool[] Holds { get; private set; } = [];

    /// <summary>By state: it holds if the text ends here.</summary>
    public bool[] HoldsAtEnd { get; private set; } = [];

    /// <summary>Where a whole text starts.</summary>
    public int Start { get; private set; }

    /// <summary>Where a text starts of whose beginning nothing is known.</summary>
    public int Unknown { get; private set; }

    /// <exception cref="RegexSyntaxException">It needs too many states.</exception>
    public static RuneDfa Build(RuneNfa runes)
    {
        var dfa = new RuneDfa(runes);
        dfa.Construct();
        dfa.Minimise();
        return dfa;
    }

    private void Construct()
    {
        Start = StateOf([NumberOf(new RegexPlace(_runes.Search, Before.Start, false))]);
        Unknown = StateOf([NumberOf(new RegexPlace(_runes.Search, Before.Unknown, false))]);
        var targets = new List<int>[Classes.Count];
        for (var c = 0; c < targets.Length; c++)
        {
            targets[c] = [];
        }

        for (var state = 0; state < _sets.Count; state++)
        {
            if (state == StatesMax || _work > WorkMax)
            {
                throw new RegexSyntaxException($"more than {StatesMax} states, or too much work to find them");
            }

            Collect(_sets[state], targets);
            for (var c = 0; c < targets.Length; c++)
            {
                _next.Add(StateOf(Reduced(targets[c])));
                targets[c].Clear();
            }
        }

        Holds = [.. _sets.Select(s => s.Any(p => _places.MovesOf(_known[p]).Holds))];
        HoldsAtEnd = [.. _sets.Select(s => s.Any(p => _places.MovesOf(_known[p]).HoldsAtEnd))];
    }

    private void Collect(int[] set, List<int>[] targets)
    {
        foreach (var place in set)
        {
            foreach (var (runes, to) in _places.MovesOf(_known[place]).Edges)
            {
                var number = NumberOf(to);
                var classes = Classes.Of(runes);
                _work += classes.Length + 1;
                foreach (var c in classes)
                {
                    targets[c].Add(number);
                }
            }
        }
    }

    /// <summary>In order, each once, and of places in one chain only the one that leads to all that the others do.</summary>
    private int[] Reduced(List<int> places)
    {
        _work += places.Count;
        places.Sort();
        _best.Clear();
        var kept = new List<int>(places.Count);
        foreach (var place in places)
        {
            if (kept.Count > 0 && kept[^1] == place)
            {
                continue;
            }

            kept.Add(place);
            var (key, rank) = ChainOf(place);
            if (key.State > 0 && (!_best.TryGetValue(key, out var best) || rank < best))
            {
                _best[key] = rank;
            }
        }

        if (_best.Count > 0)
        {
            kept.RemoveAll(p => ChainOf(p) is var (key, rank) && key.State > 0 && _best[key] < rank);
        }

        return [.. kept];
    }

    /// <summary>The chain, with what a place knows of its surroundings: only where that is equal can they be compared.</summary>
    private (RegexPlace Key, int Rank) ChainOf(int place)
    {
        var (chain, rank) = _runes[_known[place].State].Chain;
        return (_known[place] with { State = chain }, rank);
    }

    private int NumberOf(RegexPlace place)
    {
        if (!_numbers.TryGetValue(place, out var number))
        {
            number = _known.Count;
            _known.Add(place);
            _numbers.Add(place, number);
        }

        return number;
    }

    private int StateOf(int[] places)
    {
        if (!_states.TryGetValue(places, out var number))
        {
            number = _sets.Count;
            _sets.Add(places);
            _states.Add(places, number);
            _work += places.Length;
        }

        return number;
    }

    private void Minimise()
    {
        int[] next = [.. _next];
        var results = Enumerable.Range(0, _sets.Count).Select(s => (Holds[s] ? 1 : 0) + (HoldsAtEnd[s] ? 2 : 0));
        var block = new StatePartition(Classes.Count, next, [.. results]).Refine();
        var count = block.Max() + 1;
        Next = new int[count * Classes.Count];
        var (holds, ends) = (Holds, HoldsAtEnd);
        (Holds, HoldsAtEnd) = (new bool[count], new bool[count]);
        for (var state = 0; state < block.Length; state++)
        {
            var to = block[state];
            (Holds[to], HoldsAtEnd[to]) = (holds[state], ends[state]);
            for (var c = 0; c < Classes.Count; c++)
            {
                Next[(to * Classes.Count) + c] = block[next[(state * Classes.Count) + c]];
            }
        }

        (Start, Unknown) = (block[Start], block[Unknown]);
    }
}
