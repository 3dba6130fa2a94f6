using System.Runtime.InteropServices;

namespace Guard.Policies.Compiling;

/// <summary>
/// Subset construction over <see cref="GeneralTrie"/>. A position is node * 4 + the number of continuation bytes that
/// are missing until the node is reached. Unions of patterns with several wildcards can need exponentially many
/// states, so their number is bounded, and the pattern that is most expensive alone is named.
/// </summary>
internal sealed class GeneralAutomaton
{
    /// <summary>States of one automaton of this kind.</summary>
    public const int StatesMax = 16384;

    /// <summary>Positions of all states together: bounds time and memory of the construction.</summary>
    private const int PositionsMax = 4 << 20;

    private readonly GeneralTrie _trie = new();
    private readonly List<int[]> _states = [];
    private readonly Dictionary<int[], int> _numbers = new(new SamePositions());
    private readonly List<int> _next = [];
    private readonly HashSet<int> _reached = [];
    private long _positions;

    /// <summary>The automaton of one text, or null when it has no patterns or does not fit.</summary>
    public static AutomatonTable? Build(LoweredText text, ListPool lists, BudgetFindings findings)
    {
        if (text.Generals.Count == 0)
        {
            return null;
        }

        var builder = new GeneralAutomaton();
        var classes = builder.Construct(text.Generals, StatesMax, out var anchored, out var floating);
        if (classes is null)
        {
            ReportStates(text.Generals, findings);
            return null;
        }

        if (!AutomatonTable.Fits(builder._states.Count, classes.Count))
        {
            findings.CheckSize((long)builder._states.Count * AutomatonTable.RowBytesFor(classes.Count));
            return null;
        }

        return builder.ToTable(classes, lists, anchored, floating);
    }

    private static void ReportStates(List<GeneralEntry> entries, BudgetFindings findings)
    {
        var worst = entries[0];
        var most = -1;
        foreach (var entry in entries.Take(256))
        {
            var alone = new GeneralAutomaton();
            alone.Construct([entry], 1024, out _, out _);
            if (alone._states.Count > most)
            {
                most = alone._states.Count;
                worst = entry;
            }
        }

        findings.Exceeded(
            BudgetFindings.WildcardStates,
            worst.Atom.Span,
            $"more than {StatesMax}",
            StatesMax,
            "wildcard states",
            "states that patterns with `?` or `cased` need together",
            "replace `?` by `*`, drop `cased`, or put fewer wildcards into one pattern");
    }

    private ByteClasses? Construct(
        IReadOnlyList<GeneralEntry> entries, int statesMax, out int anchored, out int floating)
    {
        foreach (var entry in entries)
        {
            _trie.Add(entry);
        }

        _trie.Close();
        var classes = _trie.Classes();
        var representatives = classes.Representatives();
        var run = _trie[GeneralTrie.Root].Run;
        floating = Number(run < 0 ? [] : [run * 4]);
        anchored = Number(run < 0 ? [GeneralTrie.Root * 4] : [GeneralTrie.Root * 4, run * 4]);
        for (var state = 0; state < _states.Count; state++)
        {
            if (_states.Count > statesMax || _positions > PositionsMax)
            {
                return null;
            }

            _next.Add(state);
            for (var c = 1; c < representatives.Length; c++)
            {
                _next.Add(Number(Move(_states[state], representatives[c])));
            }
        }

        return classes;
    }

    private int Number(int[] positions)
    {
        if (!_numbers.TryGetValue(positions, out var number))
        {
            number = _states.Count;
            _states.Add(positions);
            _numbers.Add(positions, number);
            _positions += positions.Length;
        }

        return number;
    }

    private int[] Move(int[] positions, byte value)
    {
        _reached.Clear();
        foreach (var position in positions)
        {
            MoveOne(position >> 2, position & 3, value);
        }

        var moved = _reached.Where(p => !IsSubsumed(p >> 2)).ToArray();
        Array.Sort(moved);
        return moved;
    }

    private void MoveOne(int node, int missing, byte value)
    {
        if (missing > 0)
        {
            if (value is >= 0x80 and <= 0xbf)
            {
                Reach(node, missing - 1);
            }

            return;
        }

        var from = _trie[node];
        if (from.Loops)
        {
            Reach(node, 0);
        }

        foreach (var edge in from.Steps)
        {
            var left = edge.Missing(value);
            if (left >= 0)
            {
                Reach(edge.Node, left);
            }
        }
    }

    private void Reach(int node, int missing)
    {
        _reached.Add((node * 4) + missing);
        if (missing == 0 && _trie[node].Run >= 0)
        {
            _reached.Add(_trie[node].Run * 4);
        }
    }

    /// <summary>
    /// A position that carries outputs is never subsumed, and neither is a looping node by itself: what subsumes
    /// lies strictly behind.
    /// </summary>
    private bool IsSubsumed(int node)
    {
        for (var by = _trie.SubsumedBy(node); by >= 0; by = _trie.SubsumedBy(by))
        {
            if (_reached.Contains(by * 4))
            {
                return true;
            }
        }

        return false;
    }

    private AutomatonTable ToTable(ByteClasses classes, ListPool lists, int anchored, int floating)
    {
        var table = new AutomatonTable(classes, _states.Count) { Anchored = anchored, Floating = floating };
        CollectionsMarshal.AsSpan(_next).CopyTo(table.Next);
        for (var state = 0; state < _states.Count && !lists.Overflowed; state++)
        {
            var nodes = _states[state].Where(p => (p & 3) == 0).Select(p => _trie[p >> 2]).ToList();
            table.Outputs[state] = lists.Intern([.. nodes.SelectMany(n => n.Outputs).Order()]);
            table.Ends[state] = lists.Intern([.. nodes.SelectMany(n => n.Ends).Order()]);
        }

        return table;
    }

    private sealed class SamePositions : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = 17;
            foreach (var entry in obj)
            {
                hash = unchecked((hash * 31) + entry);
            }

            return hash;
        }
    }
}
