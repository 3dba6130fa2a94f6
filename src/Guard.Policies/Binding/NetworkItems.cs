using System.Collections.Immutable;
using System.Net;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Items over the fields of <c>network_connection</c> that are no process's.</summary>
internal sealed class NetworkItems
{
    private const uint PortMax = ushort.MaxValue;

    private static readonly ImmutableArray<(string Name, ImmutableArray<uint> Numbers)> Initiated =
        [("true", [0, 1]), ("false", [2, 3])];

    private readonly ValueBinder _values;
    private readonly DiagnosticBag _bag;

    public NetworkItems(ValueBinder values, DiagnosticBag bag) => (_values, _bag) = (values, bag);

    /// <summary>Whether the field is one of these.</summary>
    public static bool Has(string name) => SigmaVocabulary.NetworkFields.AsSpan()[..8].Contains(name);

    public static bool IsAddress(string name) => name is "DestinationIp" or "SourceIp";

    public static bool IsDestination(string name) => name is "DestinationIp" or "DestinationPort";

    private static bool IsPort(string name) => name is "DestinationPort" or "SourcePort";

    /// <summary>Whether a field can be compared so, and how it can.</summary>
    public static (bool Permitted, string Hint) Permits(string name, ItemModifiers modifiers)
    {
        var plain = (modifiers.IsPlain && !modifiers.All) || modifiers.Kind == ItemKind.Presence;
        return IsAddress(name) ? (plain || modifiers is { Kind: ItemKind.Network, All: false }, $"{name} is one address: write addresses, or networks with cidr")
            : IsPort(name) ? (plain || modifiers.IsPlain || modifiers.Kind == ItemKind.Comparison, $"{name} is a number: write it in digits, or use gt, gte, lt, lte or neq")
            : (plain, $"{name} is one word: write it as it is, or use neq");
    }

    /// <summary><c>exists</c> and <c>null</c> over a destination: what is done on this host alone has none.</summary>
    public static NumberItem Presence(YamlScalar key, bool exists)
    {
        var (from, to) = exists
            ? (NetworkOperation.Connect, NetworkOperation.Send)
            : (NetworkOperation.Bind, NetworkOperation.Raw);
        return new NumberItem(PolicyField.Operation, key.Span, [new NumberRange((uint)from, (uint)to)]);
    }

    /// <summary>The item, or null after a finding.</summary>
    public ItemNode? Bind(string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values) => name switch
    {
        "DestinationIp" => BindAddresses(PolicyField.DestinationIp, key, modifiers, values),
        "SourceIp" => BindAddresses(PolicyField.SourceIp, key, modifiers, values),
        "DestinationPort" => BindNumbers(PolicyField.DestinationPort, key, modifiers, values, v => PortOf(v, modifiers)),
        "SourcePort" => BindNumbers(PolicyField.SourcePort, key, modifiers, values, v => PortOf(v, modifiers)),
        "Protocol" => BindNumbers(PolicyField.Protocol, key, modifiers, values, v => NumbersOf(v, NetworkNames.Protocols, "protocol", 262)),
        "AddressFamily" => BindNumbers(PolicyField.AddressFamily, key, modifiers, values, v => NumbersOf(v, NetworkNames.Families, "family", null)),
        "Initiated" => BindNumbers(PolicyField.Operation, key, modifiers, values, v => NumbersOf(v, Initiated, "value of Initiated", null)),
        _ => BindNumbers(PolicyField.Operation, key, modifiers, values, OperationOf),
    };

    private AddressItem? BindAddresses(
        PolicyField field, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var networks = new List<IPNetwork>(values.Length);
        var unspecified = new List<(ListValue Value, IPAddress Meant)>();
        var sound = true;
        foreach (var texts in values.Select(v => _values.BindPlain(modifiers, v)))
        {
            sound &= texts is not null;
            foreach (var text in texts ?? [])
            {
                if (NetworkOf(text, modifiers.Kind == ItemKind.Network) is { } network)
                {
                    networks.Add(network);
                    Keep(unspecified, text, network);
                }
                else
                {
                    sound = false;
                }
            }
        }

        if (field == PolicyField.DestinationIp)
        {
            ReportUnspecified(unspecified, networks);
        }

        return sound ? new AddressItem(field, key.Span, AddressRanges.Of(networks)) : null;
    }

