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
        var fields = new HashSet<PolicyField?>(
            from detection in rule.Filters.Prepend(rule.Detection)
            from search in detection.Searches
            from items in search.Alternatives
            from item in items
            select FieldOf(item));
        var destination = fields.Contains(PolicyField.DestinationIp) || fields.Contains(PolicyField.DestinationPort);
        var source = fields.Contains(PolicyField.SourceIp) || fields.Contains(PolicyField.SourcePort);
        return fields.Contains(PolicyField.Operation) || destination == source ? null : destination ? Outgoing : Local;
    }

    private static PolicyField? FieldOf(ItemNode item) => item switch
    {
        AddressItem address => address.Field,
        NumberItem number => number.Field,
        _ => null,
    };
}
