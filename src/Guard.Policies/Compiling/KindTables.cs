using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Which atoms a kind of access, or a property of a program, makes hold; as numbers of lists.</summary>
internal static class KindTables
{
    /// <summary>By GUARD_ACCESS_*.</summary>
    public static int[] OfAccess(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
        => Build(policy, KernelAbi.Accesses, atom => atom is AccessAtom access ? (int)access.Kinds : 0, "one kind of access", lists, findings);

    /// <summary>By GUARD_PROPERTY_*.</summary>
    public static int[] OfProperties(NormalisedPolicy policy, ListPool lists, BudgetFindings findings) => Build(
        policy,
        KernelAbi.Properties,
        atom => atom is PropertyAtom property ? (int)property.Properties : 0,
        "one property of a program",
        lists,
        findings);

    private static int[] Build(
        NormalisedPolicy policy, int count, Func<NormalisedAtom, int> bitsOf, string what, ListPool lists, BudgetFindings findings)
    {
        var byBit = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        for (var atom = 0; atom < policy.Atoms.Length; atom++)
        {
            var bits = bitsOf(policy.Atoms[atom]);
            for (var bit = 0; bit < count; bit++)
            {
                if ((bits >> bit & 1) != 0)
                {
                    byBit[bit].Add(atom);
                }
            }
        }

        foreach (var atoms in byBit)
        {
            findings.CheckMatches(
                policy,
                atoms,
                $"items that hold for {what} alone",
                "equal items count once: use the same list of values in several rules");
        }

        return Array.ConvertAll(byBit, atoms => lists.Intern([.. atoms]));
    }
}
