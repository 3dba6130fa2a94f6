using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Tests.Properties;

/// <summary>What a policy means for a request, by plain loops over the normalised rules: no triggers, no tables.</summary>
internal sealed class NaiveDecision(NormalisedPolicy policy, DecisionRequest request)
{
    /// <summary>Every rule that matches, and whether it does so by on_unknown.</summary>
    public Dictionary<int, bool> Matches()
    {
        var matches = new Dictionary<int, bool>();
        for (var number = 0; number < policy.Rules.Length; number++)
        {
            var rule = policy.Rules[number];
            if (rule.Category != request.Category)
            {
                continue;
            }

            var result = Evaluate(rule.Condition);
            if (result == Truth.True || (result == Truth.Unknown && rule.OnUnknown == OnUnknown.Deny))
            {
                matches.Add(number, result == Truth.Unknown);
            }
        }

        return matches;
    }

    public Truth AtomTruth(int number) => policy.Atoms[number] switch
    {
        NumberAtom { Field: PolicyField.User } users => users.Ranges.Any(r => r.From <= request.Uid && request.Uid <= r.To) ? Truth.True : Truth.False,
        AccessAtom access => request.Category == RuleCategory.FileAccess && (access.Kinds & request.Access) != 0 ? Truth.True : Truth.False,
        TextAtom text => TextTruth(text),
        _ => throw new InvalidOperationException(),
    };

    private Truth Evaluate(ConditionNode node) => node switch
    {
        AtomNode atom => AtomTruth(atom.Atom),
        NotNode not => (Truth)(2 - (int)Evaluate(not.Operand)),
        AndNode and => and.Operands.Select(Evaluate).Min(),
        OrNode or => or.Operands.Select(Evaluate).Max(),
        ConstantNode constant => constant.Value ? Truth.True : Truth.False,
        _ => throw new InvalidOperationException(),
    };

    private Truth TextTruth(TextAtom atom)
    {
        var texts = TextsOf(atom.Roles).ToList();
        if (texts.Any(text => atom.Patterns.Any(pattern => NaiveMatcher.Matches(pattern, text))))
        {
            return Truth.True;
        }

        // The kernel keeps one bit for both texts of a parent.
        var asked = atom.Field == PolicyField.ParentImage
            ? TextsOf(TextRoles.Parent | TextRoles.ParentInvoked)
            : texts;
        return asked.Any(text => text.State != TextState.Complete) ? Truth.Unknown : Truth.False;
    }

    private IEnumerable<RequestText> TextsOf(TextRoles roles)
    {
        if (roles.HasFlag(TextRoles.Image))
        {
            yield return request.Image;
        }

        if (roles.HasFlag(TextRoles.Invoked))
        {
            yield return request.Invoked;
        }

        if (roles.HasFlag(TextRoles.Parent))
        {
            yield return request.ParentImage;
        }

        if (roles.HasFlag(TextRoles.ParentInvoked))
        {
            yield return request.ParentInvoked;
        }

        if (roles.HasFlag(TextRoles.Target) && request.Category == RuleCategory.FileAccess)
        {
            yield return request.Target;
        }
    }
}
