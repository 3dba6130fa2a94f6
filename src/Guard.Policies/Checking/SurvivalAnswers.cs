using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Checking;

/// <summary>
/// What the items of a policy say of the survival set's requests. A policy has thousands of items and the set hundreds of requests,
/// but these have few different names: of each an item is asked once. For one thread.
/// </summary>
internal sealed class SurvivalAnswers(
    ImmutableArray<NormalisedAtom> atoms, ImmutableArray<SurvivalRequest> requests, Func<string, string?> digestOf)
{
    private readonly SurvivalTexts _texts = new(requests);

    /// <summary>Per item over texts: what it says of each of the names, by their number; null where nobody asked yet.</summary>
    private readonly bool?[]?[] _ofNames = new bool?[]?[atoms.Length];

    /// <summary>What an item over digests says of a request: somebody has to read the file.</summary>
    private readonly Dictionary<(int Atom, int Request), bool?> _ofDigests = [];

    /// <summary>Per item and text of the circumstances: whether it holds. The texts are the same arrays each time.</summary>
    private readonly Dictionary<(int Atom, byte[] Text), bool> _said = [];

    private readonly Dictionary<RegexPattern, Regex> _expressions = [];

    /// <summary>Whether the item holds for the request; null when it is unknown.</summary>
    public bool? Holds(int atom, int request, Circumstances? circumstances) => atoms[atom] switch
    {
        var item when IsCircumstance(item) => circumstances is null ? null : Holds(atom, circumstances),
        TextAtom { Field: PolicyField.Digest } text => DigestHolds(atom, text, request),
        TextAtom text => NameHolds(atom, text, request),
        var item => Holds(item, requests[request]),
    };

    private static bool IsCircumstance(NormalisedAtom atom)
        => atom is NumberAtom { Field: PolicyField.LogonId } or PropertyAtom || (atom is TextAtom text && (text.Roles & Circumstances.Roles) != 0);

    private bool? Holds(int atom, Circumstances circumstances)
    {
        if (atoms[atom] is NumberAtom number)
        {
            return Contains(number, circumstances.Login);
        }

        if (atoms[atom] is PropertyAtom property)
        {
            return circumstances.Properties is { } properties ? (property.Properties & properties) != 0 : null;
        }

        var item = (TextAtom)atoms[atom];
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

    private bool? NameHolds(int atom, TextAtom item, int request)
    {
        var names = _texts.Of(item.Roles);
        var known = _ofNames[atom] ??= new bool?[names.Distinct.Length];
        var number = names.NumberOf[request];
        var holds = known[number] ??= Array.Exists(names.Distinct[number], text => Matches(item, text));
        return holds || !requests[request].IsFromBefore || (item.Roles & TextRoles.Invoked) == 0 ? holds : null;
    }

    private static bool? Holds(NormalisedAtom atom, SurvivalRequest request) => atom switch
    {
        NumberAtom { Field: PolicyField.User or PolicyField.Group or PolicyField.MountNamespace } number => Contains(number, 0),
        NumberAtom { Field: PolicyField.SystemOperation } number => Contains(number, request.SystemOperation),
        NumberAtom { Field: PolicyField.NewUid } number => IsCredential(request, CredentialType.User) && Contains(number, 0),
        NumberAtom { Field: PolicyField.NewGid } number => IsCredential(request, CredentialType.Group) && Contains(number, 0),
        NumberAtom number when request.Socket is { } socket => NumberHolds(number, socket),
        AddressAtom address when request.Socket is { } socket => AddressHolds(address, socket),
        NumberAtom or AddressAtom => null,
        AccessAtom access => (access.Kinds & request.Access) != 0,
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

    private bool? DigestHolds(int atom, TextAtom item, int request)
    {
        if (!_ofDigests.TryGetValue((atom, request), out var holds))
        {
            holds = DigestHolds(item, requests[request]);
            _ofDigests.Add((atom, request), holds);
        }

        return holds;
    }

    /// <summary>A file that this machine does not have is none of those that are listed.</summary>
    private bool? DigestHolds(TextAtom atom, SurvivalRequest request)
    {
        if (request.HasNoDigest)
        {
            return null;
        }

        var path = request.Category == RuleCategory.ImageLoad ? request.Target : request.Image;
        var digest = digestOf(Encoding.UTF8.GetString(path));
        return digest is not null && atom.Patterns.Any(p => PatternMatcher.IsMatch(p, Encoding.ASCII.GetBytes(digest)));
    }

    private bool Matches(TextAtom atom, byte[] text)
    {
        foreach (var pattern in atom.Patterns)
        {
            if (PatternMatcher.IsMatch(pattern, text))
            {
                return true;
            }
        }

        return atom.Expressions.Length > 0 && MatchesExpression(atom.Expressions, Encoding.UTF8.GetString(text));
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
