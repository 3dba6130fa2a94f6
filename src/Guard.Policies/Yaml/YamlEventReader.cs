using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Guard.Policies.Yaml;

/// <summary>
/// YAML events to located nodes. Refuses what makes YAML dangerous or ambiguous: explicit tags, merge keys, duplicate
/// keys, keys that are not scalars, deep nesting, too many nodes. An alias counts as what it stands for, so that a few
/// of them cannot become millions; it cannot stand for what contains it. A file with one such finding gives no document
/// at all. Never throws on any text.
/// </summary>
internal sealed class YamlEventReader
{
    /// <summary>Most levels of maps and lists in a document.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most scalars, maps and lists in a file.</summary>
    public const int MaxNodes = 500_000;

    /// <summary>Characters of one text that count as a value more.</summary>
    private const int CharactersPerNode = 256;

    private readonly SourceText _source;
    private readonly DiagnosticBag _bag;
    private readonly Parser _parser;
    private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    private int _nodes;
    private int _deepest;

    private YamlEventReader(SourceText source, DiagnosticBag bag)
    {
        _source = source;
        _bag = bag;
        _parser = new Parser(new StringReader(source.Text));
    }

    /// <summary>The documents that are not empty, or none after a finding.</summary>
    public static ImmutableArray<YamlDocument> Read(SourceText source, DiagnosticBag bag)
    {
        var reader = new YamlEventReader(source, bag);
        try
        {
            return reader.ReadStream();
        }
        catch (RefusedException refused)
        {
            bag.Report(refused.Descriptor, refused.Span, refused.Message);
        }
        catch (YamlException broken)
        {
            ReportBroken(source, broken, bag);
        }
        catch (Exception broken) when (broken is ArgumentException or InvalidOperationException or FormatException
            or IndexOutOfRangeException or OverflowException or InvalidCastException or NullReferenceException)
        {
            // The parser's own mistakes on text that it should have refused. The text is broken either way.
            var span = source.SpanAt(reader._parser.Current?.Start.Index ?? 0);
            bag.Report(DiagnosticCatalogue.BrokenYaml, span, "this is not YAML: the parser gave up after this place");
        }

        return [];
    }

    /// <summary>Of a tab the parser tells where the value began that it ended, and that may be the top of the file.</summary>
    private static void ReportBroken(SourceText source, YamlException broken, DiagnosticBag bag)
    {
        if (broken.Message.Contains(" tab", StringComparison.Ordinal) && IndentingTab(source.Text, (int)broken.Start.Index) is { } tab)
        {
            const string hint = "write blanks: YAML takes no tabs for indentation";
            bag.Report(DiagnosticCatalogue.BrokenYaml, source.SpanAt(tab), "this is not YAML: a tab stands in the indentation of this line", hint);
            return;
        }

        var message = $"this is not YAML: {TerminalText.Escape(broken.Message)}";
        bag.Report(DiagnosticCatalogue.BrokenYaml, source.SpanAt(broken.Start.Index), message);
    }

    /// <summary>
    /// The first tab before the text of a line, in or after the line of a place; if there is none, the first in a line without text.
    /// </summary>
    private static int? IndentingTab(string text, int from) => IndentingTab(text, from, blank: false) ?? IndentingTab(text, from, blank: true);

    private static int? IndentingTab(string text, int from, bool blank)
    {
        for (var line = text.AsSpan(0, Math.Clamp(from, 0, text.Length)).LastIndexOf('\n') + 1; line < text.Length;)
        {
            var end = text.IndexOf('\n', line) is >= 0 and var found ? found : text.Length;
            var indentation = end - line - text.AsSpan(line, end - line).TrimStart(" \t").Length;
            var tab = text.IndexOf('\t', line, indentation);
            if (tab >= 0 && (blank || line + indentation < end))
            {
                return tab;
            }

            line = end + 1;
        }

        return null;
    }

