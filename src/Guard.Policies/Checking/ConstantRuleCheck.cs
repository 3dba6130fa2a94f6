using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>
/// Rules that can never match, and blocking rules that always do. Finds what follows from constants and from an item
/// being required and excluded at once; the roles of an item don't count, because the author of
/// <c>a and not a</c> did not mean symbolic links. Not a theorem prover: silence proves nothing.
/// </summary>
internal sealed class ConstantRuleCheck
{
    private readonly ImmutableArray<int> _meanings;

    private ConstantRuleCheck(ImmutableArray<int> meanings) => _meanings = meanings;

    public static void Run(Normalisation normalisation, DiagnosticBag bag)
    {
        var check = new ConstantRuleCheck(normalisation.Meanings);
        foreach (var (written, meant) in normalisation.Pairs)
        {
            var title = TerminalText.Quote(meant.Identity.Title);
            if (!check.CanBe(meant.Condition, true))
            {
                bag.Report(DiagnosticCatalogue.NeverMatches, written.Detection.Condition.Span, $"the rule {title} can never match");
            }
            else if (meant.Action == RuleAction.Block && !check.CanBe(meant.Condition, false))
            {
                bag.Report(DiagnosticCatalogue.AlwaysMatches, written.Detection.Condition.Span, $"the rule {title} always matches");
            }
        }
    }

    private bool CanBe(ConditionNode node, bool value)
    {
        switch (node)
        {
            case ConstantNode constant:
                return constant.Value == value;
            case NotNode not:
                return CanBe(not.Operand, !value);
            case AndNode and:
                return value ? CanAllBe(and.Operands, true) : and.Operands.Any(o => CanBe(o, false));
            case OrNode or:
                return value ? or.Operands.Any(o => CanBe(o, true)) : CanAllBe(or.Operands, false);
            default:
                return true;
        }
    }

    private bool CanAllBe(ImmutableArray<ConditionNode> nodes, bool value)
    {
        var assumed = new Dictionary<int, bool>();
        return nodes.All(n => Assume(n, value, assumed))
            && nodes.All(n => Evaluate(n, assumed) != !value && CanBe(n, value));
    }

    /// <summary>Notes what must hold when the node has the value; false on a contradiction.</summary>
    private bool Assume(ConditionNode node, bool value, Dictionary<int, bool> assumed)
    {
        switch (node)
        {
            case NotNode not:
                return Assume(not.Operand, !value, assumed);
            case AndNode conjunction when value:
                return conjunction.Operands.All(o => Assume(o, true, assumed));
            case OrNode disjunction when !value:
                return disjunction.Operands.All(o => Assume(o, false, assumed));
            case AtomNode atom:
                return assumed.TryAdd(_meanings[atom.Atom], value) || assumed[_meanings[atom.Atom]] == value;
            default:
                return true;
        }
    }

    /// <summary>The value under the assumptions, or null when they don't decide it.</summary>
    private bool? Evaluate(ConditionNode node, Dictionary<int, bool> assumed) => node switch
    {
        ConstantNode constant => constant.Value,
        NotNode not => !Evaluate(not.Operand, assumed),
        AndNode and => Combine(and.Operands, false, assumed),
        OrNode or => Combine(or.Operands, true, assumed),
        AtomNode atom => assumed.TryGetValue(_meanings[atom.Atom], out var value) ? value : null,
        _ => null,
    };

    private bool? Combine(ImmutableArray<ConditionNode> operands, bool deciding, Dictionary<int, bool> assumed)
    {
        bool? result = !deciding;
        foreach (var operand in operands)
        {
            var value = Evaluate(operand, assumed);
            if (value == deciding)
            {
                return deciding;
            }

            result = value is null ? null : result;
        }

        return result;
    }
}
