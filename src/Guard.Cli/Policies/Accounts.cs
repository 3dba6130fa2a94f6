using System.Globalization;
using Guard.Policies;

namespace Guard.Cli.Policies;

/// <summary>This machine's accounts, from passwd(5), and its groups, from group(5).</summary>
internal static class Accounts
{
    /// <summary>Reads both files; root alone where there is none.</summary>
    public static AccountSnapshot Read(CliEnvironment environment)
    {
        var accounts = ReadNumbers(environment.PasswdFile) is { } uids ? new AccountSnapshot(uids) : AccountSnapshot.RootOnly;
        return ReadNumbers(environment.GroupFile) is { } gids ? accounts with { GidByName = gids } : accounts;
    }

    /// <summary>Names and numbers; null when the file can't be read.</summary>
    private static Dictionary<string, uint>? ReadNumbers(string path)
    {
        var numbers = new Dictionary<string, uint>(StringComparer.Ordinal);
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                var fields = line.Split(':');
                if (fields.Length >= 3 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    numbers.TryAdd(fields[0], number);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return numbers;
    }
}
