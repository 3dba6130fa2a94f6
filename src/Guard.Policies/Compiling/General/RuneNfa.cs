namespace Guard.Policies.Compiling.General;

/// <summary>Thompson's construction: a tree as an automaton over characters, with places still to be tested.</summary>
internal sealed class RuneNfa
{
    private readonly List<State> _states = [];
    private readonly HashSet<Assertion> _asked = [];
    private int _chains;

    private RuneNfa()
    {
    }

    public State this[int state] => _states[state];

    public int Start { get; private set; }

    public int Accept { get; private set; }

    /// <summary>Passes over characters until the expression begins.</summary>
    public int Search { get; private set; }

    /// <exception cref="RegexSyntaxException">It needs too many states.</exception>
    public static RuneNfa Build(RegexNode tree)
    {
        var nfa = new RuneNfa();
        nfa.Start = nfa.Add();
        nfa.Accept = nfa.Add();
        nfa.Search = nfa.Add();
        nfa._states[nfa.Search].Edges.Add((RuneSet.All, nfa.Search));
        nfa._states[nfa.Search].Epsilons.Add((null, nfa.Start));
        nfa.Link(tree, nfa.Start, nfa.Accept);
        return nfa;
    }

    /// <summary>All sets on edges.</summary>
    public IEnumerable<RuneSet> Sets => _states.SelectMany(s => s.Edges).Select(e => e.Set).Distinct();

    public bool Asks(Assertion kind) => _asked.Contains(kind);

    private int Add()
    {
        if (_states.Count == ByteNfa.StatesMax)
        {
            throw new RegexSyntaxException($"more than {ByteNfa.StatesMax} states; repeat counts multiply");
        }

        _states.Add(new State());
        return _states.Count - 1;
    }

    private void Link(RegexNode node, int from, int to)
    {
        switch (node)
        {
            case SetNode set:
                _states[from].Edges.Add((set.Set, to));
                break;
            case AssertionNode assertion:
                _asked.Add(assertion.Kind);
                _states[from].Epsilons.Add((assertion.Kind, to));
                break;
            case ChoiceNode choice:
                foreach (var part in choice.Parts)
                {
                    Link(part, from, to);
                }

                break;
            case SequenceNode sequence:
                LinkSequence(sequence, from, to);
                break;
            case RepeatNode repeat when !Takes(repeat.Part):
                // Places do not add up: once is as good as many times.
                LinkRepeat(repeat with { Least = Math.Min(repeat.Least, 1), Most = repeat.Most == 0 ? 0 : 1 }, from, to);
                break;
            case RepeatNode repeat:
                LinkRepeat(repeat, from, to);
                break;
        }
    }

    /// <summary>Whether it takes any character.</summary>
    private static bool Takes(RegexNode node) => node switch
    {
        SetNode => true,
        SequenceNode sequence => sequence.Parts.Any(Takes),
        ChoiceNode choice => choice.Parts.Any(Takes),
        RepeatNode repeat => Takes(repeat.Part),
        _ => false,
    };

    private void LinkSequence(SequenceNode sequence, int from, int to)
    {
        foreach (var part in sequence.Parts)
        {
            var next = Add();
            Link(part, from, next);
            from = next;
        }

        _states[from].Epsilons.Add((null, to));
    }

    private void LinkRepeat(RepeatNode repeat, int from, int to)
    {
        // Of a character repeated without end, states further on lead to all that earlier ones do; of one that may be
        // repeated some times more, earlier ones do.
        var chain = repeat.Part is SetNode ? ++_chains : 0;
        var endless = repeat.Most < 0;
        for (var i = 0; i < repeat.Least; i++)
        {
            var next = Add();
            if (endless)
            {
                _states[next].Chain = (chain, repeat.Least - i - 1);
            }

            Link(repeat.Part, from, next);
            from = next;
        }

        if (endless)
        {
            LinkLoop(repeat.Part, from, to, chain);
        }
        else
        {
            LinkOptional(repeat, from, to, chain);
        }
    }

    private void LinkOptional(RepeatNode repeat, int from, int to, int chain)
    {
        for (var i = repeat.Least; i < repeat.Most; i++)
        {
            var next = Add();
            _states[next].Chain = (chain, i);
            _states[from].Epsilons.Add((null, to));
            Link(repeat.Part, from, next);
            from = next;
        }

        _states[from].Epsilons.Add((null, to));
    }

    private void LinkLoop(RegexNode part, int from, int to, int chain)
    {
        // States of its own, so that nothing else that leaves `from` is inside the loop.
        var loop = Add();
        _states[from].Epsilons.Add((null, loop));
        var back = Add();
        _states[back].Chain = (chain, 0);
        Link(part, loop, back);
        _states[back].Epsilons.Add((null, loop));
        _states[loop].Epsilons.Add((null, to));
    }

    /// <summary>One state.</summary>
    internal sealed class State
    {
        public List<(RuneSet Set, int To)> Edges { get; } = [];

        public List<(Assertion? Place, int To)> Epsilons { get; } = [];

        /// <summary>
        /// Of states in one chain, numbered from 1, that with the least rank leads to everything that the others lead
        /// to. 0: in none.
        /// </summary>
        public (int Chain, int Rank) Chain { get; set; }
    }
}
