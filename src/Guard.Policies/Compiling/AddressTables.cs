using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Which atoms hold for which addresses. Lists are numbers in the pool.</summary>
/// <param name="Ranges">By GUARD_ADDRESS_*: ascending, the first from 0; empty when nothing asks.</param>
internal sealed record AddressTables(ImmutableArray<(UInt128 From, int List)>[] Ranges)
{
    public static AddressTables Build(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
    {
        var tables = new ImmutableArray<(UInt128 From, int List)>[KernelAbi.Addresses];
        for (var address = 0; address < tables.Length; address++)
        {
            var field = address == KernelAbi.AddressSource ? PolicyField.SourceIp : PolicyField.DestinationIp;
            var sweep = new RangeSweep<UInt128>(policy, findings);
            foreach (var (atom, index) in policy.Atoms.Select((a, i) => (a as AddressAtom, i)))
            {
                if (atom?.Field == field)
                {
                    sweep.Add(index, atom.Ranges.Select(r => (r.From, r.To)));
                }
            }

            tables[address] = Fits(sweep, findings) ? sweep.Run(lists, "the address") : [];
        }

        return new AddressTables(tables);
    }

    private static bool Fits(RangeSweep<UInt128> sweep, BudgetFindings findings)
        => findings.Check(
            BudgetFindings.AddressRanges,
            BudgetFindings.Bundle,
            sweep.Borders,
            KernelLimits.AddressRangesMax,
            "GUARD_ADDRESS_RANGES_MAX",
            "borders between networks (a network has two)",
            "name fewer networks, or wider ones");
}
