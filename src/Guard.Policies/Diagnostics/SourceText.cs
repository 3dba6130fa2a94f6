namespace Guard.Policies.Diagnostics;

/// <summary>The text of one file with an index of its lines. Lines end as in YAML: LF, CR, CR LF, NEL, LS, PS.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    public SourceText(string name, string text)
    {
        Name = name;
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\r' && i + 1 < text.Length && text[i + 1] == '\n')
            {
                continue;
            }

            if (c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>The position of a UTF-16 index as people count it.</summary>
    public SourceSpan SpanAt(long index)
    {
        var offset = (int)Math.Clamp(index, 0, Text.Length);
        var found = _lineStarts.BinarySearch(offset);
        var line = found >= 0 ? found : ~found - 1;
        return new SourceSpan(Name, line + 1, CountCharacters(_lineStarts[line], offset) + 1);
    }

    /// <summary>Line <paramref name="number"/> (from 1) without its end; empty when there is no such line.</summary>
    public string Line(int number)
    {
        if (number < 1 || number > _lineStarts.Count)
        {
            return string.Empty;
        }

        var end = number < _lineStarts.Count ? _lineStarts[number] : Text.Length;
        return Text[_lineStarts[number - 1]..end].TrimEnd('\n', '\r', '\u0085', '\u2028', '\u2029');
    }

    /// <summary>Where in a line the character number <paramref name="column"/> (from 1) begins.</summary>
    public static int Utf16Offset(string line, int column)
    {
        var offset = 0;
        for (var i = 1; i < column && offset < line.Length; i++)
        {
            offset += offset + 1 < line.Length && char.IsSurrogatePair(line[offset], line[offset + 1]) ? 2 : 1;
        }

        return offset;
    }

    private int CountCharacters(int start, int end)
    {
        var count = 0;
        for (var i = start; i < end; i++)
        {
            count += char.IsLowSurrogate(Text[i]) ? 0 : 1;
        }

        return count;
    }
}
