using System.Collections.Immutable;

namespace Guard.Policies.Normalising;

/// <summary>Builds conditions in their simplest form: flat, without constants, repetition and double negation.</summary>
internal sealed class ConditionBuilder
{
    /// <summary>Most operands that are put together for one rule.</summary>
    public const int MaxWork = 1_000_000;

    private int _work;

    /// <summary>True when a rule multiplies its own parts beyond what can be enforced; the result is worthless then.</summary>
    public bool TooLarge => _work > MaxWork;

    public ConditionNode And(IEnumerable<ConditionNode> operands) => Combine(operands, isAnd: true);

    public ConditionNode Or(IEnumerable<ConditionNode> operands) => Combine(operands, isAnd: false);

    public static ConditionNode Not(ConditionNode operand) => operand switch
    {
        NotNode not => not.Operand,
        ConstantNode constant => new ConstantNode(!constant.Value),
        _ => new NotNode(operand),
    };

    private ConditionNode Combine(IEnumerable<ConditionNode> operands, bool isAnd)
    {
        var seen = new HashSet<ConditionNode>();
        var flat = ImmutableArray.CreateBuilder<ConditionNode>();
        foreach (var operand in operands.SelectMany(o => PartsOf(o, isAnd)))
        {
            if (++_work > MaxWork)
            {
                break;
            }

            if (operand is ConstantNode constant)
            {
                if (constant.Value != isAnd)
                {
                    return constant;
                }
            }
            else if (seen.Add(operand))
            {
                flat.Add(operand);
            }
        }

        return flat.Count switch
        {
            0 => new ConstantNode(isAnd),
            1 => flat[0],
            _ => isAnd ? new AndNode(flat.ToImmutable()) : new OrNode(flat.ToImmutable()),
        };
    }

    private static ImmutableArray<ConditionNode> PartsOf(ConditionNode node, bool isAnd) => node switch
    {
        AndNode conjunction when isAnd => conjunction.Operands,
        OrNode disjunction when !isAnd => disjunction.Operands,
        _ => [node],
    };
}
