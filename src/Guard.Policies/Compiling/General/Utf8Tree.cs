namespace Guard.Policies.Compiling.General;

/// <summary>
/// Where the characters lead from a state, byte by byte. A node is what may follow after some bytes of a character;
/// equal nodes have one number.
/// </summary>
/// <param name="dfa">Over characters.</param>
/// <param name="nul">C0 80 is one character, U+0000.</param>
internal sealed class Utf8Tree(RuneDfa dfa, bool nul)
{
    /// <summary>No character after all: the bytes of this one so far stand each for itself.</summary>
    public const int Broken = -1;

    /// <summary>The node after the last byte.</summary>
    public const int Complete = 0;

    private readonly List<Step[]> _nodes = [[]];
    private readonly Dictionary<Step[], int> _numbers = new(new SameContent<Step>());
    private readonly Dictionary<(int Bits, int State), int> _uniform = [];
    private readonly List<Step>?[] _first = new List<Step>?[dfa.States];
    private readonly (int From, int To, int Class)[] _runs = [.. dfa.Classes.Runs()];

    /// <summary>The steps of a node, over all bytes 80-BF.</summary>
    public IReadOnlyList<Step> this[int node] => _nodes[node];

    /// <summary>The first bytes of characters from a state, over all bytes but NUL and 80-BF.</summary>
    public List<Step> First(int state) => _first[state] ??= ReadFirst(state);

    private List<Step> ReadFirst(int state)
    {
        var targets = TargetsOf(state);
        var invalid = targets[^1].State;
        var steps = new List<Step>();
        AddRange(steps, 1, 0x7f, Cut(targets, 1, 0x80));
        Append(steps, 0xc0, 0xc0, nul ? NulNode(targets[0].State) : Complete, nul ? 0 : invalid);
        Append(steps, 0xc1, 0xc1, Complete, invalid);
        AddBlocks(steps, Cut(targets, 0, 0x800), 6, 2, 32, 0xc0);
        AddBlocks(steps, [(0, 0x7ff, invalid), .. Cut(targets, 0x800, 0x10000)], 12, 0, 16, 0xe0);
        AddBlocks(
            steps,
            [(0, 0xffff, invalid), .. Cut(targets, 0x10000, 0x110000), (0x110000, 0x13ffff, invalid)],
            18,
            0,
            5,
            0xf0);
        Append(steps, 0xf5, 0xff, Complete, invalid);
        return steps;
    }

    private int NulNode(int state) => NumberOf([new Step(0x80, 0x80, Complete, state), new Step(0x81, 0xbf, Broken, 0)]);

    private static void AddRange(List<Step> steps, int from, int to, List<(int From, int To, int State)> targets)
    {
        foreach (var target in targets)
        {
            Append(steps, Math.Max(from, target.From), Math.Min(to, target.To), Complete, target.State);
        }
    }

    private static void Append(List<Step> steps, int low, int high, int node, int state)
    {
        if (steps.Count > 0 && steps[^1] is var last && last.High == low - 1 && last.Node == node && last.State == state)
        {
            steps[^1] = last with { High = (byte)high };
        }
        else
        {
            steps.Add(new Step((byte)low, (byte)high, node, state));
        }
    }

    /// <summary>What lies in a range of characters.</summary>
    private static List<(int From, int To, int State)> Cut(
        List<(int From, int To, int State)> targets, int from, int end)
        => [.. targets.Where(t => t.To >= from && t.From < end)
            .Select(t => (Math.Max(t.From, from), Math.Min(t.To, end - 1), t.State))];

    /// <summary>All characters in ascending order, neighbours that lead to one state together.</summary>
    private List<(int From, int To, int State)> TargetsOf(int state)
    {
        var targets = new List<(int From, int To, int State)>();
        foreach (var (from, to, c) in _runs)
        {
            var next = dfa.Next[(state * dfa.Classes.Count) + c];
            if (targets.Count > 0 && targets[^1].State == next)
            {
                targets[^1] = targets[^1] with { To = to };
            }
            else
            {
                targets.Add((from, to, next));
            }
        }

        return targets;
    }

    /// <summary>One step for each payload of a byte, those that lead on alike together.</summary>
    /// <param name="steps">Takes them.</param>
    /// <param name="targets">Values of this byte and all that follow, without a gap.</param>
    /// <param name="bits">Of the bytes that follow.</param>
    /// <param name="least">The least payload.</param>
    /// <param name="end">Behind the greatest payload.</param>
    /// <param name="lead">The byte without a payload.</param>
    private void AddBlocks(
        List<Step> steps, List<(int From, int To, int State)> targets, int bits, int least, int end, int lead)
    {
        var size = 1 << bits;
        var next = 0;
        for (var payload = least; payload < end; payload++)
        {
            var low = payload * size;
            while (targets[next].To < low)
            {
                next++;
            }

            var inside = new List<(int, int, int)>();
            for (var i = next; i < targets.Count && targets[i].From < low + size; i++)
            {
                inside.Add((
                    Math.Max(targets[i].From - low, 0), Math.Min(targets[i].To - low, size - 1), targets[i].State));
            }

            var (node, state) = bits == 0 ? (Complete, targets[next].State) : (NodeOf(inside, bits), 0);
            Append(steps, lead + payload, lead + payload, node, state);
        }
    }

    private int NodeOf(List<(int From, int To, int State)> targets, int bits)
    {
        if (targets.Count > 1)
        {
            return ReadNode(targets, bits);
        }

        // Most blocks lead to one state alone, and their nodes need not be built to be known.
        var key = (bits, targets[0].State);
        if (!_uniform.TryGetValue(key, out var node))
        {
            node = ReadNode(targets, bits);
            _uniform.Add(key, node);
        }

        return node;
    }

    private int ReadNode(List<(int From, int To, int State)> targets, int bits)
    {
        var steps = new List<Step>();
        if (bits == 6)
        {
            foreach (var (from, to, state) in targets)
            {
                Append(steps, 0x80 + from, 0x80 + to, Complete, state);
            }
        }
        else
        {
            AddBlocks(steps, targets, bits - 6, 0, 64, 0x80);
        }

        return NumberOf([.. steps]);
    }

    private int NumberOf(Step[] content)
    {
        if (!_numbers.TryGetValue(content, out var number))
        {
            number = _nodes.Count;
            _nodes.Add(content);
            _numbers.Add(content, number);
        }

        return number;
    }

    /// <summary>A range of bytes, and the node or, after the last byte, the state behind it.</summary>
    internal readonly record struct Step(byte Low, byte High, int Node, int State);
}
