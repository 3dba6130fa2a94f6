using System.Globalization;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// The decimal text of a JSON number, which is what rules compare: as it was written, so that no digit is lost and 1.0
/// is not 1; only an exponent is worked out (1e3 is 1000) where that takes at most <see cref="MaxLength"/> bytes.
/// </summary>
internal static class NumberText
{
    /// <summary>Longest text that an exponent is worked out to: a hostile exponent must not fill memory.</summary>
    public const int MaxLength = 40;

    /// <summary>Writes the text.</summary>
    /// <param name="written">A number as JSON allows it.</param>
    /// <param name="target">At least as long as <paramref name="written"/> and as <see cref="MaxLength"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> written, Span<byte> target)
    {
        var mark = written.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0 && mark <= MaxLength
            && int.TryParse(written[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            && Math.Abs((long)exponent) <= MaxLength
            && TryShift(written[..mark], exponent, target) is var length and > 0)
        {
            return length;
        }

        written.CopyTo(target);
        return written.Length;
    }

    /// <summary>Moves the point of a number; 0 when the text gets too long.</summary>
    private static int TryShift(ReadOnlySpan<byte> number, int exponent, Span<byte> target)
    {
        var negative = number[0] == (byte)'-';
        number = negative ? number[1..] : number;
        var point = number.IndexOf((byte)'.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? [] : number[(point + 1)..].TrimEnd((byte)'0');
        Span<byte> digits = stackalloc byte[whole.Length + fraction.Length];
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);

        // The first digit has this place before the point; 0 is the first place behind it.
        var places = whole.Length + exponent;
        var before = Math.Max(places, 1);
        var behind = Math.Max(digits.Length - places, 0);
        var length = (negative ? 1 : 0) + before + (behind > 0 ? 1 + behind : 0);
        if (length > MaxLength)
        {
            return 0;
        }

        var at = 0;
        if (negative)
        {
            target[at++] = (byte)'-';
        }

        for (var place = places - before; place < places + behind; place++)
        {
            if (place == places)
            {
                target[at++] = (byte)'.';
            }

            target[at++] = place >= 0 && place < digits.Length ? digits[place] : (byte)'0';
        }

        return WithoutLeadingZeros(target[..at], negative ? 1 : 0);
    }

    /// <summary>0.5e1 is 5, not 05.</summary>
    private static int WithoutLeadingZeros(Span<byte> text, int start)
    {
        var drop = 0;
        while (start + drop + 1 < text.Length && text[start + drop] == (byte)'0' && text[start + drop + 1] != (byte)'.')
        {
            drop++;
        }

        text[(start + drop)..].CopyTo(text[start..]);
        return text.Length - drop;
    }
}