    private static void Keep(List<(ListValue Value, IPAddress Meant)> unspecified, ListValue value, IPNetwork network)
    {
        if (network.PrefixLength == 32 && network.BaseAddress.Equals(IPAddress.Any))
        {
            unspecified.Add((value, IPAddress.Loopback));
        }
        else if (network.PrefixLength == 128 && network.BaseAddress.Equals(IPAddress.IPv6Any))
        {
            unspecified.Add((value, IPAddress.IPv6Loopback));
        }
    }

    /// <summary>What goes to no address goes to this host and is decided as that. Who wrote that as well lacks nothing.</summary>
    private void ReportUnspecified(List<(ListValue Value, IPAddress Meant)> unspecified, List<IPNetwork> networks)
    {
        foreach (var (value, meant) in unspecified.Where(u => !networks.Exists(n => n.Contains(u.Meant))))
        {
            var message = $"nothing goes to {TerminalText.Quote(value.Text)}: the kernel makes it this host, {meant}";
            _bag.Report(DiagnosticCatalogue.OddValue, value.Span, message, $"write {meant}, or exists: true for any address");
        }
    }

    private IPNetwork? NetworkOf(ListValue value, bool cidr)
    {
        if (cidr || NetworkParser.TryReadAddress(value.Text, out _))
        {
            return NetworkParser.Parse(value, _bag);
        }

        var message = $"{TerminalText.Quote(value.Text)} is not an address";
        var hint = value.Text.Contains('/', StringComparison.Ordinal) ? "networks need the modifier cidr" : "names are not looked up: write the addresses";
        _bag.Report(DiagnosticCatalogue.BadNetwork, value.Span, message, hint);
        return null;
    }

    private NumberItem? BindNumbers(
        PolicyField field,
        YamlScalar key,
        ItemModifiers modifiers,
        ImmutableArray<YamlScalar> values,
        Func<ListValue, ImmutableArray<NumberRange>?> rangesOf)
    {
        var sets = new List<ImmutableArray<NumberRange>>();
        foreach (var value in values)
        {
            var texts = _values.BindPlain(modifiers, value);
            if (texts?.Select(rangesOf).ToList() is not { } ranges || ranges.Contains(null))
            {
                return null;
            }

            sets.Add(NumberRanges.Union(ranges.SelectMany(r => r!.Value)));
        }

        return new NumberItem(field, key.Span, NumberRanges.Combine(sets, modifiers.All));
    }

    private ImmutableArray<NumberRange>? PortOf(ListValue value, ItemModifiers modifiers)
    {
        if (modifiers.Kind == ItemKind.Comparison)
        {
            if (PlainScalars.TryReadNumber(value.Text, out var bound))
            {
                var ranges = NumberRanges.Of(SigmaVocabulary.ComparisonOf(modifiers), bound);
                return [.. ranges.Where(r => r.From <= PortMax).Select(r => r with { To = Math.Min(r.To, PortMax) })];
            }
        }
        else if (PlainScalars.TryReadUid(value.Text, out var port) && port <= PortMax)
        {
            return [new NumberRange(port, port)];
        }

        const string hint = "ports are 0 to 65535; a range is written with two items, as DestinationPort|gte: 8000 and DestinationPort|lte: 9000";
        _bag.Report(DiagnosticCatalogue.BadNetworkValue, value.Span, $"{TerminalText.Quote(value.Text)} is not a port", hint);
        return null;
    }

    private ImmutableArray<NumberRange>? OperationOf(ListValue value)
        => NumbersOf(value, [.. NetworkNames.Operations.Select((name, number) => (name, ImmutableArray.Create((uint)number)))], "operation", null);

    /// <summary>By name, in any case; by number up to <paramref name="most"/> where numbers are told.</summary>
    private ImmutableArray<NumberRange>? NumbersOf(
        ListValue value, ImmutableArray<(string Name, ImmutableArray<uint> Numbers)> names, string what, uint? most)
    {
        foreach (var (name, numbers) in names)
        {
            if (name.Equals(value.Text, StringComparison.OrdinalIgnoreCase))
            {
                return NumberRanges.Union(numbers.Select(n => new NumberRange(n, n)));
            }
        }

        if (PlainScalars.TryReadUid(value.Text, out var number) && number <= most)
        {
            return [new NumberRange(number, number)];
        }

        var hint = NearestName.Hint(value.Text, [.. names.Select(n => n.Name)], "known are");
        _bag.Report(DiagnosticCatalogue.BadNetworkValue, value.Span, $"{TerminalText.Quote(value.Text)} is no {what}", hint);
        return null;
    }
}
