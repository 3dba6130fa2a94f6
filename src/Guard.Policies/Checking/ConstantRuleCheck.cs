using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>
/// Rules that can never match, and blocking rules that always do. Finds what follows from constants, from items that exclude
/// one another and from what an operation has not; the roles of an item don't count, because the author of
/// <c>a and not a</c> did not mean symbolic links. Not a theorem prover: silence proves nothing.
/// </summary>
internal sealed class ConstantRuleCheck
{
    private readonly ImmutableArray<NormalisedAtom> _atoms;
    private readonly ImmutableArray<int> _meanings;
    private readonly OnUnknown _onUnknown;
    private readonly OperationFacts? _facts;
    private readonly bool _accountsStay;

    private ConstantRuleCheck(Normalisation normalisation, OnUnknown onUnknown, OperationFacts? facts, bool accountsStay = false)
    {
        _accountsStay = accountsStay;
        _atoms = normalisation.Policy.Atoms;
        _meanings = normalisation.Meanings;
        _onUnknown = onUnknown;
        _facts = facts;
    }

    public static void Run(Normalisation normalisation, DiagnosticBag bag)
    {
        foreach (var (written, meant) in normalisation.Pairs)
        {
            var title = TerminalText.Quote(meant.Identity.Title);
            var check = new ConstantRuleCheck(normalisation, meant.OnUnknown, facts: null);
            if (!check.CanBe(meant.Condition, true))
            {
                bag.Report(DiagnosticCatalogue.NeverMatches, written.Detection.Condition.Span, $"the rule {title} can never match");
            }
            else if (!CanMatchAnOperation(normalisation, meant, asThingsStand: false))
            {
                var message = $"the rule {title} can never match: no {written.LogSource.Source.Category} has what it asks for";
                bag.Report(DiagnosticCatalogue.NeverMatches, written.Detection.Condition.Span, message, OperationFacts.Hint(meant.Category));
            }
            else if (meant.Action == RuleAction.Block && !check.CanBe(meant.Condition, false))
            {
                bag.Report(DiagnosticCatalogue.AlwaysMatches, written.Detection.Condition.Span, $"the rule {title} always matches");
            }
            else
            {
                CheckAsThingsStand(normalisation, written, meant, bag);
            }
        }
    }

    /// <summary>What may be otherwise on another day, or for a caller that hardly anybody has, is no error.</summary>
    private static void CheckAsThingsStand(Normalisation normalisation, RuleNode written, NormalisedRule meant, DiagnosticBag bag)
    {
        var title = TerminalText.Quote(meant.Identity.Title);
        if (!new ConstantRuleCheck(normalisation, meant.OnUnknown, facts: null, accountsStay: true).CanBe(meant.Condition, true))
        {
            bag.Report(DiagnosticCatalogue.MatchesNothing, written.Detection.Condition.Span, $"the rule {title} matches nobody: no account is all that it asks for");
        }
        else if (!CanMatchAnOperation(normalisation, meant, asThingsStand: true))
        {
            var message = $"the rule {title} matches nothing as it stands: no {written.LogSource.Source.Category} is known to have all that it asks for";
            bag.Report(DiagnosticCatalogue.MatchesNothing, written.Detection.Condition.Span, message, OperationFacts.HintAsThingsStand(meant.Category));
        }
    }

    private static bool CanMatchAnOperation(Normalisation normalisation, NormalisedRule rule, bool asThingsStand)
    {
        var none = true;
        foreach (var facts in OperationFacts.Of(rule, asThingsStand))
        {
            none = false;
            if (new ConstantRuleCheck(normalisation, rule.OnUnknown, facts).CanBe(rule.Condition, true))
            {
                return true;
            }
        }

        return none;
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
            case AtomNode atom when _facts is not null:
                return _facts.CanBe(_atoms[atom.Atom], value);
            default:
                return true;
        }
    }

    private bool CanAllBe(ImmutableArray<ConditionNode> nodes, bool value)
    {
        var assumed = new Assumptions(_onUnknown, _accountsStay);
        return nodes.All(n => Assume(n, value, assumed))
            && nodes.All(n => Evaluate(n, assumed) != !value && CanBe(n, value));
    }

    /// <summary>Notes what must hold when the node has the value; false on a contradiction.</summary>
    private bool Assume(ConditionNode node, bool value, Assumptions assumed)
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
                return assumed.Add(_meanings[atom.Atom], _atoms[atom.Atom], value);
            default:
                return true;
        }
    }

    /// <summary>The value under the assumptions, or null when they don't decide it.</summary>
    private bool? Evaluate(ConditionNode node, Assumptions assumed) => node switch
    {
        ConstantNode constant => constant.Value,
        NotNode not => !Evaluate(not.Operand, assumed),
        AndNode and => Combine(and.Operands, false, assumed),
        OrNode or => Combine(or.Operands, true, assumed),
        AtomNode atom => assumed.Of(_meanings[atom.Atom]),
        _ => null,
    };

    private bool? Combine(ImmutableArray<ConditionNode> operands, bool deciding, Assumptions assumed)
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
