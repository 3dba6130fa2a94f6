using System.Collections.Immutable;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Yaml;

/// <summary>How a scalar was written. Only plain scalars can be anything but text.</summary>
internal enum YamlStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// <summary>A value and where it was written; knows nothing of policy.</summary>
internal abstract record YamlNode(SourceSpan Span);

/// <summary>Text. <paramref name="Contiguous"/>: the text stands in the file as it is, so that a character of it has a column.</summary>
internal sealed record YamlScalar(SourceSpan Span, string Text, YamlStyle Style, bool Contiguous) : YamlNode(Span)
{
    /// <summary>Whether YAML reads it as null.</summary>
    public bool IsNull => Style == YamlStyle.Plain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <summary>Where character <paramref name="offset"/> (UTF-16) of the text stands, or the scalar's start.</summary>
    public SourceSpan SpanOf(int offset)
    {
        if (!Contiguous)
        {
            return Span;
        }

        var characters = Text.Take(offset).Count(c => !char.IsLowSurrogate(c));
        var quote = Style == YamlStyle.Plain ? 0 : 1;
        return Span with { Column = Span.Column + quote + characters };
    }
}

/// <summary>A list.</summary>
internal sealed record YamlSequence(SourceSpan Span, ImmutableArray<YamlNode> Items) : YamlNode(Span);

/// <summary>A map; keys are scalars and differ.</summary>
internal sealed record YamlMapping(SourceSpan Span, ImmutableArray<YamlEntry> Entries) : YamlNode(Span)
{
    public YamlEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key.Text == key);
}

/// <summary>One key of a map and its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>One document of a file.</summary>
internal sealed record YamlDocument(string File, YamlNode Root);

/// <summary>A bundle as text.</summary>
/// <param name="Documents">The documents of its YAML files.</param>
/// <param name="ListFiles">Its other files: one value a line.</param>
internal sealed record BundleText(ImmutableArray<YamlDocument> Documents, ImmutableArray<SourceText> ListFiles);
