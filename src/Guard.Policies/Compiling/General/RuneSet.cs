using System.Collections.Immutable;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// A set of characters as ascending ranges. Characters are code points, surrogates included, and one more,
/// <see cref="Invalid"/>, that stands for all bytes that make no code point.
/// </summary>
internal sealed class RuneSet : IEquatable<RuneSet>
{
    /// <summary>Malformed input: in complements and in <see cref="All"/>, in no class of characters.</summary>
    public const int Invalid = 0x110000;

    private RuneSet(ImmutableArray<(int From, int To)> ranges) => Ranges = ranges;

    /// <summary>Nothing.</summary>
    public static RuneSet Empty { get; } = new([]);

    /// <summary>Everything.</summary>
    public static RuneSet All { get; } = new([(0, Invalid)]);

    /// <summary>Ascending, neither overlapping nor touching.</summary>
    public ImmutableArray<(int From, int To)> Ranges { get; }

    public bool IsEmpty => Ranges.IsEmpty;

    public bool HasInvalid => Ranges is [.., (_, Invalid)];

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

    public bool Contains(int rune)
    {
        int low = 0, high = Ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (rune < Ranges[middle].From)
            {
                high = middle - 1;
            }
            else if (rune > Ranges[middle].To)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

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

        if (next <= Invalid)
        {
            result.Add((next, Invalid));
        }

        return new(result.ToImmutable());
    }

    public RuneSet Intersect(RuneSet other)
    {
        var result = ImmutableArray.CreateBuilder<(int, int)>();
        for (int mine = 0, theirs = 0; mine < Ranges.Length && theirs < other.Ranges.Length;)
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

    public bool Equals(RuneSet? other) => other is not null && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as RuneSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var range in Ranges)
        {
            hash.Add(range);
        }

        return hash.ToHashCode();
    }
}
