using System.Collections.Immutable;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// A set of characters as ascending ranges. Characters are code points, surrogates included; a byte that can begin no
/// UTF-8 sequence (80-C1, F5-FF) is the character <see cref="InvalidBase"/> + byte (see TextPattern's remarks).
/// </summary>
internal sealed class RuneSet
{
    /// <summary>Stands for malformed input in complements.</summary>
    public const int InvalidBase = 0x110000;

    /// <summary>The greatest character.</summary>
    public const int Last = InvalidBase + 0xff;

    private RuneSet(ImmutableArray<(int From, int To)> ranges) => Ranges = ranges;

    /// <summary>Nothing.</summary>
    public static RuneSet Empty { get; } = new([]);

    /// <summary>Everything.</summary>
    public static RuneSet All { get; } = new([(0, Last)]);

    /// <summary>Ascending, neither overlapping nor touching.</summary>
    public ImmutableArray<(int From, int To)> Ranges { get; }

    public bool IsEmpty => Ranges.IsEmpty;

    public static RuneSet Of(int from, int to) => new([(from, to)]);

    public static RuneSet Of(IEnumerable<(int From, int To)> ranges)
    {
        var merged = new List<(int From, int To)>();
        foreach (var (from, to) in ranges.OrderBy(r => r.From))
        {
            if (merged.Count > 0 && from <= merged[^1].To + 1)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, to));
            }
            else
            {
                merged.Add((from, to));
            }
        }

        return new([.. merged]);
    }

    public bool Contains(int rune) => Ranges.Any(r => rune >= r.From && rune <= r.To);

    public RuneSet Union(RuneSet other) => Of(Ranges.Concat(other.Ranges));

    public RuneSet Complement()
    {
        var result = ImmutableArray.CreateBuilder<(int, int)>();
        var next = 0;
        foreach (var (from, to) in Ranges)
        {
            if (from > next)
            {
                result.Add((next, from - 1));
            }

            next = to + 1;
        }

        if (next <= Last)
        {
            result.Add((next, Last));
        }

        return new(result.ToImmutable());
    }

    public RuneSet Intersect(RuneSet other)
    {
        var result = ImmutableArray.CreateBuilder<(int, int)>();
        int mine = 0, theirs = 0;
        while (mine < Ranges.Length && theirs < other.Ranges.Length)
        {
            var from = Math.Max(Ranges[mine].From, other.Ranges[theirs].From);
            var to = Math.Min(Ranges[mine].To, other.Ranges[theirs].To);
            if (from <= to)
            {
                result.Add((from, to));
            }

            if (Ranges[mine].To < other.Ranges[theirs].To)
            {
                mine++;
            }
            else
            {
                theirs++;
            }
        }

        return new(result.ToImmutable());
    }

    public RuneSet Except(RuneSet other) => Intersect(other.Complement());
}
