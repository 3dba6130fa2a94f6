using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>A blocking rule that definitely refuses something of the survival set is an error, not a bad day.</summary>
internal sealed class LockOutCheck
{
    private const int MaxNamed = 3;
    private readonly ImmutableArray<NormalisedAtom> _atoms;

    /// <summary>Per request: the atoms that were asked for already.</summary>
    private readonly Dictionary<int, bool>[] _known;

    private LockOutCheck(NormalisedPolicy policy)
    {
        _atoms = policy.Atoms;
        _known = [.. SurvivalSet.Requests.Select(_ => new Dictionary<int, bool>())];
    }

    public static void Run(Normalisation normalisation, DiagnosticBag bag)
    {
        var check = new LockOutCheck(normalisation.Policy);
        foreach (var (written, meant) in normalisation.Pairs.Where(p => p.Meant.Action == RuleAction.Block))
        {
            var refused = check.RefusedBy(meant);
            if (refused.Count > 0)
            {
                var named = string.Join(", ", refused.Take(MaxNamed));
                var more = refused.Count > MaxNamed ? $" and {refused.Count - MaxNamed} more" : string.Empty;
                var message = $"this rule would lock you out: for root it refuses {named}{more}";
                bag.Report(DiagnosticCatalogue.LockOut, written.Condition.Span, message);
            }
        }
    }

    private List<string> RefusedBy(NormalisedRule rule)
    {
        var refused = new List<string>();
        for (var i = 0; i < SurvivalSet.Requests.Length; i++)
        {
            var request = SurvivalSet.Requests[i];
            if (request.Category == rule.Category && Holds(rule.Condition, i) && !refused.Contains(request.Description))
            {
                refused.Add(request.Description);
            }
        }

        return refused;
    }

    private bool Holds(ConditionNode node, int request) => node switch
    {
        ConstantNode constant => constant.Value,
        NotNode not => !Holds(not.Operand, request),
        AndNode and => and.Operands.All(o => Holds(o, request)),
        OrNode or => or.Operands.Any(o => Holds(o, request)),
        AtomNode atom => AtomHolds(atom.Atom, request),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private bool AtomHolds(int atom, int request)
    {
        if (!_known[request].TryGetValue(atom, out var holds))
        {
            holds = AtomHolds(_atoms[atom], SurvivalSet.Requests[request]);
            _known[request].Add(atom, holds);
        }

        return holds;
    }

    private static bool AtomHolds(NormalisedAtom atom, SurvivalRequest request) => atom switch
    {
        UidAtom uid => uid.Uids.Contains(0u),
        AccessAtom access => (access.Kinds & request.Access) != 0,
        TextAtom text => TextsOf(text.Roles, request).Any(t => text.Patterns.Any(p => PatternMatcher.IsMatch(p, t))),
        _ => false,
    };

    private static IEnumerable<byte[]> TextsOf(TextRoles roles, SurvivalRequest request)
    {
        (TextRoles Role, byte[] Text)[] texts =
        [
            (TextRoles.Image, request.Image),
            (TextRoles.Invoked, request.Invoked),
            (TextRoles.Parent, request.Parent),
            (TextRoles.ParentInvoked, request.Parent),
            (TextRoles.Target, request.Target),
        ];
        return texts.Where(t => roles.HasFlag(t.Role)).Select(t => t.Text);
    }
}
