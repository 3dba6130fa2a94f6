using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Which atoms hold for which numbers, as elementary ranges: between two borders nothing changes. Lists are numbers in
/// the pool.
/// </summary>
/// <param name="Ranges">By GUARD_NUMBER_*: ascending, the first from 0; empty when nothing asks.</param>
internal sealed record NumberTables(ImmutableArray<(uint From, int List)>[] Ranges)
{
    public static NumberTables Build(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
    {
        var tables = new ImmutableArray<(uint From, int List)>[KernelAbi.Numbers];
        for (var number = 0; number < tables.Length; number++)
        {
            tables[number] = BuildOne(policy, number, lists, findings);
        }

        return new NumberTables(tables);
    }

    private static int NumberOf(PolicyField field) => field == PolicyField.LogonId ? KernelAbi.NumberLogon : KernelAbi.NumberUid;

    private static ImmutableArray<(uint From, int List)> BuildOne(
        NormalisedPolicy policy, int number, ListPool lists, BudgetFindings findings)
    {
        var changes = new SortedDictionary<uint, List<int>> { [0] = [] };
        for (var atom = 0; atom < policy.Atoms.Length; atom++)
        {
            if (policy.Atoms[atom] is NumberAtom numbers && NumberOf(numbers.Field) == number)
            {
                foreach (var (from, to) in numbers.Ranges)
                {
                    Change(changes, from, atom);
                    if (to < uint.MaxValue)
                    {
                        Change(changes, to + 1, atom);
                    }
                }
            }
        }

        if (changes.Count == 1 && changes[0].Count == 0)
        {
            return [];
        }

        findings.Check(
            BudgetFindings.Uids,
            BudgetFindings.Bundle,
            changes.Count,
            KernelLimits.RangesMax,
            "GUARD_RANGES_MAX",
            "borders between numbers (a single number has two)",
            "name fewer numbers, or ranges of them");
        return Sweep(policy, changes, lists, findings);
    }

    private static ImmutableArray<(uint From, int List)> Sweep(
        NormalisedPolicy policy, SortedDictionary<uint, List<int>> changes, ListPool lists, BudgetFindings findings)
    {
        var holding = new SortedSet<int>();
        var ranges = ImmutableArray.CreateBuilder<(uint, int)>(changes.Count);
        foreach (var (from, atoms) in changes)
        {
            foreach (var atom in atoms.Where(a => !holding.Remove(a)).ToList())
            {
                holding.Add(atom);
            }

            findings.CheckMatches(
                policy,
                holding,
                $"items that hold for the number {from} alone",
                "equal items count once: use the same list of values in several rules");
            ranges.Add((from, lists.Intern([.. holding])));
        }

        return ranges.ToImmutable();
    }

    /// <summary>An atom that changes twice at one place does not change.</summary>
    private static void Change(SortedDictionary<uint, List<int>> changes, uint at, int atom)
    {
        if (!changes.TryGetValue(at, out var list))
        {
            changes.Add(at, list = []);
        }

        if (!list.Remove(atom))
        {
            list.Add(atom);
        }
    }
}
