namespace Guard.Policies.Compiling.General;

/// <summary>
/// Characters to bytes: the code points of a set become chains of byte ranges in UTF-8's shape, surrogates included.
/// Chains that end alike share their states. What has the right shape but is no code point (too long for its value, or
/// beyond the last) is one character, <see cref="RuneSet.Invalid"/>.
/// </summary>
internal sealed class Utf8Edges(ByteNfa nfa, Utf8Shapes shapes)
{
    private readonly Dictionary<(int Shape, int To), int> _between = [];

    /// <summary>One character of the set as TextPattern defines it, where no character is expected to be broken.</summary>
    public void AddCharacter(int from, RuneSet set, int to)
    {
        AddSequences(from, set, to);
        if (set.HasInvalid)
        {
            nfa.Edge(from, 0x80, 0xc1, to);
            nfa.Edge(from, 0xf5, 0xff, to);
        }
    }

    /// <summary>ASCII and complete sequences alone.</summary>
    public void AddSequences(int from, RuneSet set, int to)
    {
        foreach (var (low, high, shape) in shapes.Leads(set))
        {
            nfa.Edge(from, low, high, StateOf(shape, to));
        }
    }

    /// <summary>The state in which the bytes of the shape are still missing before the other one is reached.</summary>
    private int StateOf(int shape, int to)
    {
        if (shape == Utf8Shapes.Complete)
        {
            return to;
        }

        if (!_between.TryGetValue((shape, to), out var state))
        {
            state = nfa.Add();
            _between.Add((shape, to), state);
            foreach (var (low, high, rest) in shapes[shape])
            {
                nfa.Edge(state, low, high, StateOf(rest, to));
            }
        }

        return state;
    }
}
