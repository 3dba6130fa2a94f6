using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// The character classes of .NET's expressions, by code point. .NET itself looks at UTF-16 units, so that there
/// <c>\w</c> never matches a letter beyond U+FFFF and <c>.</c> half of it; here one character is one code point.
/// </summary>
internal static class CharacterClasses
{
    private static readonly Lazy<Dictionary<UnicodeCategory, RuneSet>> ByCategory = new(ReadCategories);
    private static readonly Lazy<RuneSet> Words = new(() => Categories("L", "Mn", "Nd", "Pc"));
    private static readonly Lazy<RuneSet> BoundaryWords = new(() => Words.Value.Union(RuneSet.Of(0x200c, 0x200d)));

    private static readonly Lazy<RuneSet> Spaces = new(() => Categories("Z").Union(RuneSet.Of([(9, 13), (0x85, 0x85)])));
    private static readonly Lazy<Dictionary<int, ImmutableArray<int>>> FoldedRegex = new(() => Fold(Rune.ToLowerInvariant, false));
    private static readonly Lazy<Dictionary<int, ImmutableArray<int>>> FoldedText = new(() => Fold(Rune.ToUpperInvariant, true));

    /// <summary><c>\w</c>.</summary>
    public static RuneSet Word => Words.Value;

    /// <summary>What <c>\b</c> takes for part of a word: also the two joiners without a width.</summary>
    public static RuneSet BoundaryWord => BoundaryWords.Value;

    /// <summary><c>\s</c>.</summary>
    public static RuneSet Space => Spaces.Value;

    /// <summary><c>\d</c>.</summary>
    public static RuneSet Digit => Categories("Nd");

    /// <summary>
    /// <c>\p{name}</c>: a general category, a group of them, or a block as .NET names it. Without regard to case the
    /// three categories of cased letters are one.
    /// </summary>
    /// <param name="name">As it stands between the braces.</param>
    /// <param name="negated">Written <c>\P</c>: what is not in it.</param>
    /// <param name="ignoreCase">Whether cases count as one.</param>
    /// <returns>Null when there is none of this name.</returns>
    public static RuneSet? Named(string name, bool negated, bool ignoreCase)
    {
        if (!Names.Keys.Any(n => n == name || (name.Length == 1 && n[0] == name[0])))
        {
            return Block(name, negated, ignoreCase);
        }

        var set = ignoreCase && name is "Lu" or "Ll" or "Lt" ? Categories("Lu", "Ll", "Lt") : Categories(name);
        return negated ? set.Complement() : set;
    }

