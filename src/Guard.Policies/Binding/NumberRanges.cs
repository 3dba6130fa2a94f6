using System.Collections.Immutable;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>Sets of numbers in the form of <see cref="NumberAtom"/>: ascending, neither overlapping nor touching.</summary>
internal static class NumberRanges
{
    /// <summary>The numbers that compare so with <paramref name="bound"/>.</summary>
    public static ImmutableArray<NumberRange> Of(NumberComparison comparison, decimal bound)
    {
        var from = comparison switch
        {
            NumberComparison.Greater => decimal.Floor(bound) + 1,
            NumberComparison.GreaterOrEqual => decimal.Ceiling(bound),
            _ => 0,
        };
        var to = comparison switch
        {
            NumberComparison.Less => decimal.Ceiling(bound) - 1,
            NumberComparison.LessOrEqual => decimal.Floor(bound),
            _ => uint.MaxValue,
        };
        from = Math.Max(from, 0);
        to = Math.Min(to, uint.MaxValue);
        return from <= to ? [new NumberRange((uint)from, (uint)to)] : [];
    }

    /// <summary>What any of the ranges contains.</summary>
    public static ImmutableArray<NumberRange> Union(IEnumerable<NumberRange> ranges)
    {
        var result = new List<NumberRange>();
        foreach (var range in ranges.OrderBy(r => r.From))
        {
            if (result.Count > 0 && (long)range.From <= (long)result[^1].To + 1)
            {
                result[^1] = result[^1] with { To = Math.Max(result[^1].To, range.To) };
            }
            else
            {
                result.Add(range);
            }
        }

        return [.. result];
    }

    /// <summary>What any of the sets contains, or (<paramref name="all"/>) what all do.</summary>
    public static ImmutableArray<NumberRange> Combine(IReadOnlyList<ImmutableArray<NumberRange>> sets, bool all)
        => all ? sets.Aggregate(Intersect) : Union(sets.SelectMany(s => s));

    private static ImmutableArray<NumberRange> Intersect(ImmutableArray<NumberRange> left, ImmutableArray<NumberRange> right)
    {
        var result = ImmutableArray.CreateBuilder<NumberRange>();
        for (int l = 0, r = 0; l < left.Length && r < right.Length;)
        {
            var from = Math.Max(left[l].From, right[r].From);
            var to = Math.Min(left[l].To, right[r].To);
            if (from <= to)
            {
                result.Add(new NumberRange(from, to));
            }

            if (left[l].To < right[r].To)
            {
                l++;
            }
            else
            {
                r++;
            }
        }

        return result.ToImmutable();
    }
}
