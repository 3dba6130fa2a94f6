using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>A piece of a value while its modifiers are applied.</summary>
internal abstract record ValuePart;

/// <summary>Text that stands for itself.</summary>
internal sealed record TextPart(string Text) : ValuePart;

/// <summary>Bytes that a UTF-16 modifier has made.</summary>
internal sealed record BytesPart(ImmutableArray<byte> Bytes) : ValuePart;

/// <summary>A wildcard.</summary>
internal sealed record WildcardPart(PatternElement Element) : ValuePart
{
    public static WildcardPart Run { get; } = new(new AnyRunElement());

    public static WildcardPart Character { get; } = new(new AnyCharacterElement());
}

/// <summary>A value between being read and being a pattern.</summary>
internal sealed record ValueText(ImmutableArray<ValuePart> Parts)
{
    public bool HasWildcard => Parts.Any(p => p is WildcardPart);

    /// <summary>Text without wildcards and escapes.</summary>
    public static ValueText Literal(string text) => new(text.Length == 0 ? [] : [new TextPart(text)]);

    /// <summary>
    /// The small grammar of a Sigma value. <c>*</c> is any run, <c>?</c> one character; <c>\*</c>, <c>\?</c> and
    /// <c>\\</c> are the character itself; a backslash before anything else, or at the end, is a backslash.
    /// </summary>
    public static ValueText Parse(string value)
    {
        if (value.AsSpan().IndexOfAny('\\', '*', '?') < 0)
        {
            return Literal(value);
        }

        var parts = ImmutableArray.CreateBuilder<ValuePart>();
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
                Flush(literal, parts);
                parts.Add(c == '*' ? WildcardPart.Run : WildcardPart.Character);
            }
            else
            {
                literal.Append(c);
            }
        }

        Flush(literal, parts);
        return new ValueText(parts.ToImmutable());
    }

    /// <summary>
    /// With the wildcards of contains, startswith and endswith: added after parsing, so that a trailing backslash
    /// cannot escape them.
    /// </summary>
    public ValueText Placed(Placement placement) => placement switch
    {
        Placement.Contains => new([WildcardPart.Run, .. Parts, WildcardPart.Run]),
        Placement.StartsWith => new([.. Parts, WildcardPart.Run]),
        Placement.EndsWith => new([WildcardPart.Run, .. Parts]),
        _ => this,
    };

    /// <summary>Whether a text of the domain can contain it: no unpaired surrogate; for a kernel no NUL; for events UTF-8.</summary>
    public bool CanOccur(PolicyDomain domain) => Parts.All(p => p switch
    {
        TextPart text => IsWellFormed(text.Text) && (domain == PolicyDomain.Events || !text.Text.Contains('\0')),
        BytesPart bytes => domain == PolicyDomain.Events ? Utf8.IsValid(bytes.Bytes.AsSpan()) : !bytes.Bytes.Contains((byte)0),
        _ => true,
    });

    /// <summary>The normal form of <see cref="TextPattern"/>.</summary>
    public TextPattern ToPattern(bool caseSensitive)
    {
        var elements = ImmutableArray.CreateBuilder<PatternElement>(Parts.Length);
        var literal = ImmutableArray.CreateBuilder<byte>();
        var run = false;
        foreach (var part in Parts)
        {
            if (part is WildcardPart { Element: AnyRunElement })
            {
                FlushLiteral(literal, elements);
                run = true;
            }
            else if (part is WildcardPart character)
            {
                // Between two literals all `?` come first, then at most one `*`.
                FlushLiteral(literal, elements);
                elements.Add(character.Element);
            }
            else
            {
                if (run)
                {
                    elements.Add(WildcardPart.Run.Element);
                    run = false;
                }

                Append(literal, part);
            }
        }

        FlushLiteral(literal, elements);
        if (run)
        {
            elements.Add(WildcardPart.Run.Element);
        }

        return new TextPattern(elements.ToImmutable(), caseSensitive);
    }

    private static void Append(ImmutableArray<byte>.Builder literal, ValuePart part)
    {
        ReadOnlySpan<byte> bytes = part is TextPart text ? Encoding.UTF8.GetBytes(text.Text) : ((BytesPart)part).Bytes.AsSpan();
        if (!bytes.Contains((byte)0))
        {
            literal.AddRange(bytes);
            return;
        }

        foreach (var value in bytes)
        {
            literal.AddRange(value == 0 ? TextPattern.Nul : [value]);
        }
    }

    private static void FlushLiteral(
        ImmutableArray<byte>.Builder literal, ImmutableArray<PatternElement>.Builder elements)
    {
        if (literal.Count > 0)
        {
            elements.Add(new LiteralElement(literal.ToImmutable()));
            literal.Clear();
        }
    }

    private static void Flush(StringBuilder literal, ImmutableArray<ValuePart>.Builder parts)
    {
        if (literal.Length > 0)
        {
            parts.Add(new TextPart(literal.ToString()));
            literal.Clear();
        }
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                return false;
            }

            i += rune.Utf16SequenceLength - 1;
        }

        return true;
    }
}
