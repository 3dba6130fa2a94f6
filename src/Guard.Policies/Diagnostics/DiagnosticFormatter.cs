using System.Globalization;
using System.Text;

namespace Guard.Policies.Diagnostics;

/// <summary>Findings as text for a terminal: position, id, message, the line with a caret, the hint.</summary>
public sealed class DiagnosticFormatter
{
    private const int MaxExcerpt = 160;
    private readonly Dictionary<string, SourceText> _sources = new(StringComparer.Ordinal);

    /// <summary>Takes the files that excerpts are cut from.</summary>
    /// <param name="files">The bundle that was compiled.</param>
    public DiagnosticFormatter(IEnumerable<PolicyFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var file in files)
        {
            _sources.TryAdd(file.Name, new SourceText(file.Name, Encoding.UTF8.GetString(file.Content.Span)));
        }
    }

    /// <summary>One finding, two to four lines, each ended by a line feed. No character of it is a terminal control.</summary>
    /// <param name="diagnostic">The finding.</param>
    /// <returns>Text for a terminal.</returns>
    public string Format(Diagnostic diagnostic)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        var text = new StringBuilder();
        var severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        var where = TerminalText.Escape(diagnostic.Span.ToString());
        var message = TerminalText.Escape(diagnostic.Message);
        text.Append(CultureInfo.InvariantCulture, $"{where}: {severity} {diagnostic.Id}: {message}\n");
        AppendExcerpt(text, diagnostic.Span);
        if (diagnostic.Hint is { } hint)
        {
            text.Append(CultureInfo.InvariantCulture, $"  hint: {TerminalText.Escape(hint)}\n");
        }

        return text.ToString();
    }

    private void AppendExcerpt(StringBuilder text, SourceSpan span)
    {
        if (span.Line == 0 || span.Column == 0 || !_sources.TryGetValue(span.File, out var source))
        {
            return;
        }

        var line = source.Line(span.Line);
        var caret = SourceText.Utf16Offset(line, span.Column);
        var start = Math.Max(0, caret - MaxExcerpt / 2);
        var before = TerminalText.Escape(line[start..caret]);
        var after = TerminalText.Escape(line[caret..Math.Min(line.Length, start + MaxExcerpt)]);
        text.Append(CultureInfo.InvariantCulture, $"  | {before}{after}\n  | {new string(' ', before.Length)}^\n");
    }
}
