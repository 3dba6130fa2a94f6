using System.Globalization;
using Guard.Policies;

namespace Guard.Cli.Policies;

/// <summary>This machine's accounts, from passwd(5).</summary>
internal static class Accounts
{
    /// <summary>Reads the file; root alone when there is none.</summary>
    public static AccountSnapshot Read(string path)
    {
        var uids = new Dictionary<string, uint>(StringComparer.Ordinal);
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                var fields = line.Split(':');
                if (fields.Length >= 3 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
                {
                    uids.TryAdd(fields[0], uid);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AccountSnapshot.RootOnly;
        }
        return new AccountSnapshot(uids);
    }
}
