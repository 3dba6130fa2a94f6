namespace Guard.Policies.Compiling.General;

/// <summary>
/// An expression as an automaton over bytes that searches: what may begin anywhere does. Places (<c>^ $ \b</c>) are
/// resolved by the kind of the character before, which is part of the state, and the kind of the next, on which the
/// edges are split.
/// </summary>
internal sealed class RegexNfa
{
    private static readonly RuneSet Newline = RuneSet.Of('\n', '\n');
    private readonly RuneNfa _runes;
    private readonly ByteNfa _bytes = new();
    private readonly Utf8Edges _edges;
    private readonly Dictionary<(int State, Kind Before), int> _numbers = [];
    private readonly Queue<(int State, Kind Before)> _open = new();
    private readonly (Kind Kind, RuneSet Set)[] _kinds;
    private readonly int _holds;

    /// <summary>States of the search in the middle of a character, and the state of the search behind what is no word.</summary>
    private readonly List<int> _malformed = [];
    private int _other = -1;

    private RegexNfa(RuneNfa runes)
    {
        _runes = runes;
        _edges = new Utf8Edges(_bytes);
        _holds = _bytes.Add();
        _bytes[_holds].Holds = true;
        _bytes.Edge(_holds, 0, 255, _holds);
        _kinds = KindsOf(runes);
    }

    /// <summary>What stands before or behind a place.</summary>
    private enum Kind
    {
        Nothing,
        Newline,
        Word,
        Other,
    }

    /// <exception cref="RegexSyntaxException">It needs too many states.</exception>
    public static ByteNfa Build(RegexNode tree)
    {
        var builder = new RegexNfa(RuneNfa.Build(tree));
        if (builder._kinds.Any(k => k.Kind == Kind.Word))
        {
            builder.SearchByCharacter();
        }
        else
        {
            builder.SearchByByte();
        }

        builder.Expand();
        return builder._bytes;
    }

    /// <summary>Only kinds that some place of the expression asks for: each multiplies states.</summary>
    private static (Kind Kind, RuneSet Set)[] KindsOf(RuneNfa runes)
    {
        var words = runes.Asks(Assertion.WordBoundary) || runes.Asks(Assertion.NoWordBoundary);
        var lines = runes.Asks(Assertion.LineStart) || runes.Asks(Assertion.LineEnd);
        var kinds = new List<(Kind, RuneSet)>();
        var other = RuneSet.All;
        if (lines)
        {
            kinds.Add((Kind.Newline, Newline));
            other = other.Except(Newline);
        }

        if (words)
        {
            kinds.Add((Kind.Word, CharacterClasses.Word));
            other = other.Except(CharacterClasses.Word);
        }

        kinds.Add((Kind.Other, other));
        return [.. kinds];
    }

    private void SearchByByte()
    {
        var begin = _bytes.Add();
        var search = _bytes.Add();
        var line = _kinds[0].Kind == Kind.Newline ? _bytes.Add() : search;
        foreach (var from in new[] { begin, search, line }.Distinct())
        {
            _bytes.Edge(from, 0, '\n' - 1, search);
            _bytes.Edge(from, '\n', '\n', line);
            _bytes.Edge(from, '\n' + 1, 255, search);
        }

        _bytes.Epsilon(begin, Number(_runes.Start, Kind.Nothing));
        _bytes.Epsilon(search, Number(_runes.Start, Kind.Other));
        if (line != search)
        {
            _bytes.Epsilon(line, Number(_runes.Start, Kind.Newline));
        }

        _bytes.Anchored = begin;
        _bytes.Floating = FloatingOf(search, line);
    }

    /// <summary>Behind a cut the character before is not known where that matters: the first one is passed over.</summary>
    private int FloatingOf(int search, int line)
    {
        if (line == search)
        {
            return search;
        }

        var unknown = _bytes.Add();
        _bytes.Edge(unknown, 0, '\n' - 1, search);
        _bytes.Edge(unknown, '\n', '\n', line);
        _bytes.Edge(unknown, '\n' + 1, 255, search);
        return unknown;
    }

