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
}
