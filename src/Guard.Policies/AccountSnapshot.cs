using System.Globalization;

namespace Guard.Policies;

/// <summary>
/// The accounts of the machine that a policy is compiled for. The kernel knows numbers only, so <c>User</c> and
/// <c>Group</c> values become numbers here; a name that is created later is covered by the next push.
/// </summary>
/// <param name="UidByName">Account name to uid, case-sensitive as in passwd(5).</param>
public sealed record AccountSnapshot(IReadOnlyDictionary<string, uint> UidByName)
{
    /// <summary>Group name to gid, case-sensitive as in group(5).</summary>
    public IReadOnlyDictionary<string, uint> GidByName { get; init; } = new Dictionary<string, uint> { ["root"] = 0 };

    /// <summary>Only root: what <c>policy check</c> uses when no machine is at hand.</summary>
    public static AccountSnapshot RootOnly { get; } = new(new Dictionary<string, uint> { ["root"] = 0 });

    /// <summary>Names and numbers of passwd(5) or group(5): the first and the third field. Lines that have none are left out.</summary>
    /// <param name="lines">Of the file, from anywhere.</param>
    public static IEnumerable<(string Name, uint Number)> Entries(IEnumerable<string> lines)
    {
        foreach (var fields in lines.Select(line => line.Split(':')))
        {
            if (fields.Length >= 3
                && fields[0].Length > 0
                && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return (fields[0], number);
            }
        }
    }
}