    /// <summary>
    /// The search itself has to know what stood before, so it goes by characters; bytes that make none are passed
    /// like one that is no word.
    /// </summary>
    private void SearchByCharacter()
    {
        var unknown = _bytes.Add();
        var begin = _bytes.Add();
        var search = _kinds.Select(k => (k.Kind, State: _bytes.Add(), k.Set)).ToArray();
        _bytes.Epsilon(begin, Number(_runes.Start, Kind.Nothing));
        foreach (var (kind, state, _) in search)
        {
            _bytes.Epsilon(state, Number(_runes.Start, kind));
        }

        var other = search[^1].State;
        var edges = new Utf8Edges(_bytes);
        foreach (var from in search.Select(s => s.State).Append(begin).Append(unknown))
        {
            foreach (var (_, to, set) in search)
            {
                edges.Add(from, set, to);
            }
        }

        foreach (var state in edges.Between.ToArray())
        {
            _bytes.Edge(state, 0x00, 0x7f, other);
            _bytes.Edge(state, 0xc0, 0xff, other);
            _malformed.Add(state);
        }

        _other = other;
        _bytes.Anchored = begin;
        _bytes.Floating = unknown;
    }

    private int Number(int state, Kind before)
    {
        var key = (state, _runes.HasAssertions ? before : Kind.Other);
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _bytes.Add();
            _numbers.Add(key, number);
            _open.Enqueue(key);
        }

        return number;
    }

    private void Expand()
    {
        while (_open.TryDequeue(out var key))
        {
            ExpandOne(key.State, key.Before, _numbers[key]);
        }

        // A character that broke off may be followed by the first of a match.
        foreach (var state in _malformed)
        {
            foreach (var (low, high, to) in Reachable(_other))
            {
                AddOutside(state, low, Math.Min(high, (byte)0x7f), to);
                AddOutside(state, Math.Max(low, (byte)0xc0), high, to);
            }
        }
    }

    private void AddOutside(int from, byte low, byte high, int to)
    {
        if (low <= high)
        {
            _bytes.Edge(from, low, high, to);
        }
    }

    private List<(byte Low, byte High, int To)> Reachable(int state)
        => [.. _bytes[state].Edges, .. _bytes[state].Epsilons.SelectMany(e => _bytes[e].Edges)];

    private void ExpandOne(int state, Kind before, int number)
    {
        var acceptsAlways = true;
        foreach (var (kind, set) in _kinds)
        {
            var closure = Closure(state, before, kind);
            if (closure.Contains(_runes.Accept))
            {
                _edges.Add(number, set, _holds);
                continue;
            }

            acceptsAlways = false;
            foreach (var reached in closure)
            {
                ExpandEdges(reached, kind, set, number);
            }
        }

        var atEnd = Closure(state, before, Kind.Nothing).Contains(_runes.Accept);
        _bytes[number].HoldsAtEnd = atEnd;
        if (acceptsAlways && atEnd)
        {
            _bytes.Epsilon(number, _holds);
        }
    }

    private void ExpandEdges(int reached, Kind kind, RuneSet kindSet, int number)
    {
        foreach (var (set, to) in _runes[reached].Edges)
        {
            var part = set.Intersect(kindSet);
            if (!part.IsEmpty)
            {
                _edges.Add(number, part, Number(to, kind));
            }
        }

        if (_runes[reached].TakesMalformed && kind == Kind.Other)
        {
            _bytes.Edge(number, 0x80, 0xff, Number(reached, Kind.Other));
        }
    }

    private HashSet<int> Closure(int state, Kind before, Kind behind)
    {
        var reached = new HashSet<int> { state };
        var open = new Stack<int>(reached);
        while (open.TryPop(out var next))
        {
            foreach (var (place, to) in _runes[next].Epsilons)
            {
                if ((place is null || Holds(place.Value, before, behind)) && reached.Add(to))
                {
                    open.Push(to);
                }
            }
        }

        return reached;
    }

    private static bool Holds(Assertion place, Kind before, Kind behind) => place switch
    {
        Assertion.TextStart => before == Kind.Nothing,
        Assertion.TextEnd => behind == Kind.Nothing,
        Assertion.LineStart => before is Kind.Nothing or Kind.Newline,
        Assertion.LineEnd => behind is Kind.Nothing or Kind.Newline,
        Assertion.WordBoundary => (before == Kind.Word) != (behind == Kind.Word),
        Assertion.NoWordBoundary => (before == Kind.Word) == (behind == Kind.Word),
        _ => throw new ArgumentOutOfRangeException(nameof(place)),
    };
}
