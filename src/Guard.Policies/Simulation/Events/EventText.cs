using System.Text;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// How texts of events become bytes: UTF-8, with U+0000 as C0 80, because byte 0 ends a text in the tables. Half a
/// surrogate pair becomes U+FFFD, as in patterns. Bytes that are no UTF-8 stay as they are.
/// </summary>
internal static class EventText
{
    /// <summary>U+0000.</summary>
    private static ReadOnlySpan<byte> Nul => [0xC0, 0x80];

    /// <summary>The bytes of a string.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Contains((byte)0) ? [.. bytes.SelectMany(b => b == 0 ? Nul.ToArray() : [b])] : bytes;
    }

    /// <summary>The string of bytes, for comparing by character.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf(Nul) < 0)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder();
        for (var at = bytes.IndexOf(Nul); at >= 0; at = bytes.IndexOf(Nul))
        {
            text.Append(Encoding.UTF8.GetString(bytes[..at])).Append('\0');
            bytes = bytes[(at + Nul.Length)..];
        }

        return text.Append(Encoding.UTF8.GetString(bytes)).ToString();
    }

    /// <summary>Writes the text of a JSON string; needs no more room than the string as it was written.</summary>
    /// <param name="raw">Between the quotes; escapes are known to be well-formed.</param>
    /// <param name="target">Where it goes.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        var written = 0;
        while (raw.IndexOf((byte)'\\') is var at and >= 0)
        {
            raw[..at].CopyTo(target[written..]);
            written += at;
            raw = raw[(at + 1)..];
            if (raw[0] != (byte)'u')
            {
                target[written++] = Named(raw[0]);
                raw = raw[1..];
                continue;
            }

            written += EncodeRune(TakeRune(ref raw), target[written..]);
        }

        raw.CopyTo(target[written..]);
        return written + raw.Length;
    }

    private static byte Named(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };

    /// <summary>Takes uXXXX, and the second half of a pair when it follows.</summary>
    private static Rune TakeRune(ref ReadOnlySpan<byte> raw)
    {
        var first = (char)Hex(raw[1..5]);
        raw = raw[5..];
        if (!char.IsSurrogate(first))
        {
            return new Rune(first);
        }

        if (char.IsHighSurrogate(first) && raw.StartsWith("\\u"u8)
            && (char)Hex(raw[2..6]) is var second && char.IsLowSurrogate(second))
        {
            raw = raw[6..];
            return new Rune(first, second);
        }

        return Rune.ReplacementChar;
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }

    private static int EncodeRune(Rune rune, Span<byte> target)
    {
        if (rune.Value != 0)
        {
            return rune.EncodeToUtf8(target);
        }

        Nul.CopyTo(target);
        return Nul.Length;
    }
}
