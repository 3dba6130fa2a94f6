using System.Globalization;

namespace Guard.Cli.Output;

/// <summary>Numbers, sizes and times as people read them.</summary>
internal static class Show
{
    /// <summary>A failure mode and who says so.</summary>
    public static string Failure(string? mode, string? from) =>
        SafeText.Line(mode ?? "unknown") + (from is null ? "" : $" ({SafeText.Line(from)})");

    /// <summary>1,284,551.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>1 rule, 2 rules, 0 rules.</summary>
    public static string Several(long number, string what)
        => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    /// <summary>412 KiB.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return value.ToString(unit == 0 || value >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>2 h, 3 d.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalSeconds):0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalMinutes)} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalHours)} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalDays)} d"),
    };

    /// <summary>Local time with the date.</summary>
    public static string Time(DateTimeOffset time, TimeProvider clock)
        => TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Local time of day with milliseconds.</summary>
    public static string Moment(DateTimeOffset time, TimeProvider clock)
        => TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The first twelve digits of a hash.</summary>
    public static string Hash(string? hash) => hash is null ? "none" : hash.Length > 12 ? hash[..12] : hash;

    /// <summary>Arguments as they would be typed, roughly: those with blanks are quoted.</summary>
    public static string Arguments(IReadOnlyList<string>? args, bool truncated)
    {
        if (args is null or { Count: 0 })
        {
            return truncated ? "…" : "";
        }
        var text = string.Join(' ', args.Select(arg => arg.Length == 0 || arg.Contains(' ', StringComparison.Ordinal) ? $"'{arg}'" : arg));
        return truncated ? text + " …" : text;
    }
}
