using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>
/// The small grammar of a Sigma value. <c>*</c> is any run, <c>?</c> one character; <c>\*</c>, <c>\?</c> and <c>\\</c>
/// are the character itself; a backslash before anything else, or at the end, is a backslash. The wildcards of
/// contains, startswith and endswith are added afterwards, so that a trailing backslash cannot escape them.
/// </summary>
internal static class TextPatternParser
{
    public static TextPattern Parse(string value, Placement placement, bool caseSensitive)
    {
        var elements = new List<PatternElement>();
        if (placement is Placement.Contains or Placement.EndsWith)
        {
            elements.Add(new AnyRunElement());
        }

        ParseValue(value, elements);
        if (placement is Placement.Contains or Placement.StartsWith)
        {
            elements.Add(new AnyRunElement());
        }

        return new TextPattern(Canonical(elements), caseSensitive);
    }

    /// <summary>False for text with NUL or an unpaired surrogate.</summary>
    public static bool CanOccur(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\0' || !Rune.TryGetRuneAt(value, i, out var rune))
            {
                return false;
            }

            i += rune.Utf16SequenceLength - 1;
        }

        return true;
    }

    /// <summary>Whether a letter beyond ASCII has another case.</summary>
    public static bool HasForeignLetter(string value)
        => value.EnumerateRunes().Any(r => !r.IsAscii
            && (Rune.ToUpperInvariant(r) != r || Rune.ToLowerInvariant(r) != r));

    private static void ParseValue(string value, List<PatternElement> elements)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == '\\' && i + 1 < value.Length && value[i + 1] is ('*' or '?' or '\\'))
            {
                literal.Append(value[++i]);
            }
            else if (c is '*' or '?')
            {
                Flush(literal, elements);
                elements.Add(c == '*' ? new AnyRunElement() : new AnyCharacterElement());
            }
            else
            {
                literal.Append(c);
            }
        }

        Flush(literal, elements);
    }

    private static void Flush(StringBuilder literal, List<PatternElement> elements)
    {
        if (literal.Length > 0)
        {
            elements.Add(new LiteralElement([.. Encoding.UTF8.GetBytes(literal.ToString())]));
            literal.Clear();
        }
    }

    /// <summary>Between two literals: all <c>?</c> first, then at most one <c>*</c>.</summary>
    private static ImmutableArray<PatternElement> Canonical(List<PatternElement> elements)
    {
        var result = ImmutableArray.CreateBuilder<PatternElement>(elements.Count);
        var run = false;
        foreach (var element in elements)
        {
            if (element is AnyRunElement)
            {
                run = true;
                continue;
            }

            if (element is LiteralElement && run)
            {
                result.Add(new AnyRunElement());
                run = false;
            }

            result.Add(element);
        }

        if (run)
        {
            result.Add(new AnyRunElement());
        }

        return result.ToImmutable();
    }
}
