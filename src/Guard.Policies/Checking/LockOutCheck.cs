using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Ast;
using Guard.Policies.Binding;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

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

    /// <summary>Per request: the atoms that were asked for already.</summary>
    private readonly Dictionary<int, bool?>[] _known;

    /// <summary>Per item and text of the circumstances: whether it holds. The texts are the same arrays each time.</summary>
    private readonly Dictionary<(int Atom, byte[] Text), bool> _said = [];

    private readonly SurvivalCircumstances _circumstances = new();

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

    private List<SurvivalRequest> RefusedBy(NormalisedRule rule) =>
    [
        .. Enumerable.Range(0, _requests.Length)
            .Where(i => MappedPrograms.IsAsked(rule, _requests[i].Category, _atoms) && IsRefused(rule, i))
            .Select(i => _requests[i]),
    ];

    /// <summary>The circumstances are asked only where they decide.</summary>
    private bool IsRefused(NormalisedRule rule, int request)
        => Holds(rule.Condition, request, null) ?? _circumstances.Of(_requests[request]).Any(
            circumstances => Holds(rule.Condition, request, circumstances) ?? rule.OnUnknown == OnUnknown.Deny);

    /// <summary>Null when it is unknown.</summary>
    private bool? Holds(ConditionNode node, int request, Circumstances? circumstances) => node switch
    {
        ConstantNode constant => constant.Value,
        NotNode not => !Holds(not.Operand, request, circumstances),
        AndNode and => Combine(and.Operands, false, request, circumstances),
        OrNode or => Combine(or.Operands, true, request, circumstances),
        AtomNode atom => AtomHolds(atom.Atom, request, circumstances),
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

    private bool? AtomHolds(int atom, int request, Circumstances? circumstances)
    {
        if (IsCircumstance(_atoms[atom]))
        {
            return circumstances is null ? null : Holds(atom, circumstances);
        }

        if (!_known[request].TryGetValue(atom, out var holds))
        {
            holds = AtomHolds(_atoms[atom], _requests[request]);
            _known[request].Add(atom, holds);
        }

        return holds;
    }

    private static bool IsCircumstance(NormalisedAtom atom)
        => atom is NumberAtom { Field: PolicyField.LogonId } or PropertyAtom || (atom is TextAtom text && (text.Roles & Circumstances.Roles) != 0);

    private bool? Holds(int atom, Circumstances circumstances)
    {
        if (_atoms[atom] is NumberAtom number)
        {
            return Contains(number, circumstances.Login);
        }

        if (_atoms[atom] is PropertyAtom property)
        {
            return circumstances.Properties is { } properties ? (property.Properties & properties) != 0 : null;
        }

        var item = (TextAtom)_atoms[atom];
        bool? result = false;
        foreach (var text in circumstances.TextsOf(item.Roles))
        {
            if (text is null)
            {
                result = item.Patterns.Any(p => p.Elements is [AnyRunElement]) ? true : null;
            }
            else if (Says(atom, item, text))
            {
                return true;
            }
        }

        return result;
    }

    private bool Says(int atom, TextAtom item, byte[] text)
    {
        if (!_said.TryGetValue((atom, text), out var holds))
        {
            holds = Matches(item, text);
            _said.Add((atom, text), holds);
        }

        return holds;
    }

    private bool? AtomHolds(NormalisedAtom atom, SurvivalRequest request) => atom switch
    {
        NumberAtom { Field: PolicyField.User or PolicyField.Group or PolicyField.MountNamespace } number => Contains(number, 0),
        NumberAtom { Field: PolicyField.SystemOperation } number => Contains(number, request.SystemOperation),
        NumberAtom { Field: PolicyField.NewUid } number => IsCredential(request, CredentialType.User) && Contains(number, 0),
        NumberAtom { Field: PolicyField.NewGid } number => IsCredential(request, CredentialType.Group) && Contains(number, 0),
        NumberAtom number when request.Socket is { } socket => NumberHolds(number, socket),
        AddressAtom address when request.Socket is { } socket => AddressHolds(address, socket),
        NumberAtom or AddressAtom => null,
        AccessAtom access => (access.Kinds & request.Access) != 0,
        TextAtom { Field: PolicyField.Digest } text => DigestHolds(text, request),
        TextAtom text => request.TextsOf(text.Roles).Any(t => Matches(text, t)),
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

    private bool Matches(TextAtom atom, byte[] text)
        => atom.Patterns.Any(p => PatternMatcher.IsMatch(p, text))
            || (atom.Expressions.Length > 0 && MatchesExpression(atom.Expressions, Encoding.UTF8.GetString(text)));

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
