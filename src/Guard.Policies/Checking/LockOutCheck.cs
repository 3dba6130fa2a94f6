using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Binding;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Checking;

/// <summary>
/// A blocking rule that definitely refuses something of the survival set is an error, not a bad day. Nobody knows with
/// which arguments, from which directory and under which login the survival set is used: an item over those is unknown
/// (unless it holds for every text), and what is unknown is no lock-out.
/// </summary>
internal sealed class LockOutCheck
{
    private const int MaxNamed = 3;
    private readonly ImmutableArray<NormalisedAtom> _atoms;
    private readonly ImmutableArray<SurvivalRequest> _requests;

    /// <summary>Per request: the atoms that were asked for already.</summary>
    private readonly Dictionary<int, bool?>[] _known;

    private readonly Dictionary<RegexPattern, Regex> _expressions = [];

    private readonly Func<string, string?> _digestOf;

    private LockOutCheck(NormalisedPolicy policy, CompilerOptions options)
    {
        _atoms = policy.Atoms;
        _digestOf = options.DigestOf;
        _requests = SurvivalSet.Requests(options.Survival);
        _known = [.. _requests.Select(_ => new Dictionary<int, bool?>())];
    }

    public static void Run(Normalisation normalisation, CompilerOptions options, DiagnosticBag bag)
    {
        var check = new LockOutCheck(normalisation.Policy, options);
        var finding = options.AllowLockOut ? DiagnosticCatalogue.LockOutForced : DiagnosticCatalogue.LockOut;
        foreach (var (written, meant) in normalisation.Pairs.Where(p => p.Meant.Action == RuleAction.Block))
        {
            var refused = check.RefusedBy(meant);
            if (refused.Count > 0)
            {
                var named = string.Join(", ", refused.Take(MaxNamed));
                var more = refused.Count > MaxNamed ? $" and {refused.Count - MaxNamed} more" : string.Empty;
                var message = $"this rule would lock you out: for root it refuses {named}{more}";
                bag.Report(finding, written.Detection.Condition.Span, message, details: refused);
            }
        }
    }

    private List<string> RefusedBy(NormalisedRule rule)
    {
        var refused = new List<string>();
        for (var i = 0; i < _requests.Length; i++)
        {
            var request = _requests[i];
            if (MappedPrograms.IsAsked(rule, request.Category, _atoms) && IsRefused(rule, i) && !refused.Contains(request.Description))
            {
                refused.Add(request.Description);
            }
        }

        return refused;
    }

    /// <summary>What has no digest is refused by a rule that denies on unknown.</summary>
    private bool IsRefused(NormalisedRule rule, int request) => Holds(rule.Condition, request) switch
    {
        null => _requests[request].HasNoDigest && rule.OnUnknown == OnUnknown.Deny,
        var holds => holds.Value,
    };

    /// <summary>Null when it is unknown.</summary>
    private bool? Holds(ConditionNode node, int request) => node switch
    {
        ConstantNode constant => constant.Value,
        NotNode not => !Holds(not.Operand, request),
        AndNode and => Combine(and.Operands, false, request),
        OrNode or => Combine(or.Operands, true, request),
        AtomNode atom => AtomHolds(atom.Atom, request),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private bool? Combine(ImmutableArray<ConditionNode> operands, bool deciding, int request)
    {
        bool? result = !deciding;
        foreach (var operand in operands)
        {
            var value = Holds(operand, request);
            if (value == deciding)
            {
                return deciding;
            }

            result = value is null ? null : result;
        }

        return result;
    }

    private bool? AtomHolds(int atom, int request)
    {
        if (!_known[request].TryGetValue(atom, out var holds))
        {
            holds = AtomHolds(_atoms[atom], _requests[request]);
            _known[request].Add(atom, holds);
        }

        return holds;
    }

    private bool? AtomHolds(NormalisedAtom atom, SurvivalRequest request) => atom switch
    {
        NumberAtom { Field: PolicyField.User or PolicyField.Group or PolicyField.MountNamespace } number => Contains(number, 0),
        NumberAtom { Field: PolicyField.SystemOperation } number => Contains(number, request.SystemOperation),
        NumberAtom { Field: PolicyField.NewUid } number => IsCredential(request, CredentialType.User) && Contains(number, 0),
        NumberAtom { Field: PolicyField.NewGid } number => IsCredential(request, CredentialType.Group) && Contains(number, 0),
        NumberAtom { Field: not PolicyField.LogonId } number when request.Socket is { } socket => NumberHolds(number, socket),
        AddressAtom address when request.Socket is { } socket => AddressHolds(address, socket),
        NumberAtom or AddressAtom => null,
        AccessAtom access => (access.Kinds & request.Access) != 0,
        TextAtom { Field: PolicyField.Digest } text => DigestHolds(text, request),
        TextAtom text => TextHolds(text, request),
        _ => false,
    };

    /// <summary>Of a bind or a listen: the survival set makes no connections.</summary>
    private static bool NumberHolds(NumberAtom atom, RequestSocket socket)
    {
        uint? value = atom.Field switch
        {
            PolicyField.Operation => (uint)socket.Operation,
            PolicyField.Protocol => socket.Protocol,
            PolicyField.SourcePort => socket.Port,
            PolicyField.AddressFamily => socket.Address!.AddressFamily == AddressFamily.InterNetwork ? 2u : 10u,
            _ => null,
        };
        return value is { } number && atom.Ranges.Any(r => r.From <= number && number <= r.To);
    }

    private static bool AddressHolds(AddressAtom atom, RequestSocket socket)
    {
        var address = AddressRanges.ToNumber(socket.Address!);
        return atom.Field == PolicyField.SourceIp && atom.Ranges.Any(r => r.From <= address && address <= r.To);
    }

    /// <summary>Root is what logins become.</summary>
    private static bool IsCredential(SurvivalRequest request, CredentialType type)
        => request.SystemOperation == OperationNumbers.Of(OperationKind.Credentials, (uint)type);

    private static bool Contains(NumberAtom atom, uint number) => atom.Ranges.Any(r => r.From <= number && number <= r.To);

    /// <summary>A file that this machine does not have is none of those that are listed.</summary>
    private bool? DigestHolds(TextAtom atom, SurvivalRequest request)
    {
        if (request.HasNoDigest)
        {
            return null;
        }

        var path = request.Category == RuleCategory.ImageLoad ? request.Target : request.Image;
        var digest = _digestOf(Encoding.UTF8.GetString(path));
        return digest is not null && atom.Patterns.Any(p => PatternMatcher.IsMatch(p, Encoding.ASCII.GetBytes(digest)));
    }

    private bool? TextHolds(TextAtom atom, SurvivalRequest request)
    {
        if (request.TextsOf(atom.Roles) is not { } texts)
        {
            return atom.Patterns.Any(p => p.Elements is [AnyRunElement]) ? true : null;
        }

        foreach (var text in texts)
        {
            if (atom.Patterns.Any(p => PatternMatcher.IsMatch(p, text))
                || (atom.Expressions.Length > 0 && MatchesExpression(atom.Expressions, Encoding.UTF8.GetString(text))))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesExpression(ImmutableArray<RegexPattern> expressions, string text)
    {
        foreach (var pattern in expressions)
        {
            if (!_expressions.TryGetValue(pattern, out var expression))
            {
                expression = new Regex(pattern.Expression, ExpressionBinder.OptionsOf(pattern.Flags));
                _expressions.Add(pattern, expression);
            }

            if (expression.IsMatch(text))
            {
                return true;
            }
        }

        return false;
    }
}
