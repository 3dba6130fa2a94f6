namespace Guard.Policies.Compiling.General;

/// <summary>
/// An expression as an automaton over bytes that searches: what may begin anywhere does. It is deterministic already;
/// as an NFA it can be joined with others.
/// </summary>
/// <remarks>
/// Every text is a row of characters: UTF-8 sequences in their shape (see TextPattern's remarks), and each byte that
/// is in none is a character for itself, <see cref="RuneSet.Invalid"/>. TextPattern knows no character for a first
/// byte whose sequence breaks off; here it is one, as <c>.*</c> could not pass it otherwise and one such byte in a
/// name would be a way round the expression. Only the bytes that follow tell, so between the bytes of a sequence both
/// readings are kept: where it leads when complete, and where its bytes lead each for itself.
/// </remarks>
internal sealed class RegexNfa
{
    private readonly RuneDfa _dfa;
    private readonly Utf8Tree _tree;
    private readonly ByteNfa _bytes = new();
    private readonly Dictionary<Point, int> _numbers = [];
    private readonly Queue<Point> _open = new();

    private RegexNfa(RuneDfa dfa, bool nul)
    {
        _dfa = dfa;
        _tree = new Utf8Tree(dfa, nul);
    }

    /// <param name="tree">The expression.</param>
    /// <param name="nul">C0 80 is one character, U+0000.</param>
    /// <exception cref="RegexSyntaxException">It needs too many states.</exception>
    public static ByteNfa Build(RegexNode tree, bool nul)
    {
        var builder = new RegexNfa(RuneDfa.Build(RuneNfa.Build(tree)), nul);
        builder._bytes.Anchored = builder.Number(new Point(Utf8Tree.Complete, builder._dfa.Start, false, false));
        builder._bytes.Floating = builder.AddFloating();
        while (builder._open.TryDequeue(out var point))
        {
            builder.Expand(point, builder._numbers[point]);
        }

        return builder._bytes;
    }

    /// <summary>
    /// Behind a cut what stood before is not known, nor whether the first bytes end a character that was cut: bytes
    /// that continue a sequence are passed over until another comes.
    /// </summary>
    private int AddFloating()
    {
        var floating = _bytes.Add();
        _bytes[floating].Holds = _dfa.Holds[_dfa.Unknown];
        _bytes[floating].HoldsAtEnd = _dfa.HoldsAtEnd[_dfa.Unknown];
        _bytes.Edge(floating, 0x80, 0xbf, floating);
        AddFirstBytes(floating, _dfa.Unknown, false);
        return floating;
    }

    private int Number(Point point)
    {
        if (!_numbers.TryGetValue(point, out var number))
        {
            number = _bytes.Add();
            _numbers.Add(point, number);
            _open.Enqueue(point);
        }

        return number;
    }

    private void Expand(Point point, int number)
    {
        var state = _bytes[number];
        if (point.Node == Utf8Tree.Complete)
        {
            state.Holds = _dfa.Holds[point.State] || point.Reports;
            state.HoldsAtEnd = _dfa.HoldsAtEnd[point.State];
            _bytes.Edge(number, 0x80, 0xbf, Number(new Point(Utf8Tree.Complete, Invalid(point.State), false, false)));
            AddFirstBytes(number, point.State, false);
            return;
        }

        state.Holds = point.Reports;
        state.HoldsAtEnd = _dfa.HoldsAtEnd[point.State] || point.Owes;
        AddFirstBytes(number, point.State, point.Owes);
        foreach (var step in _tree[point.Node])
        {
            var alone = Invalid(point.State);
            var to = step.Node switch
            {
                Utf8Tree.Complete => new Point(Utf8Tree.Complete, step.State, false, false),
                Utf8Tree.Broken => new Point(Utf8Tree.Complete, alone, false, point.Owes),
                _ => new Point(step.Node, alone, point.Owes || _dfa.Holds[alone], false),
            };
            _bytes.Edge(number, step.Low, step.High, Number(to));
        }
    }

    /// <summary>All but the bytes 80-BF.</summary>
    /// <param name="from">The state over bytes.</param>
    /// <param name="state">What it is over characters.</param>
    /// <param name="reports">The next byte shows that the expression has held before it.</param>
    private void AddFirstBytes(int from, int state, bool reports)
    {
        var alone = Invalid(state);
        foreach (var step in _tree.First(state))
        {
            var to = step.Node == Utf8Tree.Complete
                ? new Point(Utf8Tree.Complete, step.State, false, reports)
                : new Point(step.Node, alone, _dfa.Holds[alone], reports);
            _bytes.Edge(from, step.Low, step.High, Number(to));
        }
    }

    private int Invalid(int state) => _dfa.Next[(state * _dfa.Classes.Count) + _dfa.Classes.Invalid];

    /// <summary>A state over bytes.</summary>
    /// <param name="Node">What may complete the character; <see cref="Utf8Tree.Complete"/> between two of them.</param>
    /// <param name="State">Over characters; inside one: if its bytes so far stand each for itself.</param>
    /// <param name="Owes">Inside a character: if they do, the expression has held.</param>
    /// <param name="Reports">It has held before the last byte, which has shown that.</param>
    private readonly record struct Point(int Node, int State, bool Owes, bool Reports);
}
