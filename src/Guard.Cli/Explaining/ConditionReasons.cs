using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>
/// Which items make a condition what it is: enough of them to settle it where it is true, all that stand in the way
/// where it is not.
/// </summary>
internal sealed class ConditionReasons
{
    private readonly NormalisedPolicy _policy;
    private readonly HashSet<int> _held;
    private readonly HashSet<PolicyField> _incomplete;

    /// <summary>For one decision.</summary>
    public ConditionReasons(NormalisedPolicy policy, DecisionTrace trace)
    {
        _policy = policy;
        _held = [.. trace.Held.Select(held => held.Atom)];
        _incomplete = [.. trace.Incomplete];
    }

    /// <summary>Kleene's value of an item.</summary>
    public Truth OfAtom(int atom)
        => _held.Contains(atom) ? Truth.True
            : _incomplete.Contains(_policy.Atoms[atom].Field) ? Truth.Unknown
            : Truth.False;

    /// <summary>The items that settle a condition, without repetition.</summary>
    public IEnumerable<int> Of(ConditionNode condition) => Find(condition).Distinct();

    /// <summary>Kleene's value of a condition.</summary>
    public Truth Evaluate(ConditionNode condition) => condition switch
    {
        AtomNode atom => OfAtom(atom.Atom),
        NotNode not => (Truth)(Truth.True - Evaluate(not.Operand)),
        AndNode and => and.Operands.Min(Evaluate),
        OrNode or => or.Operands.Max(Evaluate),
        ConstantNode constant => constant.Value ? Truth.True : Truth.False,
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private IEnumerable<int> Find(ConditionNode condition) => condition switch
    {
        AtomNode atom => [atom.Atom],
        NotNode not => Find(not.Operand),
        AndNode and => Settling(and.Operands, Evaluate(condition), all: Truth.True),
        OrNode or => Settling(or.Operands, Evaluate(condition), all: Truth.False),
        _ => [],
    };

    /// <summary>
    /// Of operands that must all be <paramref name="all"/>, all count. Otherwise those count that have the value of the
    /// whole; where one of them is enough to make it true, the first.
    /// </summary>
    private IEnumerable<int> Settling(IEnumerable<ConditionNode> operands, Truth value, Truth all)
    {
        if (value == all)
        {
            return operands.SelectMany(Find);
        }

        var settling = operands.Where(o => Evaluate(o) == value);
        return value == Truth.True ? settling.Take(1).SelectMany(Find) : settling.SelectMany(Find);
    }
}
