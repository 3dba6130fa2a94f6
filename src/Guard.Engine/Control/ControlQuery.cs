using System.Globalization;
using Guard.Engine.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Guard.Engine.Control;

/// <summary>Query strings, strictly: a key that is not known or given twice is refused, so a typo never widens a filter.</summary>
internal static class ControlQuery
{
    private const int MostRecords = 10_000;

    private static readonly string[] AuditKeys =
        ["after", "limit", "kind", "verdict", "rule", "path", "pid", "user", "since", "until", "newest"];

    /// <summary>The filters of the trail.</summary>
    /// <exception cref="ControlRequestException">400.</exception>
    public static AuditQuery ReadAudit(HttpRequest request)
    {
        Only(request, AuditKeys);
        return new AuditQuery
        {
            After = Number(request, "after", 0, long.MaxValue) ?? 0,
            Limit = (int)(Number(request, "limit", 1, MostRecords) ?? 100),
            Newest = Flag(request, "newest"),
            Kind = Text(request, "kind"),
            Verdict = Verdict(request),
            Rule = Text(request, "rule"),
            Path = Text(request, "path"),
            Pid = (int?)Number(request, "pid", 0, int.MaxValue),
            User = Text(request, "user"),
            Since = Time(request, "since"),
            Until = Time(request, "until"),
        };
    }

    /// <summary>Refuses keys other than these.</summary>
    public static void Only(HttpRequest request, params ReadOnlySpan<string> keys)
    {
        foreach (var key in request.Query.Keys)
        {
            if (!keys.Contains(key))
            {
                throw Bad(keys.IsEmpty ? "no parameters are known here" : $"unknown parameter; known are {string.Join(", ", keys.ToArray())}");
            }
        }
    }

    /// <summary>A text that is not empty, or null.</summary>
    public static string? Text(HttpRequest request, string key)
    {
        var values = request.Query[key];
        return values.Count switch
        {
            0 => null,
            1 when !StringValues.IsNullOrEmpty(values) => values[0],
            _ => throw Bad($"'{key}' must be given once and not be empty"),
        };
    }

    /// <summary>true or false; false when absent.</summary>
    public static bool Flag(HttpRequest request, string key) => Text(request, key) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Bad($"'{key}' must be true or false"),
    };

    private static string? Verdict(HttpRequest request) => Text(request, "verdict") switch
    {
        null => null,
        ("allow" or "audit" or "block" or "kill") and var verdict => verdict,
        _ => throw Bad("'verdict' must be allow, audit, block or kill"),
    };

    private static long? Number(HttpRequest request, string key, long least, long most)
    {
        if (Text(request, key) is not { } text)
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad(string.Create(CultureInfo.InvariantCulture, $"'{key}' must be a whole number from {least} to {most}"));
    }

    private static DateTimeOffset? Time(HttpRequest request, string key)
    {
        if (Text(request, key) is not { } text)
        {
            return null;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Bad($"'{key}' must be a time as in 2026-11-22T10:00:00Z");
    }

    private static ControlRequestException Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