    private ImmutableArray<YamlDocument> ReadStream()
    {
        var documents = ImmutableArray.CreateBuilder<YamlDocument>();
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart)
            {
                _anchors.Clear();
                _parser.MoveNext();
                var root = ReadNode(1);
                if (root is not YamlScalar { IsNull: true })
                {
                    documents.Add(new YamlDocument(_source.Name, root));
                }
            }
        }

        return documents.ToImmutable();
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current;
        if (current is AnchorAlias alias)
        {
            return Resolve(alias, depth);
        }

        if (current is not NodeEvent node)
        {
            throw Refuse(DiagnosticCatalogue.BrokenYaml, "this is not YAML: a value is missing");
        }

        if (!node.Tag.IsEmpty)
        {
            throw Refuse(DiagnosticCatalogue.TagRefused, "an explicit tag (!tag) is not allowed");
        }

        if (depth > MaxDepth && node is not Scalar)
        {
            throw TooDeep();
        }

        var (before, outside) = (_nodes, _deepest);
        Count(1);
        _deepest = depth;
        YamlNode result = node switch
        {
            MappingStart => ReadMapping(depth),
            SequenceStart => ReadSequence(depth),
            _ => ReadScalar((Scalar)node),
        };
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor.Value] = new Anchored(result, _nodes - before, _deepest - depth);
        }

        _deepest = Math.Max(_deepest, outside);
        return result;
    }

    private YamlNode Resolve(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
        {
            var name = TerminalText.Quote(alias.Value.Value);
            var quotes = _anchors.Count == 0 ? "; a value that begins with * needs quotes" : string.Empty;
            throw Refuse(DiagnosticCatalogue.UnknownAlias, $"no value before this one has the anchor {name}{quotes}");
        }

        Count(anchored.Nodes);
        _deepest = Math.Max(_deepest, depth + anchored.Height);
        return _deepest > MaxDepth ? throw TooDeep() : anchored.Node;
    }

    /// <summary>A long text counts as several values.</summary>
    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
        {
            throw Refuse(DiagnosticCatalogue.TooManyNodes, $"the file has more than {MaxNodes} values");
        }
    }

    private RefusedException TooDeep()
        => Refuse(DiagnosticCatalogue.TooDeep, $"maps and lists are nested more than {MaxDepth} levels deep");

    private YamlMapping ReadMapping(int depth)
    {
        var span = Here();
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var keys = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
        while (MoveNext() is not MappingEnd)
        {
            var key = ReadKey(depth, keys);
            MoveNext();
            entries.Add(new YamlEntry(key, ReadNode(depth + 1)));
        }

        return new YamlMapping(span, entries.ToImmutable());
    }

    private YamlScalar ReadKey(int depth, Dictionary<string, SourceSpan> keys)
    {
        if (_parser.Current is MappingStart or SequenceStart)
        {
            throw Refuse(DiagnosticCatalogue.KeyNotScalar, "a key must be text, not a map or a list");
        }

        if (ReadNode(depth + 1) is not YamlScalar key)
        {
            throw Refuse(DiagnosticCatalogue.KeyNotScalar, "a key must be text, not an alias of a map or a list");
        }

        if (key is { Text: "<<", Style: YamlStyle.Plain })
        {
            throw new RefusedException(DiagnosticCatalogue.MergeKeyRefused, key.Span, "a merge key (<<) is not allowed");
        }

        if (!keys.TryAdd(key.Text, key.Span))
        {
            var first = keys[key.Text];
            var message = $"the key {TerminalText.Quote(key.Text)} was already written in line {first.Line}";
            throw new RefusedException(DiagnosticCatalogue.DuplicateKey, key.Span, message);
        }

        return key;
    }

    private YamlSequence ReadSequence(int depth)
    {
        var span = Here();
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (MoveNext() is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlSequence(span, items.ToImmutable());
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        Count(scalar.Value.Length / CharactersPerNode);
        var style = scalar.Style switch
        {
            ScalarStyle.SingleQuoted => YamlStyle.SingleQuoted,
            ScalarStyle.DoubleQuoted => YamlStyle.DoubleQuoted,
            ScalarStyle.Literal => YamlStyle.Literal,
            ScalarStyle.Folded => YamlStyle.Folded,
            _ => YamlStyle.Plain,
        };
        var begin = (int)Math.Clamp(scalar.Start.Index, 0, _source.Text.Length) + (style == YamlStyle.Plain ? 0 : 1);
        var contiguous = style is YamlStyle.Plain or YamlStyle.SingleQuoted or YamlStyle.DoubleQuoted
            && begin <= _source.Text.Length
            && _source.Text.AsSpan(begin).StartsWith(scalar.Value, StringComparison.Ordinal)
            && !scalar.Value.AsSpan().ContainsAny('\n', '\r');
        return new YamlScalar(Here(), scalar.Value, style, contiguous);
    }

    private ParsingEvent MoveNext()
        => _parser.MoveNext() && _parser.Current is { } current and not StreamEnd
            ? current
            : throw Refuse(DiagnosticCatalogue.BrokenYaml, "this is not YAML: the text ends too early");

    private SourceSpan Here() => _source.SpanAt(_parser.Current?.Start.Index ?? 0);

    private RefusedException Refuse(DiagnosticDescriptor descriptor, string message)
        => new(descriptor, Here(), message);

    /// <summary>What an alias can stand for.</summary>
    private sealed record Anchored(YamlNode Node, int Nodes, int Height);

    /// <summary>Leaves the recursion of a file that is refused; never leaves this class.</summary>
    private sealed class RefusedException(DiagnosticDescriptor descriptor, SourceSpan span, string message)
        : Exception(message)
    {
        public DiagnosticDescriptor Descriptor { get; } = descriptor;

        public SourceSpan Span { get; } = span;
    }
}
