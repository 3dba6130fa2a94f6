using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Oracle;

/// <summary>
/// What an expression means: .NET's, but that <c>$</c> without m is the end of the text and nothing else (.NET's also
/// stands before a final newline).
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
        return Regex.IsMatch(text, expression, options);
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