    /// <summary>
    /// .NET keeps the borders of its blocks to itself, so it is asked about each character; all lie below U+10000.
    /// </summary>
    private static RuneSet? Block(string name, bool negated, bool ignoreCase)
    {
        try
        {
            var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            var inside = new Regex($@"\{(negated ? 'P' : 'p')}{{{name}}}", options);
            var members = Enumerable.Range(0, 0x10000).Where(c => inside.IsMatch([(char)c])).Select(c => (c, c));
            return RuneSet.Of(negated ? members.Append((0x10000, RuneSet.Invalid)) : members);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The set with every character that RegexOptions.IgnoreCase takes for the same.</summary>
    public static RuneSet IgnoringCase(RuneSet set)
    {
        var more = new List<(int, int)>(set.Ranges);
        foreach (var (from, others) in FoldedRegex.Value)
        {
            if (set.Contains(from))
            {
                more.AddRange(others.Select(o => (o, o)));
            }
        }

        return RuneSet.Of(more);
    }

    /// <summary>The character in both cases, as OrdinalIgnoreCase compares: ASCII letters have no others.</summary>
    public static RuneSet IgnoringCase(int rune)
        => FoldedText.Value.TryGetValue(rune, out var others)
            ? RuneSet.Of(others.Append(rune).Select(o => (o, o)))
            : RuneSet.Of(rune, rune);

    /// <summary>Whether OrdinalIgnoreCase takes another character for the same.</summary>
    public static bool HasTwoCases(int rune) => FoldedText.Value.ContainsKey(rune);

    private static readonly Dictionary<string, UnicodeCategory> Names = new()
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter,
        ["Ll"] = UnicodeCategory.LowercaseLetter,
        ["Lt"] = UnicodeCategory.TitlecaseLetter,
        ["Lm"] = UnicodeCategory.ModifierLetter,
        ["Lo"] = UnicodeCategory.OtherLetter,
        ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark,
        ["Me"] = UnicodeCategory.EnclosingMark,
        ["Nd"] = UnicodeCategory.DecimalDigitNumber,
        ["Nl"] = UnicodeCategory.LetterNumber,
        ["No"] = UnicodeCategory.OtherNumber,
        ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator,
        ["Zp"] = UnicodeCategory.ParagraphSeparator,
        ["Cc"] = UnicodeCategory.Control,
        ["Cf"] = UnicodeCategory.Format,
        ["Cs"] = UnicodeCategory.Surrogate,
        ["Co"] = UnicodeCategory.PrivateUse,
        ["Pc"] = UnicodeCategory.ConnectorPunctuation,
        ["Pd"] = UnicodeCategory.DashPunctuation,
        ["Ps"] = UnicodeCategory.OpenPunctuation,
        ["Pe"] = UnicodeCategory.ClosePunctuation,
        ["Pi"] = UnicodeCategory.InitialQuotePunctuation,
        ["Pf"] = UnicodeCategory.FinalQuotePunctuation,
        ["Po"] = UnicodeCategory.OtherPunctuation,
        ["Sm"] = UnicodeCategory.MathSymbol,
        ["Sc"] = UnicodeCategory.CurrencySymbol,
        ["Sk"] = UnicodeCategory.ModifierSymbol,
        ["So"] = UnicodeCategory.OtherSymbol,
        ["Cn"] = UnicodeCategory.OtherNotAssigned,
    };

    private static RuneSet Categories(params string[] names)
        => RuneSet.Of(Names
            .Where(n => names.Any(wanted => n.Key.StartsWith(wanted, StringComparison.Ordinal)))
            .SelectMany(n => ByCategory.Value.TryGetValue(n.Value, out var set) ? set.Ranges : []));

    private static Dictionary<UnicodeCategory, RuneSet> ReadCategories()
    {
        var ranges = new Dictionary<UnicodeCategory, List<(int From, int To)>>();
        for (var point = 0; point < RuneSet.Invalid; point++)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(point);
            if (!ranges.TryGetValue(category, out var list))
            {
                ranges.Add(category, list = []);
            }

            if (list.Count > 0 && list[^1].To == point - 1)
            {
                list[^1] = (list[^1].From, point);
            }
            else
            {
                list.Add((point, point));
            }
        }

        return ranges.ToDictionary(r => r.Key, r => RuneSet.Of(r.Value));
    }

    /// <summary>Characters with others that one mapping takes to the same character; each without itself.</summary>
    private static Dictionary<int, ImmutableArray<int>> Fold(Func<Rune, Rune> map, bool asciiApart)
    {
        var groups = new Dictionary<int, List<int>>();
        for (var point = 0; point <= 0x1ffff; point++)
        {
            if (!Rune.TryCreate(point, out var rune))
            {
                continue;
            }

            var to = map(rune).Value;
            if (to == point || (asciiApart && (to < 0x80) != (point < 0x80)))
            {
                continue;
            }

            if (!groups.TryGetValue(to, out var group))
            {
                groups.Add(to, group = [to]);
            }

            group.Add(point);
        }

        return groups.Values
            .SelectMany(g => g.Select(r => (Rune: r, Others: g.Where(o => o != r).ToImmutableArray())))
            .ToDictionary(p => p.Rune, p => p.Others);
    }
}
