using System.CommandLine.Parsing;
using System.Globalization;

namespace Guard.Cli;

/// <summary>Times and durations as people type them.</summary>
internal static class Durations
{
    /// <summary>90, 90s, 10m, 2h, 3d.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length == 0)
        {
            return false;
        }
        var seconds = text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            >= '0' and <= '9' => 0,
            _ => -1,
        };
        var digits = seconds == 0 ? text : text[..^1];
        if (seconds < 0 || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e8)
        {
            return false;
        }
        duration = TimeSpan.FromSeconds(number * Math.Max(1, seconds));
        return true;
    }

    /// <summary>For options.</summary>
    public static TimeSpan Parse(ArgumentResult result)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (!TryParse(text, out var duration))
        {
            result.AddError($"'{text}' is no duration; write it as 30s, 10m, 2h or 3d");
        }
        return duration;
    }

    /// <summary>10m (ago), now, today, yesterday, boot, 2026-11-22, 2026-11-22T10:00, with Z or an offset.</summary>
    public static DateTimeOffset? TryMoment(string text, TimeProvider clock)
    {
        if (TryParse(text, out var ago) && !text.All(char.IsAsciiDigit))
        {
            return clock.GetUtcNow() - ago;
        }
        var today = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone).Date;
        return text switch
        {
            "now" => clock.GetUtcNow(),
            "today" => Local(today, clock),
            "yesterday" => Local(today.AddDays(-1), clock),
            "boot" => clock.GetUtcNow() - TimeSpan.FromMilliseconds(Environment.TickCount64),
            _ => Written(text, clock),
        };
    }

    private static DateTimeOffset? Written(string text, TimeProvider clock)
    {
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];
        if (DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return Local(local, clock);
        }
        string[] exact = ["yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(text, exact, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? moment : null;
    }

    private static DateTimeOffset Local(DateTime time, TimeProvider clock)
        => new(time, clock.LocalTimeZone.GetUtcOffset(time));
}
