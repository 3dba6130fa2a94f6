using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Which atoms a kind of access makes hold.</summary>
internal static class AccessTables
{
    /// <summary>By GUARD_ACCESS_*, as numbers of lists.</summary>
    public static int[] Build(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
    {
        var byAccess = Enumerable.Range(0, KernelAbi.Accesses).Select(_ => new List<int>()).ToArray();
        for (var atom = 0; atom < policy.Atoms.Length; atom++)
        {
            if (policy.Atoms[atom] is AccessAtom access)
            {
                for (var bit = 0; bit < byAccess.Length; bit++)
                {
                    if (((int)access.Kinds >> bit & 1) != 0)
                    {
                        byAccess[bit].Add(atom);
                    }
                }
            }
        }

        foreach (var atoms in byAccess)
        {
            findings.CheckMatches(
                policy,
                atoms,
                "items that hold for one kind of access alone",
                "equal items count once: use the same list of values in several rules");
        }

        return Array.ConvertAll(byAccess, a => lists.Intern([.. a]));
    }
}
