namespace Guard.Policies.Binding;

/// <summary>Words of rules, for those who read them from elsewhere.</summary>
public static class RuleWords
{
    /// <summary>Letters that two names have in common at their beginnings when one was meant to be the other.</summary>
    private const int CommonLetters = 6;

    /// <summary>Categories of rules that a kernel decides.</summary>
    public static IEnumerable<string> Categories => LogSourceBinder.Decided;

    /// <summary>Why a name is that of no unit, as a hint; null for a unit, written out.</summary>
    /// <param name="name">As <c>nginx.service</c>.</param>
    public static string? ComplaintAboutUnit(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains('*', StringComparison.Ordinal) ? "write one name out" : CgroupPatterns.ComplaintAboutUnit(name);
    }

    /// <summary>The category that a misspelt one was probably meant to be: a typo, other letter case or signs, another ending.</summary>
    /// <param name="written">As written; no category itself.</param>
    /// <param name="known">Categories that there are.</param>
    public static string? NearestCategory(string written, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(written);
        var names = known.ToList();
        return names.Find(name => Letters(name) == Letters(written))
            ?? NearestName.Find(written, names)
            ?? names.Find(name => IsOtherEnding(Letters(name), Letters(written)));
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>Alike but for the last letters: process_create, process_creation.</summary>
    private static bool IsOtherEnding(string name, string written)
    {
        var common = name.AsSpan().CommonPrefixLength(written);
        return common >= CommonLetters && common >= Math.Max(name.Length, written.Length) * 3 / 4;
    }
}
