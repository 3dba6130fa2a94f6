using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Which atoms hold for which numbers. Lists are numbers in the pool.</summary>
/// <param name="Ranges">By GUARD_NUMBER_*: ascending, the first from 0; empty when nothing asks.</param>
internal sealed record NumberTables(ImmutableArray<(uint From, int List)>[] Ranges)
{
    public static NumberTables Build(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
    {
        var tables = new ImmutableArray<(uint From, int List)>[KernelAbi.Numbers];
        for (var number = 0; number < tables.Length; number++)
        {
            var sweep = new RangeSweep<uint>(policy, findings);
            foreach (var (atom, index) in policy.Atoms.Select((a, i) => (a as NumberAtom, i)))
            {
                if (atom is not null && NumberOf(atom.Field) == number)
                {
                    sweep.Add(index, atom.Ranges.Select(r => (r.From, r.To)));
                }
            }

            tables[number] = Fits(sweep, findings) ? sweep.Run(lists, "the number") : [];
        }

        return new NumberTables(tables);
    }

    private static int NumberOf(PolicyField field) => field switch
    {
        PolicyField.User => KernelAbi.NumberUid,
        PolicyField.LogonId => KernelAbi.NumberLogon,
        PolicyField.Group => KernelAbi.NumberGroup,
        PolicyField.MountNamespace => KernelAbi.NumberMountNamespace,
        PolicyField.Operation => KernelAbi.NumberOperation,
        PolicyField.DestinationPort => KernelAbi.NumberDestinationPort,
        PolicyField.SourcePort => KernelAbi.NumberSourcePort,
        PolicyField.Protocol => KernelAbi.NumberProtocol,
        PolicyField.AddressFamily => KernelAbi.NumberFamily,
        PolicyField.SystemOperation => KernelAbi.NumberSystemOperation,
        PolicyField.NewUid => KernelAbi.NumberNewUid,
        PolicyField.NewGid => KernelAbi.NumberNewGid,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static bool Fits(RangeSweep<uint> sweep, BudgetFindings findings)
        => findings.Check(
            BudgetFindings.Uids,
            BudgetFindings.Bundle,
            sweep.Borders,
            KernelLimits.RangesMax,
            "GUARD_RANGES_MAX",
            "borders between numbers (a single number has two)",
            "name fewer numbers, or ranges of them");
}
