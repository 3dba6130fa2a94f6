using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>
/// A blocking rule that refuses something of the survival set is an error, not a bad day. The set is used with all arguments,
/// from all directories and under all logins that <see cref="SurvivalCircumstances"/> knows, and a rule that refuses it
/// under one of them is found. What stays unknown then is unknown to the kernel, too, and the rule's on_unknown decides.
/// </summary>
internal sealed class LockOutCheck
{
    private const int MaxNamed = 3;

    /// <summary>An exclusion would have to name what nobody runs.</summary>
    private const string MappedHint =
        "write mapped: allow in the guard block: then the rule is about programs that are run, and not about what they map; guardctl policy push --force-lockout does it all the same";

    private readonly ImmutableArray<NormalisedAtom> _atoms;
    private readonly ImmutableArray<SurvivalRequest> _requests;

    private readonly ImmutableArray<RuleCategory> _categories;

    private readonly SurvivalAnswers _answers;

    private readonly SurvivalCircumstances _circumstances = new();

    private LockOutCheck(NormalisedPolicy policy, CompilerOptions options)
    {
        _atoms = policy.Atoms;
        _requests = SurvivalSet.Requests(options.Survival);
        _categories = [.. _requests.Select(r => r.Category).Distinct()];
        _answers = new SurvivalAnswers(policy.Atoms, _requests, options.DigestOf);
    }

    public static void Run(Normalisation normalisation, CompilerOptions options, DiagnosticBag bag)
    {
        var blocking = normalisation.Pairs.Where(p => p.Meant.Action == RuleAction.Block).ToList();
        if (blocking.Count == 0)
        {
            return;
        }

        var check = new LockOutCheck(normalisation.Policy, options);
        var finding = options.AllowLockOut ? DiagnosticCatalogue.LockOutForced
            : options.OnlyWarnOfLockOut ? DiagnosticCatalogue.LockOut with { Severity = DiagnosticSeverity.Warning }
            : DiagnosticCatalogue.LockOut;
        foreach (var (written, meant) in blocking)
        {
            var refused = check.RefusedBy(meant);
            if (refused.Count > 0)
            {
                check.Report(finding, written, meant, refused, bag);
            }
        }
    }

    private void Report(
        DiagnosticDescriptor finding, RuleNode written, NormalisedRule meant, List<SurvivalRequest> refused, DiagnosticBag bag)
    {
        var digests = Asks(meant.Condition, PolicyField.Digest);
        List<string> details = [.. refused.Select(r => r.HasNoDigest && digests ? r.Description + " and has no digest" : r.Description).Distinct()];
        var named = string.Join(", ", details.Take(MaxNamed));
        var more = details.Count > MaxNamed ? $" and {details.Count - MaxNamed} more" : string.Empty;
        var message = $"this rule would lock you out: for root it refuses {named}{more}";
        var hint = refused.TrueForAll(r => r.Category == RuleCategory.MappedProgram) ? MappedHint : null;
        bag.Report(finding, written.Detection.Condition.Span, message, hint, details);
    }

    private bool Asks(ConditionNode node, PolicyField field) => node switch
    {
        NotNode not => Asks(not.Operand, field),
        AndNode and => and.Operands.Any(o => Asks(o, field)),
        OrNode or => or.Operands.Any(o => Asks(o, field)),
        AtomNode atom => _atoms[atom.Atom].Field == field,
        _ => false,
    };

    private List<SurvivalRequest> RefusedBy(NormalisedRule rule)
    {
        var refused = new List<SurvivalRequest>();
        var asked = _categories.Where(category => MappedPrograms.IsAsked(rule, category, _atoms)).ToHashSet();
        for (var request = 0; request < _requests.Length; request++)
        {
            if (asked.Contains(_requests[request].Category) && IsRefused(rule, request))
            {
                refused.Add(_requests[request]);
            }
        }

        return refused;
    }

    /// <summary>The circumstances are asked only where they decide.</summary>
    private bool IsRefused(NormalisedRule rule, int request)
    {
        if (Holds(rule.Condition, request, null) is { } always)
        {
            return always;
        }

        foreach (var circumstances in _circumstances.Of(_requests[request]))
        {
            if (Holds(rule.Condition, request, circumstances) ?? rule.OnUnknown == OnUnknown.Deny)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null when it is unknown.</summary>
    private bool? Holds(ConditionNode node, int request, Circumstances? circumstances) => node switch
    {
        ConstantNode constant => constant.Value,
        NotNode not => !Holds(not.Operand, request, circumstances),
        AndNode and => Combine(and.Operands, false, request, circumstances),
        OrNode or => Combine(or.Operands, true, request, circumstances),
        AtomNode atom => _answers.Holds(atom.Atom, request, circumstances),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private bool? Combine(ImmutableArray<ConditionNode> operands, bool deciding, int request, Circumstances? circumstances)
    {
        bool? result = !deciding;
        foreach (var operand in operands)
        {
            var value = Holds(operand, request, circumstances);
            if (value == deciding)
            {
                return deciding;
            }

            result = value is null ? null : result;
        }

        return result;
    }
}
