using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>
/// What items cannot be for one operation, whatever else it is about: a bind has no destination, and who gets another uid
/// gets no gid by that. An item over what is not known there, as the source of a connection, is no such item: with
/// <c>on_unknown: deny</c> it decides.
/// </summary>
internal sealed class OperationFacts
{
    private const uint FamilyFour = 2;
    private const uint FamilySix = 10;

    private readonly uint _operation;
    private readonly bool _unknownDecides;

    private OperationFacts(uint operation, OnUnknown onUnknown)
        => (_operation, _unknownDecides) = (operation, onUnknown == OnUnknown.Deny);

    private bool IsOutgoing => (NetworkOperation)_operation is NetworkOperation.Connect or NetworkOperation.Send;

    private bool IsRaw => (NetworkOperation)_operation == NetworkOperation.Raw;

    /// <summary>Of each operation that the rule's log source has; none where all of them have the same fields.</summary>
    public static IEnumerable<OperationFacts> Of(NormalisedRule rule) => rule switch
    {
        { Category: RuleCategory.NetworkConnection }
            => Enumerable.Range(0, KernelAbi.Networks).Select(number => new OperationFacts((uint)number, rule.OnUnknown)),
        { Category: RuleCategory.Operation, Operations: 1u << (int)OperationKind.Credentials }
            => Enum.GetValues<CredentialType>().Select(type => new OperationFacts(Giving(type), rule.OnUnknown)),
        _ => [],
    };

    /// <summary>What the author of a rule of this category may not have known.</summary>
    public static string Hint(RuleCategory category) => category == RuleCategory.NetworkConnection
        ? "only connect and send have a destination, raw has neither that nor a source, and only raw has the families packet and xdp"
        : "a uid and a gid are never given at once: NewUid is of CredentialType user, NewGid of group; write two selections and join them with or";

    /// <summary>Whether an item can hold, or can fail to.</summary>
    public bool CanBe(NormalisedAtom atom, bool value) => atom switch
    {
        NumberAtom { Field: PolicyField.Operation or PolicyField.SystemOperation } item => Contains(item, _operation) == value,
        NumberAtom { Field: PolicyField.AddressFamily } item => !value || IsRaw || _unknownDecides || HasAddresses(item),
        { Field: PolicyField.DestinationIp or PolicyField.DestinationPort } => !value || IsOutgoing,
        { Field: PolicyField.SourceIp or PolicyField.SourcePort } => !value || !IsRaw,
        { Field: PolicyField.NewUid } => !value || _operation == Giving(CredentialType.User),
        { Field: PolicyField.NewGid } => !value || _operation == Giving(CredentialType.Group),
        _ => true,
    };

    /// <summary>An address is one of these families; sockets of others are decided when they are made.</summary>
    private static bool HasAddresses(NumberAtom item) => Contains(item, FamilyFour) || Contains(item, FamilySix);

    private static uint Giving(CredentialType type) => OperationNumbers.Of(OperationKind.Credentials, (uint)type);

    private static bool Contains(NumberAtom item, uint number) => item.Ranges.Any(r => r.From <= number && number <= r.To);
}
