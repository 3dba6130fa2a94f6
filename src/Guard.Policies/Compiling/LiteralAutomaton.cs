namespace Guard.Policies.Compiling;

/// <summary>
/// Aho-Corasick with every transition resolved. Anchors are part of the automaton: texts that must begin the path
/// hang off a second root, which is the start state and falls back to the floating root; texts that must end it are
/// outputs of the end. Rows are in breadth-first order, so the ones that every walk touches lie together.
/// </summary>
internal sealed class LiteralAutomaton
{
    private readonly LiteralTrie _trie = new();
    private readonly ListPool _lists;
    private readonly bool[] _used = new bool[256];

    private LiteralAutomaton(ListPool lists) => _lists = lists;

    /// <summary>The automaton of one text, or null when it has no patterns or does not fit.</summary>
    public static AutomatonTable? Build(LoweredText text, ListPool lists, BudgetFindings findings)
    {
        if (text.Literals.Count == 0 && text.Always.Count == 0)
        {
            return null;
        }

        var builder = new LiteralAutomaton(lists);
        foreach (var entry in text.Literals)
        {
            builder.Add(entry);
        }

        var classes = builder.Classes();
        if (!AutomatonTable.Fits(builder._trie.Count, classes.Count))
        {
            findings.CheckSize((long)builder._trie.Count * AutomatonTable.RowBytesFor(classes.Count));
            return null;
        }

        return builder.Resolve(classes, lists.Intern([.. text.Always]));
    }

    private void Add(in LiteralEntry entry)
    {
        _trie.Add(entry);
        foreach (var value in entry.Text)
        {
            _used[value] = true;
        }
    }

    private ByteClasses Classes()
        => ByteClasses.Of(Enumerable.Range(0, 256).Where(v => _used[v]).Select(v => ByteClasses.SetOf((byte)v, true)));

    private AutomatonTable Resolve(ByteClasses classes, int start)
    {
        var order = BreadthFirst(out var stateOf);
        var table = new AutomatonTable(classes, order.Length)
        {
            Anchored = stateOf[LiteralTrie.Anchored],
            Floating = stateOf[LiteralTrie.Floating],
            Start = start,
        };
        var fail = new int[order.Length];
        for (var state = 0; state < order.Length && !_lists.Overflowed; state++)
        {
            ResolveState(table, state, order[state], stateOf, fail);
        }

        return table;
    }

    /// <summary>
    /// The state that a state falls back to is one of a shorter text, or of the same text in the floating trie; the
    /// order puts both before it, so that their rows are complete.
    /// </summary>
    private void ResolveState(AutomatonTable table, int state, int node, int[] stateOf, int[] fail)
    {
        var width = table.Classes.Count;
        var row = table.Next.AsSpan(state * width, width);
        if (node == LiteralTrie.Floating)
        {
            row.Fill(state);
        }
        else
        {
            table.Next.AsSpan(fail[state] * width, width).CopyTo(row);
        }

        foreach (var (value, child) in _trie.ChildrenOf(node))
        {
            var c = table.Classes[value];
            fail[stateOf[child]] = node == LiteralTrie.Floating ? state : row[c];
            row[c] = stateOf[child];
        }

        row[0] = state;
        var fallback = node == LiteralTrie.Floating ? -1 : fail[state];
        table.Outputs[state] = Join(_trie.OutputsOf(node), fallback < 0 ? 0 : table.Outputs[fallback]);
        table.Ends[state] = Join(_trie.EndsOf(node), fallback < 0 ? 0 : table.Ends[fallback]);
    }

    private int Join(List<int> own, int inherited)
        => own.Count == 0 ? inherited : _lists.Intern([.. own, .. _lists[inherited]]);

    private int[] BreadthFirst(out int[] stateOf)
    {
        var order = new int[_trie.Count];
        stateOf = new int[_trie.Count];
        order[0] = LiteralTrie.Floating;
        order[1] = LiteralTrie.Anchored;
        var known = 2;
        for (var next = 0; next < known; next++)
        {
            stateOf[order[next]] = next;
            foreach (var (_, child) in _trie.ChildrenOf(order[next]))
            {
                order[known++] = child;
            }
        }

        return order;
    }
}
