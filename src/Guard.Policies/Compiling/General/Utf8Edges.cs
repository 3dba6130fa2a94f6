namespace Guard.Policies.Compiling.General;

/// <summary>
/// Characters to bytes: the ranges of a set become chains of byte ranges. Code points take UTF-8's shape, surrogates
/// included. Chains that end alike share their states.
/// </summary>
internal sealed class Utf8Edges(ByteNfa nfa)
{
    private static readonly int[] Boundaries = [0x7f, 0x7ff, 0xffff, 0x10ffff];
    private readonly Dictionary<(int Low, int High, int To), int> _tails = [];

    /// <summary>States between the bytes of a character.</summary>
    public IEnumerable<int> Between => _tails.Values;

    public void Add(int from, RuneSet set, int to)
    {
        foreach (var range in set.Ranges)
        {
            AddValid(from, range.From, Math.Min(range.To, RuneSet.InvalidBase - 1), to);
            AddInvalid(from, range.From - RuneSet.InvalidBase, range.To - RuneSet.InvalidBase, to);
        }

        if (set.Ranges.Length > 0 && set.Ranges[^1].To == RuneSet.Last && set.Contains(RuneSet.InvalidBase))
        {
            // Of the right shape, but too long for their value, or beyond the last code point.
            Chain(from, [(0xe0, 0xe0), (0x80, 0x9f), (0x80, 0xbf)], to);
            Chain(from, [(0xf0, 0xf0), (0x80, 0x8f), (0x80, 0xbf), (0x80, 0xbf)], to);
            Chain(from, [(0xf4, 0xf4), (0x90, 0xbf), (0x80, 0xbf), (0x80, 0xbf)], to);
        }
    }

    private void AddInvalid(int from, int low, int high, int to)
    {
        AddByte(from, Math.Max(low, 0x80), Math.Min(high, 0xc1), to);
        AddByte(from, Math.Max(low, 0xf5), Math.Min(high, 0xff), to);
    }

    private void AddByte(int from, int low, int high, int to)
    {
        if (low <= high)
        {
            nfa.Edge(from, low, high, to);
        }
    }

    private void AddValid(int from, int low, int high, int to)
    {
        if (low > high)
        {
            return;
        }

        foreach (var boundary in Boundaries)
        {
            if (low <= boundary && high > boundary)
            {
                AddValid(from, low, boundary, to);
                AddValid(from, boundary + 1, high, to);
                return;
            }
        }

        if (high > 0x7f && SplitInside(from, low, high, to))
        {
            return;
        }

        Span<byte> first = stackalloc byte[4];
        Span<byte> last = stackalloc byte[4];
        var length = Encode(low, first);
        Encode(high, last);
        var ranges = new (int, int)[length];
        for (var i = 0; i < length; i++)
        {
            ranges[i] = (first[i], last[i]);
        }

        Chain(from, ranges, to);
    }

    /// <summary>A range is one chain only if every byte behind the first that differs runs through all its values.</summary>
    private bool SplitInside(int from, int low, int high, int to)
    {
        for (var bits = 6; bits <= 18; bits += 6)
        {
            var mask = (1 << bits) - 1;
            if ((low & ~mask) == (high & ~mask))
            {
                continue;
            }

            if ((low & mask) != 0)
            {
                AddValid(from, low, low | mask, to);
                AddValid(from, (low | mask) + 1, high, to);
                return true;
            }

            if ((high & mask) != mask)
            {
                AddValid(from, low, (high & ~mask) - 1, to);
                AddValid(from, high & ~mask, high, to);
                return true;
            }
        }

        return false;
    }

    private void Chain(int from, ReadOnlySpan<(int Low, int High)> ranges, int to)
    {
        for (var i = ranges.Length - 1; i > 0; i--)
        {
            var key = (ranges[i].Low, ranges[i].High, to);
            if (!_tails.TryGetValue(key, out var state))
            {
                state = nfa.Add();
                nfa.Edge(state, ranges[i].Low, ranges[i].High, to);
                _tails.Add(key, state);
            }

            to = state;
        }

        nfa.Edge(from, ranges[0].Low, ranges[0].High, to);
    }

    private static int Encode(int rune, Span<byte> bytes)
    {
        switch (rune)
        {
            case <= 0x7f:
                bytes[0] = (byte)rune;
                return 1;
            case <= 0x7ff:
                bytes[0] = (byte)(0xc0 | rune >> 6);
                bytes[1] = (byte)(0x80 | (rune & 63));
                return 2;
            case <= 0xffff:
                bytes[0] = (byte)(0xe0 | rune >> 12);
                bytes[1] = (byte)(0x80 | (rune >> 6 & 63));
                bytes[2] = (byte)(0x80 | (rune & 63));
                return 3;
            default:
                bytes[0] = (byte)(0xf0 | rune >> 18);
                bytes[1] = (byte)(0x80 | (rune >> 12 & 63));
                bytes[2] = (byte)(0x80 | (rune >> 6 & 63));
                bytes[3] = (byte)(0x80 | (rune & 63));
                return 4;
        }
    }
}
