using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Oracle;

/// <summary>
/// What an expression means: .NET's, but that <c>$</c> without m is the end of the text and nothing else (.NET's also
/// stands before a final newline), and that a character beyond the first plane is one character (.NET's are UTF-16
/// units).
/// </summary>
internal static class Expressions
{
    public static bool IsMatch(RegexPattern pattern, string text)
    {
        var options = RegexOptions.CultureInvariant;
        options |= pattern.Flags.HasFlag(RegexFlags.IgnoreCase) ? RegexOptions.IgnoreCase : RegexOptions.None;
        options |= pattern.Flags.HasFlag(RegexFlags.Multiline) ? RegexOptions.Multiline : RegexOptions.None;
        options |= pattern.Flags.HasFlag(RegexFlags.Singleline) ? RegexOptions.Singleline : RegexOptions.None;
        var expression = pattern.Flags.HasFlag(RegexFlags.Multiline) ? pattern.Expression : WithStrictEnd(pattern.Expression);
        return Regex.IsMatch(InOneUnit(text), InOneUnit(expression), options);
    }

    /// <summary>Characters of two units become private ones of one, in texts and expressions alike.</summary>
    private static string InOneUnit(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.IsBmp ? (char)rune.Value : (char)(0xE000 + (rune.Value % 0x1900)));
        }

        return result.ToString();
    }

    private static string WithStrictEnd(string expression)
    {
        var result = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < expression.Length; i++)
        {
            var c = expression[i];
            if (c == '\\' && i + 1 < expression.Length)
            {
                result.Append(c).Append(expression[++i]);
                continue;
            }

            inClass = c == '[' || (inClass && c != ']');
            result.Append(c == '$' && !inClass ? @"\z" : c.ToString());
        }

        return result.ToString();
    }
}
