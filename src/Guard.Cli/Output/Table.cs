using System.Text;

namespace Guard.Cli.Output;

/// <summary>One field of a row: made safe here, so a caller cannot forget it.</summary>
internal readonly record struct Cell
{
    /// <summary>From any text.</summary>
    public Cell(string? text, Tone tone = Tone.Plain)
    {
        Text = string.IsNullOrEmpty(text) ? "-" : SafeText.Line(text);
        Tone = tone;
    }

    /// <summary>Safe text, never empty.</summary>
    public string Text { get; }

    /// <summary>Its colour.</summary>
    public Tone Tone { get; }

    /// <summary>From any text.</summary>
    public static implicit operator Cell(string? text) => new(text);
}

/// <summary>
/// Rows under headings. On a terminal the columns are aligned and lines are cut at its width; elsewhere fields are
/// separated by one tab and nothing is cut.
/// </summary>
internal sealed class Table
{
    private readonly Terminal _terminal;
    private readonly string[] _headings;
    private readonly int[] _widths;
    private readonly List<Cell[]> _rows = [];

    /// <summary>A table with these headings.</summary>
    public Table(Terminal terminal, params string[] headings)
    {
        _terminal = terminal;
        _headings = headings;
        _widths = [.. headings.Select(heading => heading.Length)];
    }

    /// <summary>Least widths, for tables whose rows come one by one.</summary>
    public Table WithWidths(params ReadOnlySpan<int> widths)
    {
        for (var i = 0; i < widths.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], widths[i]);
        }
        return this;
    }

    /// <summary>Adds a row.</summary>
    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>Writes headings and rows.</summary>
    public void Write()
    {
        foreach (var row in _rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                _widths[i] = Math.Max(_widths[i], row[i].Text.Length);
            }
        }
        WriteHeadings();
        _rows.ForEach(WriteRow);
    }

    /// <summary>Writes the headings alone.</summary>
    public void WriteHeadings() => WriteRow([.. _headings.Select(heading => new Cell(heading, Tone.Bold))]);

    /// <summary>Writes one row at once.</summary>
    public void WriteRow(params Cell[] cells)
    {
        if (!_terminal.IsTerminal)
        {
            _terminal.Out.WriteLine(string.Join('\t', cells.Select(cell => _terminal.Paint(cell.Text, cell.Tone))));
            return;
        }
        var line = new StringBuilder();
        var room = _terminal.Width;
        for (var i = 0; i < cells.Length && room > 0; i++)
        {
            var last = i == cells.Length - 1;
            var text = Cut(cells[i].Text, room);
            line.Append(_terminal.Paint(text, cells[i].Tone));
            room -= text.Length;
            if (!last && room > 0)
            {
                var gap = Math.Min(room, Math.Max(0, _widths[i] - text.Length) + 2);
                line.Append(' ', gap);
                room -= gap;
            }
        }
        _terminal.Out.WriteLine(line.ToString().TrimEnd());
    }

    private static string Cut(string text, int room) => text.Length <= room ? text : text[..Math.Max(0, room - 1)] + "…";
}
