using Guard.Policies.Compiling.General;

namespace Guard.Policies.Compiling;

/// <summary>General patterns that share an automaton.</summary>
/// <param name="Automaton">Of all of them; null: they are one that needs more states than allowed.</param>
/// <param name="Entries">At least one.</param>
internal sealed record GeneralGroup(Dfa? Automaton, IReadOnlyList<GeneralEntry> Entries);

/// <summary>
/// Shares out the patterns that every text must be read for: each group is one more reading, so there should be few,
/// but some unions need more states than all their parts together (counted repetitions, mostly). From small to large,
/// each group takes as many as fit.
/// </summary>
internal sealed class GeneralGroups
{
    /// <summary>States of a group's automaton.</summary>
    public const int StatesMax = 4096;

    /// <summary>Unions that are tried in vain: each costs up to a second. Afterwards every pattern is a group.</summary>
    private const int FailuresMax = 32;

    private readonly List<GeneralEntry> _entries;
    private readonly List<GeneralGroup> _groups = [];
    private int _failures;

    private GeneralGroups(IEnumerable<GeneralEntry> entries) => _entries = [.. entries.OrderBy(e => e.Source.Nfa.Count)];

    public static IReadOnlyList<GeneralGroup> Of(IEnumerable<GeneralEntry> entries)
    {
        var pass = new GeneralGroups(entries);
        for (var first = 0; first < pass._entries.Count;)
        {
            first += pass.AddGroup(first);
        }

        return pass._groups;
    }

    /// <summary>First all that are left, then more and more until it is too many, then fewer and fewer.</summary>
    private int AddGroup(int first)
    {
        var left = _entries.Count - first;
        if (left > 1 && Join(first, left) is { } all)
        {
            return Add(first, left, all);
        }

        var (count, step) = (1, 1);
        var best = Determiniser.Run([_entries[first].Source.Nfa]);
        while (best is not null && step > 0)
        {
            if (count + step < left && Join(first, count + step) is { } more)
            {
                (best, count, step) = (more, count + step, step * 2);
            }
            else
            {
                step /= 2;
            }
        }

        return Add(first, count, best);
    }

    private Dfa? Join(int first, int count)
    {
        if (_failures == FailuresMax)
        {
            return null;
        }

        var joined = Determiniser.Run([.. _entries.Skip(first).Take(count).Select(e => e.Source.Nfa)], StatesMax);
        _failures += joined is null ? 1 : 0;
        return joined;
    }

    private int Add(int first, int count, Dfa? automaton)
    {
        _groups.Add(new GeneralGroup(automaton, _entries.GetRange(first, count)));
        return count;
    }
}
