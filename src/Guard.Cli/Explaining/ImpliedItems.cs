using Guard.Policies.Binding;
using Guard.Policies.Normalising;

namespace Guard.Cli.Explaining;

/// <summary>Items that no rule has written and that its log source, or what it asks for, implies: in the words of rules.</summary>
internal static class ImpliedItems
{
    /// <summary>The item as it would be written.</summary>
    public static string TextOf(NormalisedAtom atom) => atom switch
    {
        AccessAtom access => "Access: " + access.Kinds.ToString().ToLowerInvariant(),
        NumberAtom { Field: PolicyField.Operation } operations => "Operation: " + string.Join(", ", NumbersOf(operations).Select(number => NetworkNames.Of((NetworkOperation)number))),
        NumberAtom { Field: PolicyField.SystemOperation, Ranges: [{ } range] } => TextOf(range),
        _ => atom.Field.ToString(),
    };

    private static string TextOf(NumberRange operations) => OperationNames.Of(operations.From) switch
    {
        { WayField: { } field, Way: { } way } when operations.From == operations.To => $"{field}: {way}",
        { LogSource: var source } => $"category: {source}",
        _ => nameof(PolicyField.SystemOperation),
    };

    private static IEnumerable<uint> NumbersOf(NumberAtom atom)
        => atom.Ranges.SelectMany(range => Enumerable.Range((int)range.From, (int)(range.To - range.From) + 1)).Select(number => (uint)number);
}
