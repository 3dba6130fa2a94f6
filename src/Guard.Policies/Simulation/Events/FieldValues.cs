namespace Guard.Policies.Simulation.Events;

/// <summary>
/// The values that an event gives the fields of a policy. Reused from event to event; for one thread.
/// </summary>
internal sealed class FieldValues
{
    private readonly FieldNames _names;
    private readonly Field[] _fields;
    private byte[] _path = new byte[256];
    private Value[] _values = new Value[64];
    private int _valuesUsed;
    private SigmaEvent? _event;

    /// <summary>For the fields of one policy.</summary>
    public FieldValues(FieldNames names)
    {
        _names = names;
        _fields = new Field[names.Count];
    }

    /// <summary>Reads an event.</summary>
    public void Read(SigmaEvent @event)
    {
        _event = @event;
        _valuesUsed = 0;
        Array.Fill(_fields, new Field(int.MaxValue, false, -1, -1));
        VisitProperties(0, 0, 0);
    }

    /// <summary>Whether the event has the field, whatever its value.</summary>
    public bool IsPresent(int field) => _fields[field].Depth != int.MaxValue;

    /// <summary>Whether the field is absent, or null, or null is among its values.</summary>
    public bool IsNull(int field) => !IsPresent(field) || _fields[field].HasNull;

    /// <summary>The first value of a field, or -1.</summary>
    public int First(int field) => _fields[field].First;

    /// <summary>The value after a value of the same field, or -1.</summary>
    public int Next(int value) => _values[value].Next;

    /// <summary>The bytes of a value.</summary>
    public ReadOnlyMemory<byte> Text(int value) => _event!.Text(_event.Nodes[_values[value].Node]);

    /// <param name="parent">An object.</param>
    /// <param name="pathLength">How much of the path leads to it, the last dot included.</param>
    /// <param name="depth">Objects between the event and the properties.</param>
    private void VisitProperties(int parent, int pathLength, int depth)
    {
        var nodes = _event!.Nodes;
        for (var at = parent + 1; at < nodes[parent].End; at = nodes[at].End)
        {
            ref readonly var node = ref nodes[at];
            if (node.Kind != EventNodeKind.Reserved)
            {
                Visit(at, Append(pathLength, _event.Name(node)), depth);
            }
        }
    }

    private void Visit(int at, int pathLength, int depth)
    {
        if (!_names.TryFind(_path.AsSpan(0, pathLength), out var number, out var leadsOn))
        {
            return;
        }

        if (number >= 0 && depth <= _fields[number].Depth)
        {
            if (depth < _fields[number].Depth)
            {
                _fields[number] = new Field(depth, false, -1, -1);
            }

            AddValues(ref _fields[number], at);
        }

        if (leadsOn)
        {
            VisitObjects(at, Append(pathLength, "."u8), depth + 1);
        }
    }

    /// <summary>An array of objects gives a field the values of all of them.</summary>
    private void VisitObjects(int at, int pathLength, int depth)
    {
        var nodes = _event!.Nodes;
        if (nodes[at].Kind == EventNodeKind.Object)
        {
            VisitProperties(at, pathLength, depth);
        }
        else if (nodes[at].Kind == EventNodeKind.Array)
        {
            for (var element = at + 1; element < nodes[at].End; element = nodes[element].End)
            {
                VisitObjects(element, pathLength, depth);
            }
        }
    }

    private int Append(int pathLength, ReadOnlySpan<byte> text)
    {
        var length = pathLength + text.Length;
        if (length > _path.Length)
        {
            Array.Resize(ref _path, Math.Max(length, _path.Length * 2));
        }

        text.CopyTo(_path.AsSpan(pathLength));
        return length;
    }

    /// <summary>An object has no value of its own.</summary>
    private void AddValues(ref Field field, int at)
    {
        var nodes = _event!.Nodes;
        switch (nodes[at].Kind)
        {
            case EventNodeKind.Text:
                AddValue(ref field, at);
                break;
            case EventNodeKind.Null:
                field.HasNull = true;
                break;
            case EventNodeKind.Array:
                for (var element = at + 1; element < nodes[at].End; element = nodes[element].End)
                {
                    AddValues(ref field, element);
                }

                break;
            default:
                break;
        }
    }

    private void AddValue(ref Field field, int node)
    {
        if (_valuesUsed == _values.Length)
        {
            Array.Resize(ref _values, _values.Length * 2);
        }

        var number = _valuesUsed++;
        _values[number] = new Value(node, -1);
        if (field.First < 0)
        {
            field.First = number;
        }
        else
        {
            _values[field.Last].Next = number;
        }

        field.Last = number;
    }

    private record struct Field(int Depth, bool HasNull, int First, int Last);

    private record struct Value(int Node, int Next);
}
