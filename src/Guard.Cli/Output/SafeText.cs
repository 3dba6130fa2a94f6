using System.Globalization;
using System.Text;

namespace Guard.Cli.Output;

/// <summary>
/// Text from outside (paths, arguments, names, titles) made safe for a terminal: controls, bidirectional overrides and
/// invisible characters are written as escapes, so no argv can move the cursor or reverse a line.
/// </summary>
internal static class SafeText
{
    /// <summary>One line.</summary>
    public static string Line(string? text) => Escape(text, keepLayout: false);

    /// <summary>Many lines: line feeds and tabs stay.</summary>
    public static string Block(string? text) => Escape(text, keepLayout: true);

    private static string Escape(string? text, bool keepLayout)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }
        var safe = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                Append(safe, char.ConvertToUtf32(text[i], text[++i]), keepLayout);
            }
            else
            {
                Append(safe, text[i], keepLayout);
            }
        }
        return safe.ToString();
    }

    private static void Append(StringBuilder safe, int c, bool keepLayout)
    {
        if (keepLayout && c is '\n' or '\t')
        {
            safe.Append((char)c);
        }
        else if (c is < ' ' or (>= 0x7f and <= 0x9f))
        {
            _ = c switch
            {
                '\n' => safe.Append("\\n"),
                '\r' => safe.Append("\\r"),
                '\t' => safe.Append("\\t"),
                _ => safe.Append(CultureInfo.InvariantCulture, $"\\x{c:x2}"),
            };
        }
        else if (IsHarmful(c))
        {
            safe.Append(CultureInfo.InvariantCulture, $"\\u{{{c:x}}}");
        }
        else
        {
            safe.Append(char.ConvertFromUtf32(c));
        }
    }

    private static bool IsHarmful(int c)
    {
        if (c is >= 0xd800 and <= 0xdfff)
        {
            return true;
        }
        // Format characters carry the bidirectional controls, zero-width ones and tags; the two separators break lines.
        return CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
    }
}
