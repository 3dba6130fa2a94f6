using System.Net;
using System.Net.Sockets;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Tests.Properties;

/// <summary>What a policy means for a request, by plain loops over the normalised rules: no triggers, no tables.</summary>
/// <param name="policy">The rules.</param>
/// <param name="request">What is decided.</param>
/// <param name="files">What the files of paths are.</param>
internal sealed class NaiveDecision(
    NormalisedPolicy policy, DecisionRequest request, IReadOnlyDictionary<string, FileKey> files)
{
    /// <summary>Every rule that matches, and whether it does so by on_unknown.</summary>
    public Dictionary<int, bool> Matches()
    {
        var matches = new Dictionary<int, bool>();
        for (var number = 0; number < policy.Rules.Length; number++)
        {
            var rule = policy.Rules[number];
            if (!Concerns(rule))
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
        NumberAtom numbers => NumberTruth(numbers),
        AccessAtom access => IsOpen && (access.Kinds & request.Access) != 0 ? Truth.True : Truth.False,
        PropertyAtom property => IsMapped ? Truth.Unknown
            : IsExec && (property.Properties & request.Properties) != 0 ? Truth.True : Truth.False,
        AddressAtom addresses => AddressTruth(addresses),
        TextAtom text => TextTruth(text),
        _ => throw new InvalidOperationException(),
    };

    private bool IsExec => request.Category == RuleCategory.ProcessCreation;

    private bool IsOpen => request.Category == RuleCategory.FileAccess;

    private bool IsMapped => request.Category == RuleCategory.MappedProgram;

    /// <summary>Who may not run certain programs may not map them either.</summary>
    private bool Concerns(NormalisedRule rule) => IsMapped
        ? rule is { Category: RuleCategory.ProcessCreation, Action: RuleAction.Block, SpeaksOfMapped: true } && NeedsImage(rule.Condition)
        : rule.Category == request.Category;

    /// <summary>True: without an Image that the rule names, it says nothing.</summary>
    private bool NeedsImage(ConditionNode node) => node switch
    {
        AtomNode atom => policy.Atoms[atom.Atom].Field is PolicyField.Image or PolicyField.Digest,
        AndNode and => and.Operands.Any(NeedsImage),
        OrNode or => or.Operands.All(NeedsImage),
        ConstantNode constant => !constant.Value,
        NotNode { Operand: NotNode inner } => NeedsImage(inner.Operand),
        NotNode { Operand: AndNode and } => and.Operands.All(o => NeedsImage(new NotNode(o))),
        NotNode { Operand: OrNode or } => or.Operands.Any(o => NeedsImage(new NotNode(o))),
        NotNode { Operand: ConstantNode constant } => constant.Value,
        _ => false,
    };

    private bool IsNetwork => request.Category == RuleCategory.NetworkConnection;

    private bool IsRaw => request.Socket.Operation == NetworkOperation.Raw;

    private bool HasTarget => IsOpen || IsOperation(OperationKind.Module, OperationKind.Kexec, OperationKind.Mount);

    private bool HasObject => IsOperation(OperationKind.Mount);

    private bool HasProcess => IsOperation(OperationKind.Access, OperationKind.Signal);

    private bool IsOperation(params ReadOnlySpan<OperationKind> kinds)
        => request.Category == RuleCategory.Operation && kinds.Contains((OperationKind)(request.SystemOperation >> 16));

    private Truth NumberTruth(NumberAtom atom)
    {
        var socket = request.Socket;
        return atom.Field switch
        {
            PolicyField.User => In(request.Uid),
            PolicyField.LogonId => In(request.LogonId),
            PolicyField.Group => request.Group is { } group ? In(group) : Truth.Unknown,
            PolicyField.MountNamespace => request.MountNamespace is { } space ? In(space) : Truth.Unknown,
            PolicyField.SystemOperation => request.Category == RuleCategory.Operation ? In(request.SystemOperation) : Truth.False,
            PolicyField.NewUid => IsOperation(OperationKind.Credentials) && (ushort)request.SystemOperation == 0 ? In(request.NewId) : Truth.False,
            PolicyField.NewGid => IsOperation(OperationKind.Credentials) && (ushort)request.SystemOperation == 1 ? In(request.NewId) : Truth.False,
            _ when !IsNetwork => Truth.False,
            PolicyField.Protocol => In(socket.Protocol),
            PolicyField.Operation => In((uint)socket.Operation),
            PolicyField.DestinationPort => EndTruth(destination: true, _ => In(socket.Port)),
            PolicyField.SourcePort => EndTruth(destination: false, _ => In(socket.Port)),
            PolicyField.AddressFamily when IsRaw => In(socket.Family),
            PolicyField.AddressFamily => socket.Address is { } address
                ? In(address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? 2u : 10u)
                : Truth.Unknown,
            _ => throw new InvalidOperationException(),
        };

        Truth In(uint value) => atom.Ranges.Any(r => r.From <= value && value <= r.To) ? Truth.True : Truth.False;
    }

    private Truth AddressTruth(AddressAtom atom)
        => !IsNetwork ? Truth.False : EndTruth(atom.Field == PolicyField.DestinationIp, address =>
        {
            var bytes = address.MapToIPv6().GetAddressBytes();
            var number = bytes.Aggregate(UInt128.Zero, (n, b) => (n << 8) | b);
            return atom.Ranges.Any(r => r.From <= number && number <= r.To) ? Truth.True : Truth.False;
        });

    /// <summary>What has a destination gets its source later; what takes an address of this host has no destination.</summary>
    private Truth EndTruth(bool destination, Func<IPAddress, Truth> known)
    {
        var outgoing = request.Socket.Operation is NetworkOperation.Connect or NetworkOperation.Send;
        return IsRaw ? Truth.False
            : outgoing != destination ? (outgoing ? Truth.Unknown : Truth.False)
            : request.Socket.Address is { } address ? known(address)
            : Truth.Unknown;
    }

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
        if (atom.Field == PolicyField.Digest)
        {
            return DigestTruth(atom);
        }

        var holds = TextsOf(atom).Concat(OtherNameFor(atom)).Any(text =>
            atom.Patterns.Any(pattern => NaiveMatcher.Matches(pattern, text))
            || atom.Expressions.Any(expression => NaiveMatcher.Matches(expression, text)));
        return holds || NamesFile(atom) ? Truth.True : IsIncomplete(atom) ? Truth.Unknown : Truth.False;
    }

    /// <summary>
    /// The other name of the file of the decision, for an item over what the file is that is no exclusion. Items over programs
    /// share a text: of those that are decided about by other fields, too.
    /// </summary>
    private RequestText[] OtherNameFor(TextAtom atom)
    {
        var asked = request.Category switch
        {
            RuleCategory.ProcessCreation or RuleCategory.MappedProgram => (atom.Roles & TextRoles.Invoked) != 0,
            RuleCategory.ImageLoad => atom.Field != PolicyField.TargetFilename && (atom.Roles & TextRoles.Named) != 0,
            _ when atom.IsOfRenamed => IsOpen && request.RenamesDirectory,
            _ => atom.Field == PolicyField.TargetFilename && HasTarget && (atom.Roles & TextRoles.Named) != 0,
        };
        return asked && request.OtherName is { State: TextState.Complete } name ? [name] : [];
    }

    /// <summary>It has another name that is not known: the whole field isn't, exclusions included.</summary>
    private bool OtherNameIsMissing(PolicyField field)
        => request.OtherName is { State: not TextState.Complete } && field == request.Category switch
        {
            RuleCategory.ProcessCreation or RuleCategory.MappedProgram => PolicyField.Image,
            RuleCategory.ImageLoad => PolicyField.ImageLoaded,
            _ when HasTarget => PolicyField.TargetFilename,
            _ => (PolicyField?)null,
        };

    private IEnumerable<RequestText> TextsOf(TextAtom atom)
        => !atom.IsOfRenamed ? TextsOf(atom.Roles) : IsOpen && request.RenamesDirectory ? [request.Target] : [];

    /// <summary>A digest is known as a whole, or not at all; only of what is executed.</summary>
    private Truth DigestTruth(TextAtom atom)
        => !(IsExec || IsMapped || request.Category == RuleCategory.ImageLoad) ? Truth.False
            : request.Digest.State != TextState.Complete ? Truth.Unknown
            : atom.Patterns.Any(pattern => NaiveMatcher.Matches(pattern, request.Digest)) ? Truth.True
            : Truth.False;

    /// <summary>What an item names, but for an exclusion, is meant under every name; long lists are of names.</summary>
    private bool NamesFile(TextAtom atom)
    {
        var invoked = TextRoles.Invoked | TextRoles.ParentInvoked | TextRoles.AncestorInvoked;
        if ((atom.Roles & (invoked | TextRoles.Named)) == 0 || atom.Patterns.Length > 64)
        {
            return false;
        }

        FileKey?[] meant = atom.Field switch
        {
            PolicyField.Image => [IsMapped ? request.TargetFile : request.ImageFile],
            PolicyField.ParentImage => [request.ParentFile],
            PolicyField.AncestorImage => [request.ParentFile, .. request.Ancestors.Select(a => a.File)],
            PolicyField.TargetFilename when HasTarget => [request.TargetFile],
            PolicyField.TargetImage when HasProcess => [request.TargetImageFile],
            PolicyField.ImageLoaded when request.Category == RuleCategory.ImageLoad => [request.TargetFile],
            _ => [],
        };
        return atom.Patterns.Select(p => p.Elements).Any(e =>
            e is [LiteralElement literal]
            && files.TryGetValue(System.Text.Encoding.Latin1.GetString(literal.Bytes.AsSpan()), out var key)
            && meant.Contains(key));
    }

    /// <summary>The kernel keeps one bit for both texts of a parent, and one for all texts of all ancestors.</summary>
    private bool IsIncomplete(TextAtom atom)
    {
        var asked = atom.Field switch
        {
            PolicyField.ParentImage => TextRoles.Parent | TextRoles.ParentInvoked,
            PolicyField.AncestorImage => TextRoles.Ancestor | TextRoles.AncestorInvoked,
            PolicyField.TargetFilename when HasTarget => TextRoles.Target,
            _ => atom.Roles,
        };
        var ofAncestors = TextRoles.Ancestor | TextRoles.AncestorInvoked | TextRoles.AncestorCommand;
        return ((asked & ofAncestors) != 0 && !request.AncestorsKnown)
            || OtherNameIsMissing(atom.Field)
            || TextsOf(asked).Any(text => text.State != TextState.Complete);
    }

    private IEnumerable<RequestText> TextsOf(TextRoles roles)
        => Enum.GetValues<TextRoles>().Where(role => (roles & role) != 0).SelectMany(TextsOfOne);

    /// <summary>A parent is an ancestor too.</summary>
    private IEnumerable<RequestText> TextsOfOne(TextRoles role) => role switch
    {
        TextRoles.Image => [IsMapped ? request.Target : request.Image],
        TextRoles.Invoked => IsMapped ? [] : [request.Invoked],
        TextRoles.Command => [IsMapped ? RequestText.Absent : request.CommandLine],
        TextRoles.Directory => IsMapped ? [RequestText.Absent] : IsExec ? [request.CurrentDirectory] : [],
        TextRoles.Target => HasTarget ? [request.Target] : [],
        TextRoles.Loaded => request.Category == RuleCategory.ImageLoad ? [request.Target] : [],
        TextRoles.Object => HasObject ? [request.Object] : [],
        TextRoles.TargetImage => HasProcess ? [request.TargetImage] : [],
        TextRoles.Parent => [request.ParentImage],
        TextRoles.ParentInvoked => [request.ParentInvoked],
        TextRoles.ParentCommand => [request.ParentCommandLine],
        TextRoles.Ancestor => request.Ancestors.Select(a => a.Image).Prepend(request.ParentImage),
        TextRoles.AncestorInvoked => request.Ancestors.Select(a => a.Invoked).Prepend(request.ParentInvoked),
        TextRoles.Named => [],
        TextRoles.Cgroup => [request.Cgroup],
        TextRoles.AncestorCommand => request.Ancestors.Select(a => a.CommandLine).Prepend(request.ParentCommandLine),
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
