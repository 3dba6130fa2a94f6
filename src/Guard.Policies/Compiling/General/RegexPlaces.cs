using System.Collections.Immutable;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// Where the places of an expression lead. Assertions on the way narrow down what may come next; only what some
/// assertion of the expression asks for is told apart, as each distinction multiplies states.
/// </summary>
internal sealed class RegexPlaces
{
    private readonly RuneNfa _runes;
    private readonly bool _asksWords;
    private readonly bool _asksLineStart;
    private readonly RuneSet[] _sets = new RuneSet[(int)Following.Characters + 1];
    private readonly Dictionary<RegexPlace, RegexMoves> _moves = [];

    public RegexPlaces(RuneNfa runes)
    {
        _runes = runes;
        _asksWords = runes.Asks(Assertion.WordBoundary) || runes.Asks(Assertion.NoWordBoundary);
        _asksLineStart = runes.Asks(Assertion.LineStart);
        var newline = RuneSet.Of('\n', '\n');
        var word = _asksWords ? CharacterClasses.BoundaryWord : RuneSet.Empty;
        var other = RuneSet.All.Except(newline).Except(word);
        for (var kinds = 0; kinds < _sets.Length; kinds++)
        {
            _sets[kinds] = RuneSet.Of([
                .. Part(kinds, Following.Newline, newline), .. Part(kinds, Following.Word, word),
                .. Part(kinds, Following.Other, other)]);
        }
    }

    /// <summary>The sets of characters that assertions tell apart.</summary>
    public IEnumerable<RuneSet> Kinds => _sets.Where(s => !s.IsEmpty);

    public RegexMoves MovesOf(RegexPlace place)
    {
        if (!_moves.TryGetValue(place, out var moves))
        {
            moves = Follow(place);
            _moves.Add(place, moves);
        }

        return moves;
    }

    private static ImmutableArray<(int From, int To)> Part(int kinds, Following kind, RuneSet set)
        => (kinds & (int)kind) != 0 ? set.Ranges : [];

    private RegexMoves Follow(RegexPlace place)
    {
        var start = (place.State, new Promise(place.MustEnd ? Following.End : Following.Any, false));
        var reached = new HashSet<(int State, Promise Promise)> { start };
        var open = new Stack<(int State, Promise Promise)>(reached);
        var targets = new Dictionary<RegexPlace, List<(int, int)>>();
        var accepted = Following.None;
        while (open.TryPop(out var at))
        {
            foreach (var (set, to) in _runes[at.State].Edges)
            {
                AddTargets(targets, set, to, at.Promise);
            }

            if (at.State == _runes.Accept)
            {
                accepted |= Accept(targets, at.Promise);
            }

            foreach (var (assertion, to) in _runes[at.State].Epsilons)
            {
                var narrowed = assertion is { } kind ? Narrow(at.Promise, kind, place.Before) : at.Promise;
                if (narrowed.Next != Following.None && reached.Add((to, narrowed)))
                {
                    open.Push((to, narrowed));
                }
            }
        }

        return accepted == Following.Any
            ? new RegexMoves([], true, false)
            : new RegexMoves(
                [.. targets.Select(t => (RuneSet.Of(t.Value), t.Key))], false, accepted.HasFlag(Following.End));
    }

    /// <summary>What may come next for the expression to hold without more; the rest becomes a target.</summary>
    private Following Accept(Dictionary<RegexPlace, List<(int, int)>> targets, Promise promise)
    {
        if (promise != new Promise(Following.Any, false))
        {
            AddTargets(targets, RuneSet.All, _runes.Accept, promise);
        }

        return promise.ThenEnd ? promise.Next & ~Following.Newline : promise.Next;
    }

    private void AddTargets(
        Dictionary<RegexPlace, List<(int, int)>> targets, RuneSet set, int to, Promise promise)
    {
        var left = promise.Next & Following.Characters;
        foreach (var kind in new[] { Following.Newline, Following.Word, Following.Other })
        {
            if (!left.HasFlag(kind))
            {
                continue;
            }

            // Kinds that lead to the same place go together.
            var place = PlaceBehind(to, kind, promise);
            var together = kind;
            foreach (var more in new[] { Following.Word, Following.Other })
            {
                together |= left.HasFlag(more) && PlaceBehind(to, more, promise) == place ? more : Following.None;
            }

            left &= ~together;
            AddTarget(targets, together == Following.Characters ? set : set.Intersect(_sets[(int)together]), place);
        }
    }

    private static void AddTarget(Dictionary<RegexPlace, List<(int, int)>> targets, RuneSet set, RegexPlace place)
    {
        if (set.IsEmpty)
        {
            return;
        }

        if (!targets.TryGetValue(place, out var ranges))
        {
            targets.Add(place, ranges = []);
        }

        ranges.AddRange(set.Ranges);
    }

    private RegexPlace PlaceBehind(int to, Following kind, Promise promise)
    {
        var before = kind switch
        {
            _ when to == _runes.Accept => Before.Other,
            Following.Newline when _asksLineStart => Before.Newline,
            Following.Word when _asksWords => Before.Word,
            _ => Before.Other,
        };
        return new RegexPlace(to, before, promise.ThenEnd && kind == Following.Newline);
    }

    private static Promise Narrow(Promise promise, Assertion kind, Before before) => kind switch
    {
        Assertion.TextStart => before == Before.Start ? promise : default,
        Assertion.LineStart => before is Before.Start or Before.Newline ? promise : default,
        Assertion.TextEnd => promise with { Next = promise.Next & Following.End },
        Assertion.LineEnd => promise with { Next = promise.Next & (Following.End | Following.Newline) },
        Assertion.LastLineEnd => new Promise(promise.Next & (Following.End | Following.Newline), true),
        _ when before == Before.Unknown => default,
        _ => promise with { Next = promise.Next & Across(before, kind == Assertion.WordBoundary) },
    };

    private static Following Across(Before before, bool boundary)
        => (before == Before.Word) == boundary ? Following.Any & ~Following.Word : Following.Word;

    /// <summary>What assertions have left open.</summary>
    /// <param name="Next">What may come next.</param>
    /// <param name="ThenEnd">If a newline does, the text has to end behind it.</param>
    private readonly record struct Promise(Following Next, bool ThenEnd);
}
