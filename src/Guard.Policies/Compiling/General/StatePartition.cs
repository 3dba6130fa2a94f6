namespace Guard.Policies.Compiling.General;

/// <summary>
/// Hopcroft's refinement. States of a block stand side by side in one array; a block from which some states lead into
/// a splitter and others do not is cut in two, and the smaller part becomes a splitter itself.
/// </summary>
internal sealed class StatePartition
{
    private readonly int _width;
    private readonly int[] _next;
    private readonly int[] _members;
    private readonly int[] _at;
    private readonly int[] _block;
    private readonly List<(int First, int End, int Marked)> _blocks = [];
    private readonly Stack<int> _splitters = new();
    private readonly List<bool> _waiting = [];
    private readonly List<int> _touched = [];

    /// <summary>By class: where the predecessors of each state begin in the second array.</summary>
    private readonly int[][] _firstInto;
    private readonly int[][] _into;

    /// <param name="width">Classes.</param>
    /// <param name="next">State * _width + class to state.</param>
    /// <param name="results">By state: equal numbers are not told apart.</param>
    public StatePartition(int width, int[] next, int[] results)
    {
        (_width, _next) = (width, next);
        var count = results.Length;
        _block = new int[count];
        _at = new int[count];
        _firstInto = new int[width][];
        _into = new int[width][];
        for (var c = 0; c < width; c++)
        {
            Invert(c);
        }

        _members = [.. Enumerable.Range(0, count).GroupBy(s => results[s]).SelectMany(AddBlock)];
        for (var i = 0; i < count; i++)
        {
            _at[_members[i]] = i;
        }
    }

    /// <summary>The block of each state; numbers follow the lowest state of each.</summary>
    public int[] Refine()
    {
        while (_splitters.TryPop(out var splitter))
        {
            _waiting[splitter] = false;
            var (first, end, _) = _blocks[splitter];
            var states = _members[first..end];
            for (var c = 0; c < _width; c++)
            {
                SplitBy(states, c);
            }
        }

        var numbers = new Dictionary<int, int>();
        return Array.ConvertAll(_block, b =>
        {
            if (!numbers.TryGetValue(b, out var number))
            {
                numbers.Add(b, number = numbers.Count);
            }

            return number;
        });
    }

    private int[] AddBlock(IEnumerable<int> group)
    {
        var states = group.ToArray();
        var first = _blocks.Count == 0 ? 0 : _blocks[^1].End;
        foreach (var state in states)
        {
            _block[state] = _blocks.Count;
        }

        Push(_blocks.Count);
        _blocks.Add((first, first + states.Length, 0));
        return states;
    }

    private void Push(int block)
    {
        if (block == _waiting.Count)
        {
            _waiting.Add(false);
        }

        if (!_waiting[block])
        {
            _waiting[block] = true;
            _splitters.Push(block);
        }
    }

    private void Invert(int c)
    {
        var count = _at.Length;
        var first = new int[count + 1];
        for (var state = 0; state < count; state++)
        {
            first[_next[(state * _width) + c] + 1]++;
        }

        for (var state = 0; state < count; state++)
        {
            first[state + 1] += first[state];
        }

        var into = new int[count];
        var filled = first[..^1];
        for (var state = 0; state < count; state++)
        {
            into[filled[_next[(state * _width) + c]]++] = state;
        }

        (_firstInto[c], _into[c]) = (first, into);
    }

    private void SplitBy(int[] states, int c)
    {
        foreach (var state in states)
        {
            for (var i = _firstInto[c][state]; i < _firstInto[c][state + 1]; i++)
            {
                Mark(_into[c][i]);
            }
        }

        foreach (var block in _touched)
        {
            Cut(block);
        }

        _touched.Clear();
    }

    /// <summary>Moves a state to the marked ones at the front of its block.</summary>
    private void Mark(int state)
    {
        var block = _block[state];
        var (first, end, marked) = _blocks[block];
        if (marked == 0)
        {
            _touched.Add(block);
        }

        var other = _members[first + marked];
        (_members[first + marked], _members[_at[state]]) = (state, other);
        (_at[state], _at[other]) = (first + marked, _at[state]);
        _blocks[block] = (first, end, marked + 1);
    }

    private void Cut(int block)
    {
        var (first, end, marked) = _blocks[block];
        if (first + marked == end)
        {
            _blocks[block] = (first, end, 0);
            return;
        }

        var fresh = _blocks.Count;
        _blocks[block] = (first + marked, end, 0);
        _blocks.Add((first, first + marked, 0));
        for (var i = first; i < first + marked; i++)
        {
            _block[_members[i]] = fresh;
        }

        // A block that waits already has to be split by in both parts; of another the smaller part is enough.
        Push(_waiting[block] || marked <= end - first - marked ? fresh : block);
        if (_waiting.Count == fresh)
        {
            _waiting.Add(false);
        }
    }
}
