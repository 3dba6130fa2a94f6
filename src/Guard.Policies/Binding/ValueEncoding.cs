using System.Collections.Immutable;
using System.Text;

namespace Guard.Policies.Binding;

/// <summary>Modifiers that make other values of a value (semantics, statements 25 and 26).</summary>
internal static class ValueEncoding
{
    /// <summary>Most variants of one value: six dashes in all combinations.</summary>
    public const int MaxVariants = 15_625;

    private static readonly ImmutableArray<char> Dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];

    /// <summary>Every text as UTF-16; with byte order mark for <c>utf16</c>.</summary>
    public static ValueText ToUtf16(ValueText value, Modifier modifier)
    {
        var encoding = modifier == Modifier.Utf16Be ? Encoding.BigEndianUnicode : Encoding.Unicode;
        var parts = value.Parts.Select(p => p is TextPart text ? new BytesPart([.. encoding.GetBytes(text.Text)]) : p);
        return modifier == Modifier.Utf16
            ? new ValueText([new BytesPart([0xFF, 0xFE]), .. parts])
            : new ValueText([.. parts]);
    }

    /// <summary>The bytes as base64.</summary>
    public static ValueText ToBase64(ValueText value) => ValueText.Literal(Convert.ToBase64String(BytesOf(value)));

    /// <summary>
    /// The three texts of which one occurs wherever the bytes stand inside something that is encoded: what the
    /// neighbours have a part in is cut off. A text can become empty when the value is a single byte.
    /// </summary>
    public static IEnumerable<string> ToBase64Offsets(ValueText value)
    {
        var bytes = BytesOf(value);
        for (var offset = 0; offset < 3; offset++)
        {
            var text = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            var head = offset == 0 ? 0 : offset + 1;
            var tail = ((bytes.Length + offset) % 3) switch { 0 => 0, 1 => 3, _ => 2 };
            yield return text[head..Math.Max(head, text.Length - tail)];
        }
    }

    /// <summary>All combinations of dashes before words, or null when they are too many.</summary>
    public static ImmutableArray<ValueText>? WithDashes(ValueText value)
    {
        var places = value.Parts.OfType<TextPart>().Sum(p => PlacesOf(p.Text).Count());
        if (Math.Pow(Dashes.Length, places) > MaxVariants)
        {
            return null;
        }

        IEnumerable<ImmutableArray<ValuePart>> variants = [[]];
        foreach (var part in value.Parts)
        {
            var choices = part is TextPart text ? VariantsOf(text.Text) : [part];
            variants = variants.SelectMany(v => choices.Select(c => v.Add(c))).ToList();
        }

        return [.. variants.Select(v => new ValueText(v))];
    }

    private static List<ValuePart> VariantsOf(string text)
    {
        List<string> variants = [text];
        foreach (var place in PlacesOf(text))
        {
            variants = [.. variants.SelectMany(v => Dashes.Select(d => $"{v[..place]}{d}{v[(place + 1)..]}"))];
        }

        return [.. variants.Select(v => new TextPart(v))];
    }

    /// <summary>A dash or slash that no word precedes and that a word follows.</summary>
    private static IEnumerable<int> PlacesOf(string text)
        => Enumerable.Range(0, Math.Max(0, text.Length - 1)).Where(i => text[i] is '-' or '/'
            && IsWord(text[i + 1])
            && (i == 0 || !IsWord(text[i - 1])));

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static byte[] BytesOf(ValueText value)
        => [.. value.Parts.SelectMany(p => p is TextPart text ? Encoding.UTF8.GetBytes(text.Text) : [.. ((BytesPart)p).Bytes])];
}
