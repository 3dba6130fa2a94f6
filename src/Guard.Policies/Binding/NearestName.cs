namespace Guard.Policies.Binding;

/// <summary>Finds the known name that a misspelt one was probably meant to be.</summary>
public static class NearestName
{
    private const int MaxLength = 64;

    /// <summary>What makes a word its own opposite.</summary>
    private static readonly string[] Negations = ["n", "no", "not", "non", "u", "un", "de", "dis"];

    /// <summary>
    /// The nearest of the known names within two edits (one where a word has up to five letters, none where it has two), or
    /// null. Never the opposite of what is written: umount is one edit from mount, and the worst answer to it.
    /// </summary>
    /// <param name="text">What is written.</param>
    /// <param name="known">What could have been.</param>
    public static string? Find(string text, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(known);
        var candidates = known.Where(name => !IsNegation(text, name) && !IsNegation(name, text));
        return Nearest(text, candidates, name => Math.Min(text.Length, name.Length) / 3);
    }

    /// <summary>
    /// The same for keys that are refused because they are almost known ones, where a custom key would go by with a warning:
    /// within two edits, or half the length of a short name. Rather too many are refused than one guard is not read.
    /// </summary>
    /// <param name="text">What is written.</param>
    /// <param name="known">Keys that mean something.</param>
    internal static string? FindKey(string text, IEnumerable<string> known) => Nearest(text, known, name => name.Length / 2);

    /// <summary>"did you mean ...?" or the fallback.</summary>
    /// <param name="text">What is written.</param>
    /// <param name="known">What could have been.</param>
    /// <param name="what">What the known names are.</param>
    public static string Hint(string text, IReadOnlyCollection<string> known, string what)
        => Find(text, known) is { } near ? $"did you mean '{near}'?" : $"{what}: {string.Join(", ", known)}";

    private static string? Nearest(string text, IEnumerable<string> known, Func<string, int> most)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in known)
        {
            var distance = Distance(text, name);
            if (distance <= Math.Min(2, most(name)) && distance < bestDistance)
            {
                best = name;
                bestDistance = distance;
            }
        }

        return best;
    }

    private static bool IsNegation(string text, string name)
        => text.Length > name.Length && text.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && Negations.Contains(text[..^name.Length], StringComparer.OrdinalIgnoreCase);

    /// <summary>Insertions, deletions, replacements and swaps of neighbours, without regard to case.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > MaxLength || Math.Abs(left.Length - right.Length) > 2)
        {
            return int.MaxValue;
        }

        var d = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                d[i, j] = i == 0 ? j : j == 0 ? i : Cell(d, left, right, i, j);
            }
        }

        return d[left.Length, right.Length];
    }

    private static int Cell(int[,] d, string left, string right, int i, int j)
    {
        var change = Same(left[i - 1], right[j - 1]) ? 0 : 1;
        var best = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + change);
        var swapped = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
        return swapped ? Math.Min(best, d[i - 2, j - 2] + 1) : best;
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
