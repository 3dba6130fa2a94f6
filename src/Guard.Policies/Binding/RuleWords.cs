namespace Guard.Policies.Binding;

/// <summary>Words of rules, for those who read them from elsewhere.</summary>
public static class RuleWords
{
    /// <summary>Why a name is that of no unit, as a hint; null for a unit, written out.</summary>
    /// <param name="name">As <c>nginx.service</c>.</param>
    public static string? ComplaintAboutUnit(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains('*', StringComparison.Ordinal) ? "write one name out" : CgroupPatterns.ComplaintAboutUnit(name);
    }
}
