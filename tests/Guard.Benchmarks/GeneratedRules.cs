using System.Globalization;

namespace Guard.Benchmarks;

/// <summary>
/// Rules without end, half about files and half about programs, of each half one part blocks and the other audits. None
/// speaks of a file or program that the benchmark uses.
/// </summary>
internal static class GeneratedRules
{
    /// <summary>Rule <paramref name="number"/>, from 1.</summary>
    /// <param name="number">Its place; decides about category and action, and makes it differ from all others.</param>
    /// <param name="commandLine">Whether rules about programs ask for the command line as well.</param>
    public static string Rule(int number, bool commandLine)
    {
        var name = number.ToString("D5", CultureInfo.InvariantCulture);
        var action = (number - 1) % 4 < 2 ? "block" : "audit";
        var (category, place, other, without) = number % 2 == 1
            ? ("file_access", $"TargetFilename|startswith: /srv/t{name}/", $"TargetFilename|endswith: .k{name}", "Image: /usr/bin/backup")
            : ("process_creation", $"Image|startswith: /opt/t{name}/", $"Image|endswith: /p{name}", "ParentImage: /usr/bin/make");
        if (commandLine && number % 2 == 0)
        {
            other = $"CommandLine|contains: --k{name}=";
        }

        return $"""
            title: Rule {name}
            id: 00000000-0000-4000-8000-0000000{name}
            status: test
            logsource:
                product: linux
                category: {category}
            detection:
                place:
                    {place}
                name:
                    {other}
                without:
                    {without}
                condition: (place or name) and not without
            level: high
            guard:
                action: {action}

            """;
    }
}
