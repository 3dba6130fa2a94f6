using System.Runtime.InteropServices;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// Subset construction over one or several patterns, then minimisation. Class 0 is NUL and every state goes to itself
/// on it. One pattern alone is dropped as soon as it holds. Of several none is: each goes on searching, so that what
/// the automaton remembers depends on the last bytes, not on which of the patterns have been found already, which
/// would double the states with each of them.
/// </summary>
internal sealed class Determiniser
{
    /// <summary>States of one pattern alone.</summary>
    public const int StatesMax = 4096;

    /// <summary>How many times more states there may be before minimisation.</summary>
    private const int Slack = 4;

    /// <summary>States of all sets together: bounds memory.</summary>
    private const int PositionsMax = 8 << 20;

    /// <summary>Edges followed: bounds time, to about a second.</summary>
    private const long WorkMax = 100_000_000;

    private readonly JoinedNfa _nfa;
    private readonly int _statesMax;
    private readonly Dictionary<int[], int> _numbers = new(new SameContent<int>());
    private readonly List<int[]> _sets = [];
    private readonly List<int> _next = [];
    private readonly List<int> _moved = [];
    private readonly int[] _seen;
    private int _round;
    private long _positions;
    private long _work;

    private Determiniser(JoinedNfa nfa, int statesMax)
    {
        _nfa = nfa;
        _statesMax = statesMax;
        _seen = new int[nfa.Count];
    }

    /// <summary>The automaton, or null when it needs more states, memory or time than allowed.</summary>
    /// <param name="patterns">At least one.</param>
    /// <param name="statesMax">After minimisation; before it may be <see cref="Slack"/> times as many.</param>
    public static Dfa? Run(IReadOnlyList<ByteNfa> patterns, int statesMax = StatesMax)
        => new Determiniser(new JoinedNfa(patterns), statesMax * Slack).Construct() is { } dfa
            && Minimiser.Run(dfa) is var smallest && smallest.States <= statesMax
            ? smallest
            : null;

    private Dfa? Construct()
    {
        var width = _nfa.Classes.Count;
        var anchored = Number(Close(_nfa.Anchored));
        var floating = Number(Close(_nfa.Floating));
        var targets = new List<int>[width];
        for (var c = 0; c < width; c++)
        {
            targets[c] = [];
        }

        for (var state = 0; state < _sets.Count; state++)
        {
            if (_sets.Count > _statesMax || _positions > PositionsMax || _work > WorkMax)
            {
                return null;
            }

            if (!IsDecided(_sets[state]))
            {
                Collect(_sets[state], targets);
            }

            _next.Add(state);
            for (var c = 1; c < width; c++)
            {
                _next.Add(Number(Close(CollectionsMarshal.AsSpan(targets[c]))));
                targets[c].Clear();
            }
        }

        return new Dfa(
            _nfa.Classes, [.. _next], anchored, floating, Results(s => s.Holds), Results(s => s.HoldsAtEnd));
    }

    /// <summary>One pattern that holds leads nowhere: it would be reported with every byte again.</summary>
    private bool IsDecided(int[] set) => _nfa.Patterns == 1 && set is [var only] && _nfa[only].Holds;

    private void Collect(int[] set, List<int>[] targets)
    {
        foreach (var member in set)
        {
            foreach (var (classes, to) in _nfa.EdgesOf(member))
            {
                _work += classes.Length;
                foreach (var c in classes)
                {
                    targets[c].Add(to);
                }
            }
        }
    }

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

    /// <summary>With what is reached without a byte, without what need not be remembered.</summary>
    private int[] Close(ReadOnlySpan<int> states)
    {
        _round++;
        _moved.Clear();
        foreach (var state in states)
        {
            var closure = _nfa.ClosureOf(state);
            _work += closure.Length;
            foreach (var member in closure)
            {
                if (_seen[member] != _round)
                {
                    _seen[member] = _round;
                    _moved.Add(member);
                }
            }
        }

        _moved.Sort();
        if (_nfa.Patterns == 1 && _moved.FindIndex(m => _nfa[m].Holds) is >= 0 and var holding)
        {
            return [_moved[holding]];
        }

        RemoveSuperseded();
        return [.. _moved];
    }

    private void RemoveSuperseded()
    {
        var kept = _moved.Count;
        var (pattern, superseded) = (-1, false);
        for (var i = _moved.Count - 1; i >= 0; i--)
        {
            var member = _moved[i];
            if (_nfa.PatternOf(member) != pattern)
            {
                (pattern, superseded) = (_nfa.PatternOf(member), false);
            }

            if (!superseded)
            {
                _moved[--kept] = member;
                superseded = _nfa[member].Supersedes;
            }
        }

        _moved.RemoveRange(0, kept);
    }

    private int[][] Results(Func<ByteNfa.State, bool> holds)
        => [.. _sets.Select(set => set.Where(m => holds(_nfa[m])).Select(_nfa.PatternOf).Distinct().Order().ToArray())];
}
