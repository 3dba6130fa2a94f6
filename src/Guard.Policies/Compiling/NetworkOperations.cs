using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Which operations on sockets some rule can hold for. For the others every condition is false by what the operation is,
/// whatever else is known or not: no rule matches, <c>on_unknown: deny</c> or not, so that the hook need not decide.
/// </summary>
internal static class NetworkOperations
{
    /// <summary>Bit o: <see cref="NetworkOperation"/> o has to be decided.</summary>
    /// <param name="policy">What is compiled.</param>
    public static uint AskedBy(NormalisedPolicy policy)
    {
        var asked = 0u;
        foreach (var rule in policy.Rules.Where(r => r is { Category: RuleCategory.NetworkConnection, Identity.BuiltIn: false }))
        {
            for (var operation = 0; operation < KernelAbi.Networks; operation++)
            {
                asked |= CanBe(rule.Condition, true, (uint)operation, policy.Atoms) ? 1u << operation : 0;
            }
        }

        return asked;
    }

    /// <summary>Whether the node can have the value for this operation: an item over anything else can have either.</summary>
    private static bool CanBe(ConditionNode node, bool value, uint operation, ImmutableArray<NormalisedAtom> atoms) => node switch
    {
        AtomNode atom => atoms[atom.Atom] is not NumberAtom { Field: PolicyField.Operation } item
            || item.Ranges.Any(r => r.From <= operation && operation <= r.To) == value,
        NotNode not => CanBe(not.Operand, !value, operation, atoms),
        ConstantNode constant => constant.Value == value,
        AndNode and => value
            ? and.Operands.All(o => CanBe(o, true, operation, atoms))
            : and.Operands.Any(o => CanBe(o, false, operation, atoms)),
        OrNode or => value
            ? or.Operands.Any(o => CanBe(o, true, operation, atoms))
            : or.Operands.All(o => CanBe(o, false, operation, atoms)),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };
}
