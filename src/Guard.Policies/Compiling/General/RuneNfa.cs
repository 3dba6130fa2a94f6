namespace Guard.Policies.Compiling.General;

/// <summary>Thompson's construction: a tree as an automaton over characters, with places still to be tested.</summary>
internal sealed class RuneNfa
{
    private readonly List<State> _states = [];
    private readonly HashSet<Assertion> _asked = [];

    private RuneNfa()
    {
    }

    public State this[int state] => _states[state];

    public int Start { get; private set; }

    public int Accept { get; private set; }

    /// <summary>Whether anything depends on where it stands.</summary>
    public bool HasAssertions => _asked.Count > 0;

    /// <exception cref="RegexSyntaxException">It needs too many states.</exception>
    public static RuneNfa Build(RegexNode tree)
    {
        var nfa = new RuneNfa();
        nfa.Start = nfa.Add();
        nfa.Accept = nfa.Add();
        nfa.Link(tree, nfa.Start, nfa.Accept);
        return nfa;
    }

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
            case RepeatNode repeat:
                LinkRepeat(repeat, from, to);
                break;
        }
    }

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
        for (var i = 0; i < repeat.Least; i++)
        {
            var next = Add();
            Link(repeat.Part, from, next);
            from = next;
        }

        if (repeat.Most < 0)
        {
            LinkLoop(repeat.Part, from, to);
            return;
        }

        for (var i = repeat.Least; i < repeat.Most; i++)
        {
            var next = Add();
            _states[from].Epsilons.Add((null, to));
            Link(repeat.Part, from, next);
            from = next;
        }

        _states[from].Epsilons.Add((null, to));
    }

    private void LinkLoop(RegexNode part, int from, int to)
    {
        // States of its own, so that nothing else that leaves `from` is inside the loop.
        var loop = Add();
        _states[from].Epsilons.Add((null, loop));
        var back = Add();
        Link(part, loop, back);
        _states[back].Epsilons.Add((null, loop));
        _states[loop].Epsilons.Add((null, to));
        _states[loop].TakesMalformed = part is SetNode { Set: var set } && set.Ranges is [.., (<= 0x80, RuneSet.Last)];
    }

    /// <summary>One state.</summary>
    internal sealed class State
    {
        public List<(RuneSet Set, int To)> Edges { get; } = [];

        public List<(Assertion? Place, int To)> Epsilons { get; } = [];

        /// <summary>
        /// A loop over everything beyond ASCII: it takes bytes that are no character too, or one of them between two
        /// words would be a way round <c>.*</c>.
        /// </summary>
        public bool TakesMalformed { get; set; }
    }
}
