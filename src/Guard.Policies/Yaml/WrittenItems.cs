using System.Text;
using Guard.Policies.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Guard.Policies.Yaml;

/// <summary>
/// The keys of a file with their values, as they were written: what a finding or an explanation shows of an item. Where an
/// item ends only YAML knows: in <c>{a: b, c: d}</c> the comma ends it, elsewhere it is part of the value.
/// </summary>
public sealed class WrittenItems
{
    private readonly string _text;
    private readonly Parser _parser;
    private readonly List<(int Begin, int End)> _places = [];
    private readonly Dictionary<SourceSpan, (int Begin, int End)> _items = [];

    private WrittenItems(string text) => (_text, _parser) = (text, new Parser(new StringReader(text)));

    /// <summary>Those of a file.</summary>
    /// <param name="file">One that compiled; of any other what stands before the mistake.</param>
    public static WrittenItems Of(PolicyFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var bytes = file.Content.Span;
        var text = Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
        var items = new WrittenItems(text);
        try
        {
            items.Read();
        }
        catch (YamlException)
        {
            // The compiler has said what is wrong with it.
        }

        var source = new SourceText(file.Name, text);
        foreach (var place in items._places.OrderBy(place => place.Begin))
        {
            items._items.TryAdd(source.SpanAt(place.Begin), place);
        }

        return items;
    }

    /// <summary>The item that begins at a place, with its line feeds; empty when none does.</summary>
    /// <param name="place">As atoms and findings have it.</param>
    public ReadOnlySpan<char> At(SourceSpan place)
        => _items.TryGetValue(place, out var item) ? _text.AsSpan(item.Begin..item.End).TrimEnd() : [];

    private void Read()
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart && _parser.MoveNext())
            {
                ReadNode();
            }
        }
    }

    /// <summary>Where the node ends. The parser says where a flow collection's bracket begins, and lets block collections go on to what comes after them, comments included.</summary>
    private int ReadNode()
    {
        var node = _parser.Current!;
        var end = (int)node.End.Index;
        switch (node)
        {
            case MappingStart map:
                while (MoveNext() is not MappingEnd)
                {
                    var begin = (int)_parser.Current!.Start.Index;
                    var key = ReadNode();
                    MoveNext();
                    end = Math.Max(key, ReadNode());
                    _places.Add((begin, end));
                }

                return map.Style == MappingStyle.Flow ? (int)_parser.Current!.Start.Index + 1 : end;
            case SequenceStart list:
                while (MoveNext() is not SequenceEnd)
                {
                    end = ReadNode();
                }

                return list.Style == SequenceStyle.Flow ? (int)_parser.Current!.Start.Index + 1 : end;
            default:
                return end;
        }
    }

    private ParsingEvent MoveNext()
        => _parser.MoveNext() && _parser.Current is { } current ? current : throw new YamlException("the text ends too early");
}
