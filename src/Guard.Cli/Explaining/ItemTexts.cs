using System.Text;
using Guard.Policies;
using Guard.Policies.Diagnostics;

namespace Guard.Cli.Explaining;

/// <summary>Selection items as they were written: the line where one begins and the lines of its list, joined.</summary>
internal sealed class ItemTexts
{
    private const int MostCharacters = 120;

    private readonly Dictionary<string, string[]> _lines;

    /// <summary>For the files of a bundle.</summary>
    public ItemTexts(IEnumerable<PolicyFile> files)
        => _lines = files.ToDictionary(
            file => file.Name, file => Encoding.UTF8.GetString(file.Content.Span).Split('\n'), StringComparer.Ordinal);

    /// <summary>The text at a place; its end is cut when it is long.</summary>
    public string At(SourceSpan span)
    {
        if (!_lines.TryGetValue(span.File, out var lines) || span.Line < 1 || span.Line > lines.Length)
        {
            return "";
        }

        var first = lines[span.Line - 1];
        var text = new StringBuilder(From(first, span.Column).Trim());
        var indent = Math.Max(span.Column - 1, 0);
        for (var i = span.Line; i < lines.Length && text.Length < MostCharacters && Continues(lines[i], indent); i++)
        {
            text.Append(' ').Append(lines[i].Trim());
        }

        return text.Length <= MostCharacters ? text.ToString() : text.ToString(0, MostCharacters - 1) + "…";
    }

    /// <summary>A list may stand as deep as its key; anything else of the item stands deeper.</summary>
    private static bool Continues(string line, int indent)
    {
        var text = line.TrimStart(' ');
        var depth = line.Length - text.Length;
        return text.Trim().Length > 0
            && (depth > indent || (depth == indent && text.StartsWith("- ", StringComparison.Ordinal)));
    }

    /// <summary>Columns count characters, of which some are two UTF-16 units.</summary>
    private static string From(string line, int column)
    {
        var offset = 0;
        for (var i = 1; i < column && offset < line.Length; i++)
        {
            offset += char.IsHighSurrogate(line[offset]) ? 2 : 1;
        }

        return line[Math.Min(offset, line.Length)..];
    }
}
