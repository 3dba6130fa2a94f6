using Guard.Policies.Ast;

namespace Guard.Policies.Normalising;

/// <summary>
/// Which operations a rule of <c>network_connection</c> speaks of when it names neither Operation nor Initiated: one with
/// items over a destination those that have one, one with items over a source those that take an address of this host.
/// Without that, an exception for some destinations would make a rule refuse every bind: it has none of them.
/// </summary>
internal static class ImpliedOperations
{
    private static readonly NumberRange Outgoing = new((uint)NetworkOperation.Connect, (uint)NetworkOperation.Send);
    private static readonly NumberRange Local = new((uint)NetworkOperation.Bind, (uint)NetworkOperation.Listen);

    /// <summary>Null: all of them, or what the rule says.</summary>
    public static NumberRange? Of(RuleNode rule)
    {
        var fields = FieldsOf(rule);
        var destination = fields.Contains(PolicyField.DestinationIp) || fields.Contains(PolicyField.DestinationPort);
        var source = fields.Contains(PolicyField.SourceIp) || fields.Contains(PolicyField.SourcePort);
        return fields.Contains(PolicyField.Operation) || destination == source ? null : destination ? Outgoing : Local;
    }

    /// <summary>
    /// What a rule of <c>process_credentials</c> speaks of: one with items over the uid alone is about uids, one with items
    /// over the gid alone about gids, unless it says so itself.
    /// </summary>
    public static NumberRange OfCredentials(RuleNode rule)
    {
        var fields = FieldsOf(rule);
        var user = fields.Contains(PolicyField.NewUid);
        return fields.Contains(PolicyField.SystemOperation) || user == fields.Contains(PolicyField.NewGid)
            ? OperationNumbers.All(OperationKind.Credentials)
            : Only(user ? CredentialType.User : CredentialType.Group);
    }

    private static NumberRange Only(CredentialType type)
    {
        var number = OperationNumbers.Of(OperationKind.Credentials, (uint)type);
        return new NumberRange(number, number);
    }

    private static HashSet<PolicyField?> FieldsOf(RuleNode rule) =>
    [
        .. from detection in rule.Filters.Prepend(rule.Detection)
           from search in detection.Searches
           from items in search.Alternatives
           from item in items
           select FieldOf(item),
    ];

    private static PolicyField? FieldOf(ItemNode item) => item switch
    {
        AddressItem address => address.Field,
        NumberItem number => number.Field,
        _ => null,
    };
}
