using System.Globalization;
using System.Text;

namespace Guard.Policies.Diagnostics;

/// <summary>
/// Makes text of a policy safe to print: what could move the cursor, hide or reorder what an administrator reads
/// (control, format and bidirectional characters, line separators, unpaired surrogates) is shown as an escape.
/// </summary>
public static class TerminalText
{
    private const int MaxQuoted = 120;

    /// <summary>The text with every unsafe character as <c>\u{hex}</c>; a tab becomes a blank.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>Text of one line.</returns>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            i += Append(result, text, i) - 1;
        }

        return result.ToString();
    }

    /// <summary>The text between single quotes, escaped, and shortened when it is long.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>Text to put into a message.</returns>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxQuoted ? $"'{Escape(text)}'" : $"'{Escape(text[..MaxQuoted])}...'";
    }

    private static int Append(StringBuilder result, string text, int index)
    {
        if (!Rune.TryGetRuneAt(text, index, out var rune))
        {
            AppendEscape(result, text[index]);
            return 1;
        }

        if (rune.Value == '\t')
        {
            result.Append(' ');
        }
        else if (IsUnsafe(rune))
        {
            AppendEscape(result, rune.Value);
        }
        else
        {
            result.Append(rune.ToString());
        }

        return rune.Utf16SequenceLength;
    }

    private static void AppendEscape(StringBuilder result, int value)
        => result.Append(CultureInfo.InvariantCulture, $"\\u{{{value:X4}}}");

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator => true,
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned => true,
        UnicodeCategory.PrivateUse => true,
        _ => false,
    };
}
