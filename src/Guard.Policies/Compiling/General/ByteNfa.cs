namespace Guard.Policies.Compiling.General;

/// <summary>
/// A nondeterministic automaton over bytes for one pattern. A text matches when a state that holds whatever follows is
/// reached, or when it ends in one that holds at the end.
/// </summary>
internal sealed class ByteNfa
{
    /// <summary>States of one pattern.</summary>
    public const int StatesMax = 65536;

    /// <summary>Edges of one pattern.</summary>
    public const int EdgesMax = 1 << 20;

    private readonly List<State> _states = [];
    private int _edges;

    public int Count => _states.Count;

    public State this[int state] => _states[state];

    /// <summary>Where a walk starts whose text is whole.</summary>
    public int Anchored { get; set; }

    /// <summary>Where a walk starts whose text has lost its beginning; -1: the pattern can't match then.</summary>
    public int Floating { get; set; } = -1;

    /// <exception cref="RegexSyntaxException">There are too many.</exception>
    public int Add()
    {
        if (_states.Count == StatesMax)
        {
            throw new RegexSyntaxException($"more than {StatesMax} states before it is even determinised");
        }

        _states.Add(new State());
        return _states.Count - 1;
    }

    /// <exception cref="RegexSyntaxException">There are too many.</exception>
    public void Edge(int from, int low, int high, int to)
    {
        if (_edges++ == EdgesMax)
        {
            throw new RegexSyntaxException($"more than {EdgesMax} edges before it is even determinised");
        }

        _states[from].Edges.Add(((byte)low, (byte)high, to));
    }

    public void Epsilon(int from, int to) => _states[from].Epsilons.Add(to);

    /// <summary>One state.</summary>
    internal sealed class State
    {
        public List<(byte Low, byte High, int To)> Edges { get; } = [];

        public List<int> Epsilons { get; } = [];

        /// <summary>
        /// Whatever states with lower numbers still lead to, this one leads to as well: they need not be remembered
        /// once it is reached.
        /// </summary>
        public bool Supersedes { get; set; }

        /// <summary>The pattern holds, whatever follows.</summary>
        public bool Holds { get; set; }

        /// <summary>The pattern holds if the text ends here.</summary>
        public bool HoldsAtEnd { get; set; }
    }
}
