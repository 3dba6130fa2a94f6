using System.Text;
using System.Text.Json;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>Reads one event. A new one for each.</summary>
internal sealed class SigmaEventReader
{
    /// <summary>Up to here, looking through the properties is quicker than hashing them.</summary>
    private const int FewProperties = 24;

    /// <summary>One byte more than the longest name that is reserved, so that no longer name is taken for it.</summary>
    private const int LongestReserved = 10;

    private readonly Stack<OpenNode> _open = new();
    private byte[] _texts = [];
    private int _textsUsed;
    private EventNode[] _nodes = new EventNode[32];
    private int _nodesUsed;
    private (int Start, int Length) _name;
    private string? _category;
    private string? _product;
    private string? _service;
    private string? _id;

    /// <exception cref="JsonException">It is no event; without a position, the message is meant for people.</exception>
    public SigmaEvent Read(ReadOnlySpan<byte> json)
    {
        _texts = new byte[json.Length];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = SigmaEvent.MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an event is a JSON object, alone on its line (jq -c '.[]' makes lines of an array)");
        }

        do
        {
            Take(ref reader);
        }
        while (reader.Read());

        var source = (_category ?? _product ?? _service) is null
            ? RuleLogSource.Any
            : new RuleLogSource(_category, _product, _service);
        return new SigmaEvent(_texts, _nodes[.._nodesUsed], source, _id);
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _name = TakeName(reader.ValueSpan);
                break;
            case JsonTokenType.StartObject:
            case JsonTokenType.StartArray:
                var kind = reader.TokenType == JsonTokenType.StartObject ? EventNodeKind.Object : EventNodeKind.Array;
                _open.Push(new OpenNode(Add(kind), kind == EventNodeKind.Object));
                break;
            case JsonTokenType.EndObject:
            case JsonTokenType.EndArray:
                if (_open.Count == 1)
                {
                    TakeReserved();
                }

                _nodes[_open.Pop().Node].End = _nodesUsed;
                break;
            case JsonTokenType.Null:
                Add(EventNodeKind.Null);
                break;
            default:
                AddText(ref reader);
                break;
        }
    }

    private int Add(EventNodeKind kind)
    {
        if (_nodesUsed == _nodes.Length)
        {
            Array.Resize(ref _nodes, _nodes.Length * 2);
        }

        var number = _nodesUsed++;
        _nodes[number] = new EventNode { Kind = kind, End = _nodesUsed, Previous = -1 };
        if (_open.TryPeek(out var parent) && parent.IsObject)
        {
            (_nodes[number].NameStart, _nodes[number].NameLength) = _name;
            _nodes[number].Previous = parent.Last;
            parent.Last = number;
            parent.Count++;
        }

        return number;
    }

    private void AddText(ref Utf8JsonReader reader)
    {
        var number = Add(EventNodeKind.Text);
        var raw = reader.ValueSpan;
        var target = Room(Math.Max(raw.Length, NumberText.MaxLength));
        var length = reader.TokenType == JsonTokenType.Number
            ? NumberText.Write(raw, target)
            : EventText.Unescape(raw, target);
        _nodes[number].Token = reader.TokenType;
        (_nodes[number].TextStart, _nodes[number].TextLength) = (_textsUsed, length);
        _textsUsed += length;
    }

    private Span<byte> Room(int length)
    {
        if (_texts.Length - _textsUsed < length)
        {
            Array.Resize(ref _texts, checked((_texts.Length * 2) + length));
        }

        return _texts.AsSpan(_textsUsed);
    }

    private (int Start, int Length) TakeName(ReadOnlySpan<byte> raw)
    {
        var name = (Start: _textsUsed, Length: EventText.Unescape(raw, Room(raw.Length)));
        _textsUsed += name.Length;
        if (IsKnown(_open.Peek(), name))
        {
            var text = EventText.Decode(Bytes(name.Start, name.Length));
            throw new JsonException($"the property '{Shortened(text)}' stands twice in one object");
        }

        return name;
    }

    private bool IsKnown(OpenNode parent, (int Start, int Length) name)
    {
        if (parent.Count >= FewProperties)
        {
            parent.Names ??= NamesOf(parent);
            return !parent.Names.Add(Convert.ToHexString(Bytes(name.Start, name.Length)));
        }

        for (var at = parent.Last; at >= 0; at = _nodes[at].Previous)
        {
            if (Bytes(_nodes[at].NameStart, _nodes[at].NameLength).SequenceEqual(Bytes(name.Start, name.Length)))
            {
                return true;
            }
        }

        return false;
    }

    private HashSet<string> NamesOf(OpenNode parent)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = parent.Last; at >= 0; at = _nodes[at].Previous)
        {
            names.Add(Convert.ToHexString(Bytes(_nodes[at].NameStart, _nodes[at].NameLength)));
        }

        return names;
    }

    private Span<byte> Bytes(int start, int length) => _texts.AsSpan(start, length);

    /// <summary>What the event says about itself is kept apart from its fields.</summary>
    private void TakeReserved()
    {
        for (var at = _open.Peek().Last; at >= 0; at = _nodes[at].Previous)
        {
            switch (Encoding.UTF8.GetString(Bytes(_nodes[at].NameStart, Math.Min(_nodes[at].NameLength, LongestReserved))))
            {
                case "_category":
                    _category = TakeWord(at, "_category");
                    break;
                case "_product":
                    _product = TakeWord(at, "_product");
                    break;
                case "_service":
                    _service = TakeWord(at, "_service");
                    break;
                case "_id":
                    TakeId(at);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>A string; null is as if it were not there.</summary>
    private string? TakeWord(int at, string name)
    {
        var node = _nodes[at];
        _nodes[at].Kind = EventNodeKind.Reserved;
        return node switch
        {
            { Kind: EventNodeKind.Null } => null,
            { Kind: EventNodeKind.Text, Token: JsonTokenType.String }
                => EventText.Decode(Bytes(node.TextStart, node.TextLength)),
            _ => throw new JsonException($"{name} is no string"),
        };
    }

    private void TakeId(int at)
    {
        var node = _nodes[at];
        _nodes[at].Kind = EventNodeKind.Reserved;
        var text = EventText.Decode(Bytes(node.TextStart, node.TextLength));
        _id = node switch
        {
            { Kind: EventNodeKind.Null } => null,
            { Kind: EventNodeKind.Text, Token: JsonTokenType.String } => $"\"{JsonEncodedText.Encode(text)}\"",
            { Kind: EventNodeKind.Text, Token: JsonTokenType.Number } => text,
            _ => throw new JsonException("_id is neither a string nor a number"),
        };
    }

    private static string Shortened(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "…");

    /// <summary>An object or array that has not ended.</summary>
    private sealed class OpenNode(int node, bool isObject)
    {
        public int Node { get; } = node;

        public bool IsObject { get; } = isObject;

        /// <summary>Its last property, or -1.</summary>
        public int Last { get; set; } = -1;

        /// <summary>How many properties it has.</summary>
        public int Count { get; set; }

        /// <summary>Their names, once there are many.</summary>
        public HashSet<string>? Names { get; set; }
    }
}
