using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Which operations on sockets, and uses of which capabilities, some rule can hold for. For the others every condition is
/// false by what the operation is, whatever else is known or not: no rule matches, <c>on_unknown: deny</c> or not, so that
/// the hook need not decide.
/// </summary>
internal static class AskedOperations
{
    /// <summary>Bit o: <see cref="NetworkOperation"/> o has to be decided.</summary>
    /// <param name="policy">What is compiled.</param>
    public static uint OnSockets(NormalisedPolicy policy)
    {
        var rules = policy.Rules.Where(r => r is { Category: RuleCategory.NetworkConnection, Identity.BuiltIn: false });
        return (uint)Asked(policy, rules, KernelAbi.Networks, o => new(PolicyField.Operation, (uint)o));
    }

    /// <summary>Bit c: the use of capability c has to be decided.</summary>
    /// <param name="policy">What is compiled.</param>
    public static ulong Capabilities(NormalisedPolicy policy)
    {
        var rules = policy.Rules.Where(
            r => r.Category == RuleCategory.Operation && (r.Operations >> (int)OperationKind.Capability & 1) != 0);
        return Asked(
            policy, rules, KernelAbi.Capabilities, c => new(PolicyField.SystemOperation, OperationNumbers.Of(OperationKind.Capability, (uint)c)));
    }

    private static ulong Asked(NormalisedPolicy policy, IEnumerable<NormalisedRule> rules, int count, Func<int, Known> knownOf)
    {
        var asked = 0UL;
        foreach (var rule in rules)
        {
            for (var operation = 0; operation < count; operation++)
            {
                asked |= CanBe(rule.Condition, true, knownOf(operation), policy.Atoms) ? 1UL << operation : 0;
            }
        }

        return asked;
    }

    /// <summary>Whether the node can have the value when this is known: an item over anything else can have either.</summary>
    private static bool CanBe(ConditionNode node, bool value, Known known, ImmutableArray<NormalisedAtom> atoms) => node switch
    {
        AtomNode atom => atoms[atom.Atom] is not NumberAtom item || item.Field != known.Field
            || item.Ranges.Any(r => r.From <= known.Number && known.Number <= r.To) == value,
        NotNode not => CanBe(not.Operand, !value, known, atoms),
        ConstantNode constant => constant.Value == value,
        AndNode and => value
            ? and.Operands.All(o => CanBe(o, true, known, atoms))
            : and.Operands.Any(o => CanBe(o, false, known, atoms)),
        OrNode or => value
            ? or.Operands.Any(o => CanBe(o, true, known, atoms))
            : or.Operands.All(o => CanBe(o, false, known, atoms)),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    /// <summary>What is known of an operation before anything is asked.</summary>
    private readonly record struct Known(PolicyField Field, uint Number);
}
