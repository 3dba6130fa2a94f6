using System.Globalization;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// Times in ISO 8601: a date (2024-05-15 or 20240515), then perhaps T or a blank and a time of day (13:07, 13:07:42.5,
/// 130742), then perhaps Z or an offset. The parts are those that are written: nothing is converted to another zone.
/// </summary>
internal static class TimeText
{
    /// <summary>A part of the time.</summary>
    /// <returns>Null when the text is no time, or only a date where the time of day is asked for.</returns>
    public static int? Part(ReadOnlySpan<byte> text, TimePart part)
    {
        if (!TryDate(ref text, out var date))
        {
            return null;
        }

        (int Hour, int Minute)? clock = null;
        if (!text.IsEmpty)
        {
            if (text[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || !TryClock(text[1..], out var found))
            {
                return null;
            }

            clock = found;
        }

        return part switch
        {
            TimePart.Minute => clock?.Minute,
            TimePart.Hour => clock?.Hour,
            TimePart.Day => date.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(date),
            TimePart.Month => date.Month,
            _ => date.Year,
        };
    }

    private static bool TryDate(ref ReadOnlySpan<byte> text, out DateTime date)
    {
        date = default;
        if (!TryNumber(ref text, 4, out var year))
        {
            return false;
        }

        var extended = Skip(ref text, (byte)'-');
        if (!TryNumber(ref text, 2, out var month)
            || Skip(ref text, (byte)'-') != extended
            || !TryNumber(ref text, 2, out var day)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified);
        return true;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out (int Hour, int Minute) clock)
    {
        clock = default;
        if (!TryNumber(ref text, 2, out var hour) || hour > 23)
        {
            return false;
        }

        var extended = Skip(ref text, (byte)':');
        if (!TryNumber(ref text, 2, out var minute) || minute > 59 || !SkipSeconds(ref text, extended))
        {
            return false;
        }

        clock = (hour, minute);
        return IsZone(text);
    }

    /// <summary>Seconds, 60 for a leap second, with any fraction; or nothing.</summary>
    private static bool SkipSeconds(ref ReadOnlySpan<byte> text, bool extended)
    {
        var follow = extended ? Skip(ref text, (byte)':') : !text.IsEmpty && char.IsAsciiDigit((char)text[0]);
        if (!follow)
        {
            return true;
        }

        if (!TryNumber(ref text, 2, out var second) || second > 60)
        {
            return false;
        }

        if (text.IsEmpty || text[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        text = text[1..];
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length : digits;
        text = text[digits..];
        return digits > 0;
    }

    private static bool IsZone(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        var signed = Skip(ref text, (byte)'+') || Skip(ref text, (byte)'-');
        if (!signed || !TryNumber(ref text, 2, out var hours) || hours > 23)
        {
            return false;
        }

        var colon = Skip(ref text, (byte)':');
        return (text.IsEmpty && !colon) || (TryNumber(ref text, 2, out var minutes) && minutes <= 59 && text.IsEmpty);
    }

    private static bool Skip(ref ReadOnlySpan<byte> text, byte sign)
    {
        var found = !text.IsEmpty && text[0] == sign;
        text = found ? text[1..] : text;
        return found;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, int digits, out int number)
    {
        number = 0;
        if (text.Length < digits || text[..digits].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        foreach (var digit in text[..digits])
        {
            number = (number * 10) + digit - '0';
        }

        text = text[digits..];
        return true;
    }
}
