using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>
/// Values with letters beyond ASCII that have two cases. The tables fold A-Z only, so such a value becomes an expression
/// that lists the cases of every letter. Simple folding, one character to one (statement 7): sharp s is not ss, and no
/// letter beyond ASCII folds to one of ASCII.
/// </summary>
internal static class FoldedExpression
{
    public static bool IsNeeded(ValueText value) => value.Parts.Any(p => p is TextPart text && HasForeignLetter(text.Text))
        && !value.Parts.Any(p => p is BytesPart);

    public static RegexPattern Build(ValueText value)
    {
        var parts = value.Parts.AsSpan();
        var text = new StringBuilder();
        if (parts is not [WildcardPart { Element: AnyRunElement }, ..])
        {
            text.Append(@"\A");
        }
        else
        {
            parts = parts[1..];
        }

        var open = parts is [.., WildcardPart { Element: AnyRunElement }];
        foreach (var part in open ? parts[..^1] : parts)
        {
            Append(text, part);
        }

        return new RegexPattern(text.Append(open ? string.Empty : @"\z").ToString(), RegexFlags.Singleline);
    }

    private static bool HasForeignLetter(string text)
        => !Ascii.IsValid(text) && text.EnumerateRunes().Any(r => !r.IsAscii && CasesOf(r).Length > 1);

    private static void Append(StringBuilder text, ValuePart part)
    {
        if (part is WildcardPart wildcard)
        {
            text.Append(wildcard.Element is AnyRunElement ? ".*" : ".");
            return;
        }

        foreach (var rune in ((TextPart)part).Text.EnumerateRunes())
        {
            var cases = CasesOf(rune).Select(r => Regex.Escape(r.ToString())).ToList();
            text.Append(cases.Count == 1 ? cases[0] : $"(?:{string.Join('|', cases)})");
        }
    }

    /// <summary>The letter and its other cases; all have one upper case.</summary>
    private static Rune[] CasesOf(Rune rune)
    {
        var upper = Rune.ToUpperInvariant(rune);
        Rune[] candidates = [rune, upper, Rune.ToLowerInvariant(rune), Rune.ToLowerInvariant(upper)];
        return
        [
            .. candidates.Distinct()
                .Where(c => Rune.ToUpperInvariant(c) == upper && c.IsAscii == rune.IsAscii)
                .OrderBy(c => c.Value),
        ];
    }
}
