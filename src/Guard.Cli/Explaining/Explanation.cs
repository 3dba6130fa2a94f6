using Guard.Cli.Policies;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>Turns the trace of a decision into what people ask: what decides, through which items, what came close.</summary>
internal sealed class Explanation
{
    private const int MostClose = 10;
    private const int MostItems = 8;

    private readonly LocalCheck _check;
    private readonly PolicyImage _image;
    private readonly NormalisedPolicy _policy;
    private readonly DecisionTrace _trace;
    private readonly ConditionReasons _reasons;
    private readonly ItemTexts _texts;
    private readonly Dictionary<int, HoldCause> _causes;
    private readonly bool _renamesDirectory;

    private Explanation(LocalCheck check, PolicyImage image, NormalisedPolicy policy, DecisionTrace trace, bool renamesDirectory)
    {
        _renamesDirectory = renamesDirectory;
        _check = check;
        _image = image;
        _policy = policy;
        _trace = trace;
        _reasons = new ConditionReasons(policy, trace);
        _texts = new ItemTexts(check.Files);
        _causes = trace.Held.ToDictionary(held => held.Atom, held => held.Cause);
    }

    /// <summary>Decides and explains.</summary>
    /// <param name="check">Rules that compiled.</param>
    /// <param name="question">What is asked.</param>
    public static ExplainReport Of(LocalCheck check, ExplainQuestion question)
    {
        var image = check.Image!;
        var trace = new ImageSimulator(image).Trace(question.Request);
        return new Explanation(check, image, check.Normalised!, trace, question.Request.RenamesDirectory).Report(question);
    }

    private ExplainReport Report(ExplainQuestion question)
    {
        var decision = _trace.Decision;
        var close = Close(question.Request.Category);
        return new ExplainReport(
            question.Operation,
            question.Path,
            Word(IsRefusedByFailure(decision, question.Request.Category) ? Verdict.Block : decision.Verdict),
            decision.FromUnknown || (decision.Verdict == Verdict.Allow && close.Exists(IsUnknown)),
            decision.Failure == DecisionFailure.None ? null : decision.Failure.ToString(),
            _image.PolicyHash,
            question.Known,
            [.. question.Unknown.Where(value => _trace.Incomplete.Any(field => ExplainQuestion.IsOf(value, field) && IsOfInterest(field)))],
            [.. decision.Rules.Select(ExplainRule)],
            [.. close.Take(MostClose).Select(ExplainRule)],
            Math.Max(0, close.Count - MostClose))
        {
            FailureMode = _image.Failure.ToWord(),
            SameFile = [.. new NamedFiles(_policy).SameAs(question).Where(named => !decision.Rules.Contains(named.Rule)).Select(ExplainFile)],
        };
    }

    /// <summary>Nobody is told to say what no rule asks for.</summary>
    private bool IsOfInterest(PolicyField field)
        => _policy.Atoms.Any(atom => atom.Field == field
            || (field == PolicyField.ImageInvoked && atom.Field == PolicyField.Image));

    /// <summary>As the kernel does: a failure refuses only where some rule could have.</summary>
    private bool IsRefusedByFailure(Decision decision, RuleCategory category)
        => decision.Failure != DecisionFailure.None
            && _image.Failure == FailureOrder.Closed
            && _image.Rules.Any(rule => rule.Category == category && rule.Action == RuleAction.Block && !rule.Identity.BuiltIn);

    /// <summary>
    /// Rules that did not match: first those that could, if more were known, then those that some item triggered, then those
    /// without a trigger. What no item triggered the tables do not look at, but it may be unknown all the same.
    /// </summary>
    private List<int> Close(RuleCategory category)
    {
        var matched = _trace.Evaluations.Where(step => step.Matched).Select(step => step.Rule).ToHashSet();
        var looked = _trace.Evaluations
            .Where(step => !matched.Contains(step.Rule) && !_image.Rules[step.Rule].Identity.BuiltIn)
            .OrderByDescending(step => step.Result)
            .ThenBy(step => step.Cause)
            .Select(step => step.Rule)
            .Distinct()
            .ToList();
        var unknown = Enumerable.Range(0, _policy.Rules.Length).Where(number => !matched.Contains(number) && CouldHold(number, category));
        return [.. unknown.Union(looked)];
    }

    private bool CouldHold(int number, RuleCategory category)
    {
        var rule = _policy.Rules[number];
        return rule.Category == category && !rule.Identity.BuiltIn && _reasons.Evaluate(rule.Condition) == Truth.Unknown;
    }

    private bool IsUnknown(int rule) => ResultOf(rule) == Truth.Unknown;

    private Truth ResultOf(int rule)
    {
        var evaluated = _trace.Evaluations.Where(step => step.Rule == rule).ToList();
        return evaluated.Count > 0 ? evaluated[0].Result : _reasons.Evaluate(_policy.Rules[rule].Condition);
    }

    private ExplainedRule ExplainRule(int number)
    {
        var rule = _image.Rules[number];
        var identity = rule.Identity;
        var result = ResultOf(number);
        return new ExplainedRule(
            RuleNames.IdOf(identity),
            identity.Title,
            Word(rule.Action),
            _check.Shown(identity.Span),
            Word(result),
            [.. _reasons.Of(_policy.Rules[number].Condition).Where(atom => !IsOfRename(_policy.Rules[number], atom)).Take(MostItems).Select(atom => ExplainItem(_policy.Rules[number], atom))]);
    }

    /// <summary>What a rule says of the rename of a directory stands in nobody's way who does something else.</summary>
    private bool IsOfRename(NormalisedRule rule, int atom) => !_renamesDirectory && _policy.Atoms[atom] switch
    {
        TextAtom text => text.IsOfRenamed,
        AccessAtom { Kinds: AccessKinds.Rename } => !rule.Places.ContainsKey(atom)
            && rule.Places.Keys.Any(other => _policy.Atoms[other] is TextAtom { IsOfRenamed: true }),
        _ => false,
    };

    private ExplainedFile ExplainFile(NamedFileItem named)
    {
        var rule = _image.Rules[named.Rule];
        return new ExplainedFile(
            RuleNames.IdOf(rule.Identity), rule.Identity.Title, Word(rule.Action), _check.Shown(_policy.Rules[named.Rule].PlaceOf(named.Atom)), named.Path);
    }

    private ExplainedItem ExplainItem(NormalisedRule rule, int atom)
    {
        var place = rule.PlaceOf(atom);
        var implied = !rule.Places.ContainsKey(atom);
        return new ExplainedItem(
            implied ? ImpliedItems.TextOf(_policy.Atoms[atom]) : _texts.At(place),
            _check.Shown(place),
            Word(_reasons.OfAtom(atom)),
            _causes.TryGetValue(atom, out var cause) ? CauseNames.Of(cause) : null)
        {
            Implied = implied,
        };
    }

    private static string Word(Truth truth) => truth switch
    {
        Truth.True => "true",
        Truth.Unknown => "unknown",
        _ => "false",
    };

    private static string Word(RuleAction action) => action == RuleAction.Block ? "block" : "audit";

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Audit => "audit",
        _ => "block",
    };
}
