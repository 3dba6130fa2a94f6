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
            foreach (var (name, number) in AccountSnapshot.Entries(File.ReadLines(path)))
            {
                numbers.TryAdd(name, number);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return numbers;
    }
}
