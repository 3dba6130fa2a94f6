using System.Globalization;
using System.Text;

namespace Guard.Engine.Forwarding;

/// <summary>Escapes of RFC 5424 values, and cutting text so that no escape and no character is cut in two.</summary>
internal static class SyslogText
{
    /// <summary>For a value in quotes: <c>"</c>, <c>\</c> and <c>]</c> get a backslash, controls become <c>\\xNN</c>.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var rune in value.EnumerateRunes())
        {
            Append(text, rune, quoted: true);
        }

        return text.ToString();
    }

    /// <summary>For the free text at the end: only controls are replaced, by <c>\xNN</c>.</summary>
    public static string EscapeControls(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var rune in value.EnumerateRunes())
        {
            Append(text, rune, quoted: false);
        }

        return text.ToString();
    }

    /// <summary>Bytes of the free text when it is escaped.</summary>
    public static int Size(string value) => Encoding.UTF8.GetByteCount(EscapeControls(value));

    /// <summary>The longest beginning of the value whose escaped form has at most this many bytes.</summary>
    public static string Cut(string value, int maxBytes, bool quoted)
    {
        var one = new StringBuilder();
        int used = 0, length = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            Append(one.Clear(), rune, quoted);
            used += Encoding.UTF8.GetByteCount(one.ToString());
            if (used > maxBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return value[..length];
    }

    private static void Append(StringBuilder text, Rune rune, bool quoted)
    {
        if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029)
        {
            AppendCode(text, rune, quoted ? @"\\x" : @"\x");
            return;
        }

        if (quoted && rune.Value is ('"' or '\\' or ']'))
        {
            text.Append('\\');
        }

        text.Append(rune.ToString());
    }

    private static void AppendCode(StringBuilder text, Rune rune, string prefix)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = rune.EncodeToUtf8(bytes);
        foreach (var b in bytes[..count])
        {
            text.Append(prefix).Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }
    }
}
