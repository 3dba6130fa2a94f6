namespace Guard.Policies.Normalising;

/// <summary>Matches one pattern against one text, as <see cref="TextPattern"/> defines it.</summary>
internal static class PatternMatcher
{
    /// <summary>
    /// Between two runs the pattern is matched as early as possible: an earlier end leaves the next run every choice
    /// that a later one would, so that only the last run has to be extended.
    /// </summary>
    public static bool IsMatch(TextPattern pattern, ReadOnlySpan<byte> text)
    {
        var elements = pattern.Elements;
        int element = 0, position = 0, runElement = -1, runEnd = 0;
        while (true)
        {
            if (element < elements.Length && elements[element] is AnyRunElement)
            {
                runElement = element++;
                runEnd = position;
            }
            else if (element < elements.Length
                && LengthOf(elements[element], text[position..], pattern.CaseSensitive) is var length and > 0)
            {
                element++;
                position += length;
            }
            else if (element == elements.Length && position == text.Length)
            {
                return true;
            }
            else if (runElement < 0 || runEnd == text.Length)
            {
                return false;
            }
            else
            {
                element = runElement + 1;
                position = ++runEnd;
            }
        }
    }

    /// <summary>Bytes that the element takes from the start of the text; 0 when it does not fit there.</summary>
    private static int LengthOf(PatternElement element, ReadOnlySpan<byte> text, bool caseSensitive)
    {
        if (element is not LiteralElement literal)
        {
            return CharacterLength(text);
        }

        var bytes = literal.Bytes.AsSpan();
        if (text.Length < bytes.Length)
        {
            return 0;
        }

        var equal = caseSensitive
            ? text.StartsWith(bytes)
            : EqualsFolded(text[..bytes.Length], bytes);
        return equal ? bytes.Length : 0;
    }

    private static bool EqualsFolded(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (Fold(left[i]) != Fold(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b;

    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        var length = text[0] switch
        {
            >= 0xC2 and <= 0xDF => 2,
            >= 0xE0 and <= 0xEF => 3,
            >= 0xF0 and <= 0xF4 => 4,
            _ => 1,
        };
        return text.Length >= length && !text[1..length].ContainsAnyExceptInRange((byte)0x80, (byte)0xBF) ? length : 0;
    }
}
