namespace Guard.Policies.Compiling.General;

/// <summary>
/// Sets of characters as bytes, before they lead anywhere. A shape is what may follow after some bytes of a
/// character; equal shapes have one number.
/// </summary>
internal sealed class Utf8Shapes
{
    /// <summary>The shape after the last byte.</summary>
    public const int Complete = 0;

    private readonly int?[] _full = new int?[4];
    private readonly List<Step[]> _shapes = [[]];
    private readonly Dictionary<Step[], int> _numbers = new(new SameContent<Step>());
    private readonly Dictionary<RuneSet, Step[]> _leads = [];

    /// <summary>What a shape takes.</summary>
    public IReadOnlyList<Step> this[int shape] => _shapes[shape];

    /// <summary>First bytes of the set's characters; NUL, which no text has, is not among them.</summary>
    public IReadOnlyList<Step> Leads(RuneSet set)
    {
        if (!_leads.TryGetValue(set, out var leads))
        {
            leads = [.. Ascii(set), .. Longer(set, 2, 0xc0, 2), .. Longer(set, 3, 0xe0, 0), .. Longer(set, 4, 0xf0, 0)];
            _leads.Add(set, leads);
        }

        return leads;
    }

    private static IEnumerable<Step> Ascii(RuneSet set)
        => set.Intersect(RuneSet.Of(1, 0x7f)).Ranges.Select(r => new Step((byte)r.From, (byte)r.To, Complete));

    /// <param name="set">Of characters.</param>
    /// <param name="length">Bytes of a sequence.</param>
    /// <param name="lead">The first byte without a payload.</param>
    /// <param name="least">The least payload of a first byte: C0 and C1 begin nothing.</param>
    private List<Step> Longer(RuneSet set, int length, int lead, int least)
    {
        var (first, last, payload) = length switch
        {
            2 => (0x80, 0x7ff, 0x800),
            3 => (0x800, 0xffff, 0x10000),
            _ => (0x10000, 0x10ffff, 0x140000),
        };
        var values = set.Intersect(RuneSet.Of(first, last));
        if (set.HasInvalid && length > 2)
        {
            values = values.Union(RuneSet.Of(0, first - 1));
            values = last + 1 < payload ? RuneSet.Of(values.Ranges.Append((last + 1, payload - 1))) : values;
        }

        return Split(values.Ranges, length - 1, least, payload >> (6 * (length - 1)), lead);
    }

    /// <summary>By the payload of the next byte; neighbours with the same rest become one step.</summary>
    private List<Step> Split(IReadOnlyList<(int From, int To)> values, int bytesAfter, int least, int end, int lead)
    {
        var steps = new List<Step>();
        var size = 1 << (6 * bytesAfter);
        var next = 0;
        for (var digit = least; digit < end; digit++)
        {
            var low = digit * size;
            while (next < values.Count && values[next].To < low)
            {
                next++;
            }

            if (RestOf(values, next, low, bytesAfter) is not { } rest)
            {
                continue;
            }

            var value = (byte)(lead + digit);
            if (steps.Count > 0 && steps[^1].Rest == rest && steps[^1].High == value - 1)
            {
                steps[^1] = steps[^1] with { High = value };
            }
            else
            {
                steps.Add(new Step(value, value, rest));
            }
        }

        return steps;
    }

    /// <summary>The shape of the values from one place on, as far as the following bytes tell them apart; null: none.</summary>
    private int? RestOf(IReadOnlyList<(int From, int To)> values, int from, int low, int bytesAfter)
    {
        var size = 1 << (6 * bytesAfter);
        var inside = new List<(int, int)>();
        for (var i = from; i < values.Count && values[i].From < low + size; i++)
        {
            inside.Add((Math.Max(values[i].From - low, 0), Math.Min(values[i].To - low, size - 1)));
        }

        if (inside.Count == 0 || bytesAfter == 0)
        {
            return inside.Count == 0 ? null : Complete;
        }

        // Most blocks are full, and their shape need not be built to be known.
        var isFull = inside is [(0, var to)] && to == size - 1;
        if (isFull && _full[bytesAfter] is { } known)
        {
            return known;
        }

        var number = NumberOf([.. Split(inside, bytesAfter - 1, 0, 64, 0x80)]);
        _full[bytesAfter] = isFull ? number : _full[bytesAfter];
        return number;
    }

    private int NumberOf(Step[] steps)
    {
        if (!_numbers.TryGetValue(steps, out var number))
        {
            number = _shapes.Count;
            _shapes.Add(steps);
            _numbers.Add(steps, number);
        }

        return number;
    }

    /// <summary>A range of bytes and the shape behind it.</summary>
    internal readonly record struct Step(byte Low, byte High, int Rest);
}
