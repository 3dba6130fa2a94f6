using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Tests.Properties;

/// <summary>What a pattern means, by plain backtracking over <see cref="TextPattern"/>'s definition.</summary>
internal static class NaiveMatcher
{
    public static bool Matches(TextPattern pattern, RequestText text)
    {
        var bytes = text.Bytes.Span;
        switch (text.State)
        {
            case TextState.Absent:
                return false;
            case TextState.Complete:
                return Matches(pattern.Elements.AsSpan(), bytes, pattern.CaseSensitive);
            case TextState.TruncatedEnd:
                // Only what holds whatever follows.
                return pattern.Elements is [.., AnyRunElement]
                    && Matches(pattern.Elements.AsSpan(), bytes, pattern.CaseSensitive);
            default:
                // Only what holds whatever the missing front is.
                return pattern.Elements is [AnyRunElement, ..]
                    && Matches(pattern.Elements.AsSpan(), bytes, pattern.CaseSensitive);
        }
    }

    /// <summary>
    /// What an expression of ASCII without <c>.</c> outside of <c>.*</c> means over bytes. A place that is not known is
    /// no place at all: <c>^</c> behind a missing front, <c>$</c> before a missing end.
    /// </summary>
    public static bool Matches(RegexPattern pattern, RequestText text)
    {
        if (text.State == TextState.Absent)
        {
            return false;
        }

        var start = text.State == TextState.TruncatedFront ? "(?!)" : @"\A";
        var end = text.State == TextState.TruncatedEnd ? "(?!)" : @"\z";
        var expression = pattern.Expression
            .Replace("^", start, StringComparison.Ordinal).Replace("$", end, StringComparison.Ordinal);
        var options = RegexOptions.CultureInvariant | RegexOptions.Singleline
            | (pattern.Flags.HasFlag(RegexFlags.IgnoreCase) ? RegexOptions.IgnoreCase : RegexOptions.None);
        return Regex.IsMatch(Encoding.Latin1.GetString(text.Bytes.Span), expression, options);
    }

    private static bool Matches(ReadOnlySpan<PatternElement> elements, ReadOnlySpan<byte> text, bool cased)
    {
        if (elements.IsEmpty)
        {
            return text.IsEmpty;
        }

        switch (elements[0])
        {
            case AnyRunElement:
                for (var skip = 0; skip <= text.Length; skip++)
                {
                    if (Matches(elements[1..], text[skip..], cased))
                    {
                        return true;
                    }
                }

                return false;
            case AnyCharacterElement:
                var length = CharacterLength(text);
                return length > 0 && Matches(elements[1..], text[length..], cased);
            default:
                var literal = ((LiteralElement)elements[0]).Bytes;
                return StartsWith(text, literal.AsSpan(), cased)
                    && Matches(elements[1..], text[literal.Length..], cased);
        }
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> literal, bool cased)
    {
        if (text.Length < literal.Length)
        {
            return false;
        }

        for (var i = 0; i < literal.Length; i++)
        {
            if (cased ? text[i] != literal[i] : Lower(text[i]) != Lower(literal[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Lower(byte value) => value is >= 65 and <= 90 ? value + 32 : value;

    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        var length = text[0] switch
        {
            >= 0xc2 and <= 0xdf => 2,
            >= 0xe0 and <= 0xef => 3,
            >= 0xf0 and <= 0xf4 => 4,
            _ => 1,
        };
        if (text.Length < length)
        {
            return 0;
        }

        foreach (var value in text[1..length])
        {
            if (value is < 0x80 or > 0xbf)
            {
                return 0;
            }
        }

        return length;
    }
}
