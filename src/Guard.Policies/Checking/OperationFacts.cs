using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>
/// What items cannot be for one operation, whatever else it is about: a bind has no destination, who gets another uid
/// gets no gid by that, and what is removed is not read. An item over what is not known there, as the source of a
/// connection, is no such item: with <c>on_unknown: deny</c> it decides. As things stand, without that, it does not.
/// </summary>
internal sealed class OperationFacts
{
    private const uint FamilyFour = 2;
    private const uint FamilySix = 10;
    private const uint FamilyPacket = 17;
    private const uint FamilyExpress = 44;
    private const uint FromMemory = 1;
    private const AccessKinds Content = AccessKinds.Write | AccessKinds.Truncate;
    private const AccessKinds Given = AccessKinds.Setid | AccessKinds.Executable;

    /// <summary>Kinds of access that one decision of a process's own call can be about at once, and no other with them.</summary>
    private static readonly ImmutableArray<AccessKinds> OfOneCall =
    [
        AccessKinds.Read | AccessKinds.Append | AccessKinds.Create | Given | Content,
        AccessKinds.Exec,
        AccessKinds.Delete | AccessKinds.Create,
        AccessKinds.Rename | AccessKinds.Create,
        AccessKinds.Link,
        AccessKinds.Chmod | Given,
        AccessKinds.Chown,
        AccessKinds.Xattr | AccessKinds.Chmod | AccessKinds.Executable,
        AccessKinds.Times,
    ];

    /// <summary>Overlays and servers of files change mode, owner and size in one call, for somebody else.</summary>
    private static readonly ImmutableArray<AccessKinds> AtOnce = [.. OfOneCall, AccessKinds.Chmod | Given | AccessKinds.Chown | Content];

    private readonly uint _operation = uint.MaxValue;
    private readonly AccessKinds _kinds;
    private readonly bool _packets;
    private readonly bool _unknownDecides;
    private readonly bool _known;

    private OperationFacts(uint operation, bool packets, OnUnknown onUnknown, bool known)
        => (_operation, _packets, _unknownDecides, _known) = (operation, packets, onUnknown == OnUnknown.Deny, known);

    private OperationFacts(AccessKinds kinds) => _kinds = kinds;

    private bool IsOutgoing => (NetworkOperation)_operation is NetworkOperation.Connect or NetworkOperation.Send;

    private bool IsRaw => (NetworkOperation)_operation == NetworkOperation.Raw;

    /// <summary>Of each operation that the rule's log source has; none where all of them have the same fields.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="asThingsStand">Whether that counts as well what is never known, and what next to never occurs.</param>
    public static IEnumerable<OperationFacts> Of(NormalisedRule rule, bool asThingsStand) => rule switch
    {
        { Category: RuleCategory.FileAccess }
            => (asThingsStand ? OfOneCall : AtOnce).Select(kinds => new OperationFacts(kinds)),
        { Category: RuleCategory.NetworkConnection }
            => Enumerable.Range(0, KernelAbi.Networks).Append((int)NetworkOperation.Raw)
                .Select((number, index) => new OperationFacts((uint)number, index == KernelAbi.Networks, rule.OnUnknown, asThingsStand)),
        { Category: RuleCategory.Operation, Operations: 1u << (int)OperationKind.Credentials }
            => Enum.GetValues<CredentialType>().Select(type => new OperationFacts(Giving(type), false, rule.OnUnknown, asThingsStand)),
        { Category: RuleCategory.Operation, Operations: 1u << (int)OperationKind.Module }
            => Loads(OperationKind.Module, rule, asThingsStand),
        { Category: RuleCategory.Operation, Operations: 1u << (int)OperationKind.Kexec }
            => Loads(OperationKind.Kexec, rule, asThingsStand),
        _ => [],
    };

    /// <summary>What the author of a rule of this category may not have known.</summary>
    public static string Hint(RuleCategory category) => category switch
    {
        RuleCategory.NetworkConnection
            => "only connect and send have a destination, raw has neither that nor a source, and only raw has the families packet and xdp, which have no protocol",
        RuleCategory.FileAccess
            => "a removal is delete, a rename rename, and neither of them reads or writes; write file_access and a list of kinds, of which one is enough",
        _ => "a uid and a gid are never given at once: NewUid is of CredentialType user, NewGid of group; write two selections and join them with or",
    };

    /// <summary>The same for a rule that could match but for what is not known or next to never occurs.</summary>
    public static string HintAsThingsStand(RuleCategory category) => category switch
    {
        RuleCategory.NetworkConnection
            => "the source of connect and send is never known: ask for it with bind and listen, and for a destination in a rule of its own",
        RuleCategory.FileAccess
            => "modes, owners, extended attributes and times are changed by calls of their own; write file_access and a list of kinds, of which one is enough",
        _ => "what is loaded from memory has no file: ask for ImageLoaded without LoadedFrom, or with LoadedFrom file",
    };

    /// <summary>Whether an item can hold, or can fail to.</summary>
    public bool CanBe(NormalisedAtom atom, bool value) => !IsNeverKnown(atom.Field) && atom switch
    {
        AccessAtom item => !value || (item.Kinds & _kinds) != AccessKinds.None,
        NumberAtom { Field: PolicyField.Operation or PolicyField.SystemOperation } item => Contains(item, _operation) == value,
        NumberAtom { Field: PolicyField.AddressFamily } item => !value || HasFamily(item),
        NumberAtom { Field: PolicyField.Protocol } item when _packets => Contains(item, 0) == value,
        { Field: PolicyField.DestinationIp or PolicyField.DestinationPort } => !value || IsOutgoing,
        { Field: PolicyField.SourceIp or PolicyField.SourcePort } => !value || !IsRaw,
        { Field: PolicyField.NewUid } => !value || _operation == Giving(CredentialType.User),
        { Field: PolicyField.NewGid } => !value || _operation == Giving(CredentialType.Group),
        _ => true,
    };

    private static IEnumerable<OperationFacts> Loads(OperationKind kind, NormalisedRule rule, bool asThingsStand)
        => new[] { 0u, FromMemory }.Select(way => new OperationFacts(OperationNumbers.Of(kind, way), false, rule.OnUnknown, asThingsStand));

    /// <summary>An item over it neither holds nor fails to.</summary>
    private bool IsNeverKnown(PolicyField field) => _known && !_unknownDecides && field switch
    {
        PolicyField.SourceIp or PolicyField.SourcePort => IsOutgoing,
        PolicyField.TargetFilename => OperationNumbers.Way(_operation) == FromMemory,
        _ => false,
    };

    /// <summary>An address is one of two families; sockets of others are decided when they are made.</summary>
    private bool HasFamily(NumberAtom item)
        => _packets ? Contains(item, FamilyPacket) || Contains(item, FamilyExpress)
            : (_unknownDecides && !IsRaw) || Contains(item, FamilyFour) || Contains(item, FamilySix);

    private static uint Giving(CredentialType type) => OperationNumbers.Of(OperationKind.Credentials, (uint)type);

    private static bool Contains(NumberAtom item, uint number) => item.Ranges.Any(r => r.From <= number && number <= r.To);
}
