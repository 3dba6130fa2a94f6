using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Which atoms a uid or a kind of access makes hold, as numbers of lists.</summary>
/// <param name="Uids">Ascending by uid.</param>
/// <param name="Accesses">By GUARD_ACCESS_*.</param>
internal sealed record HolderTables(IReadOnlyList<(uint Uid, int List)> Uids, int[] Accesses)
{
    public static HolderTables Build(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
    {
        var byUid = new SortedDictionary<uint, List<int>>();
        var byAccess = Enumerable.Range(0, KernelAbi.Accesses).Select(_ => new List<int>()).ToArray();
        for (var atom = 0; atom < policy.Atoms.Length; atom++)
        {
            Add(policy.Atoms[atom], atom, byUid, byAccess);
        }

        findings.Check(
            BudgetFindings.Uids,
            BudgetFindings.Bundle,
            byUid.Count,
            KernelLimits.UidsMax,
            "GUARD_UIDS_MAX",
            "different users in the policy",
            "name fewer users");
        foreach (var (uid, atoms) in byUid)
        {
            CheckMatches(policy, atoms, $"items that hold for uid {uid} alone", findings);
        }

        foreach (var atoms in byAccess)
        {
            CheckMatches(policy, atoms, "items that hold for one kind of access alone", findings);
        }

        return new HolderTables(
            [.. byUid.Select(u => (u.Key, lists.Intern([.. u.Value])))],
            Array.ConvertAll(byAccess, a => lists.Intern([.. a])));
    }

    private static void Add(
        NormalisedAtom atom, int number, SortedDictionary<uint, List<int>> byUid, List<int>[] byAccess)
    {
        if (atom is NumberAtom { Field: PolicyField.User } users)
        {
            foreach (var uid in users.Ranges.SelectMany(UidsOf))
            {
                if (!byUid.TryGetValue(uid, out var list))
                {
                    byUid.Add(uid, list = []);
                }

                list.Add(number);
            }
        }
        else if (atom is AccessAtom access)
        {
            for (var bit = 0; bit < byAccess.Length; bit++)
            {
                if (((int)access.Kinds >> bit & 1) != 0)
                {
                    byAccess[bit].Add(number);
                }
            }
        }
    }

    /// <summary>One more than the table can hold is enough to be refused.</summary>
    private static IEnumerable<uint> UidsOf(NumberRange range)
        => Enumerable.Range(0, (int)Math.Min((long)range.To - range.From + 1, KernelLimits.UidsMax + 1L))
            .Select(i => range.From + (uint)i);

    /// <summary>Such a list would make every decision about that user fail.</summary>
    private static void CheckMatches(NormalisedPolicy policy, List<int> atoms, string what, BudgetFindings findings)
    {
        if (atoms.Count > KernelLimits.MatchesMax)
        {
            findings.Check(
                BudgetFindings.Matches,
                policy.Atoms[atoms[KernelLimits.MatchesMax]].Span,
                atoms.Count,
                KernelLimits.MatchesMax,
                "GUARD_MATCHES_MAX",
                what,
                "equal items count once: use the same list of values in several rules");
        }
    }
}
