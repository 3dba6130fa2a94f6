using System.Globalization;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// A decimal number in text, compared exactly whatever its size: no digit is rounded away, no exponent overflows.
/// Accepted are a sign, digits with at most one point among or around them, and an exponent; nothing else, no blanks.
/// </summary>
internal readonly ref struct DecimalText
{
    /// <summary>More digits of an exponent than any JSON of ours can need; beyond, a text is no number.</summary>
    private const int ExponentDigits = 9;

    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;

    /// <summary>-1, 0 or 1.</summary>
    private readonly int _sign;

    /// <summary>The first digit that is not 0 stands for 10 to the power of this - 1.</summary>
    private readonly long _magnitude;

    private DecimalText(bool negative, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int exponent)
    {
        _whole = whole.TrimStart((byte)'0');
        _fraction = _whole.IsEmpty ? fraction.TrimStart((byte)'0') : fraction;
        _magnitude = (long)exponent + (_whole.IsEmpty ? _fraction.Length - fraction.Length : _whole.Length);
        _fraction = _fraction.TrimEnd((byte)'0');
        var zero = _whole.IsEmpty && _fraction.IsEmpty;
        _sign = zero ? 0 : negative ? -1 : 1;
    }

    /// <summary>Reads a whole text.</summary>
    /// <returns>False when it is no decimal number.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out DecimalText number)
    {
        number = default;
        var negative = text.StartsWith("-"u8);
        if (negative || text.StartsWith("+"u8))
        {
            text = text[1..];
        }

        var exponent = 0;
        if (text.IndexOfAny((byte)'e', (byte)'E') is var mark and >= 0)
        {
            if (!TryExponent(text[(mark + 1)..], out exponent))
            {
                return false;
            }

            text = text[..mark];
        }

        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || !IsDigits(whole) || !IsDigits(fraction))
        {
            return false;
        }

        number = new DecimalText(negative, whole, fraction, exponent);
        return true;
    }

    /// <summary>Less than 0, 0, or more than 0.</summary>
    public static int Compare(in DecimalText left, in DecimalText right)
    {
        if (left._sign != right._sign || left._sign == 0)
        {
            return left._sign.CompareTo(right._sign);
        }

        var larger = left._magnitude != right._magnitude
            ? left._magnitude.CompareTo(right._magnitude)
            : CompareDigits(left, right);
        return left._sign * Math.Sign(larger);
    }

    /// <summary>Whether a text compares so with a rule's number; false when it is no number.</summary>
    public static bool Holds(ReadOnlySpan<byte> text, NumberComparison comparison, ReadOnlySpan<byte> limit)
    {
        if (!TryParse(text, out var value) || !TryParse(limit, out var bound))
        {
            return false;
        }

        var order = Compare(value, bound);
        return comparison switch
        {
            NumberComparison.Greater => order > 0,
            NumberComparison.GreaterOrEqual => order >= 0,
            NumberComparison.Less => order < 0,
            _ => order <= 0,
        };
    }

    /// <summary>The text of a rule's number.</summary>
    public static byte[] Of(decimal number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static int CompareDigits(in DecimalText left, in DecimalText right)
    {
        var length = Math.Max(left.DigitCount, right.DigitCount);
        for (var i = 0; i < length; i++)
        {
            if (left.Digit(i) != right.Digit(i))
            {
                return left.Digit(i).CompareTo(right.Digit(i));
            }
        }

        return 0;
    }

    private int DigitCount => _whole.Length + _fraction.Length;

    private byte Digit(int index)
        => index < _whole.Length ? _whole[index]
            : index < DigitCount ? _fraction[index - _whole.Length]
            : (byte)'0';

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        var negative = text.StartsWith("-"u8);
        if (negative || text.StartsWith("+"u8))
        {
            text = text[1..];
        }

        if (text.IsEmpty || !IsDigits(text))
        {
            return false;
        }

        text = text.TrimStart((byte)'0');
        if (text.Length > ExponentDigits)
        {
            return false;
        }

        foreach (var digit in text)
        {
            exponent = (exponent * 10) + digit - '0';
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
