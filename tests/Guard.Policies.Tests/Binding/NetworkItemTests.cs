using System.Net;
using Guard.Policies.Binding;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>What items over connections mean, and of which operations a rule speaks that names none.</summary>
public sealed class NetworkItemTests
{
    [Theory]
    [InlineData("DestinationPort: [443, '80']", PolicyField.DestinationPort, "80-80 443-443")]
    [InlineData("DestinationPort|gt: 1023", PolicyField.DestinationPort, "1024-65535")]
    [InlineData("SourcePort|lt: 1024", PolicyField.SourcePort, "0-1023")]
    [InlineData("SourcePort|lte: 70000", PolicyField.SourcePort, "0-65535")]
    [InlineData("Protocol: TCP", PolicyField.Protocol, "6-6 262-262")]
    [InlineData("Protocol: [udp, '132']", PolicyField.Protocol, "17-17 132-132")]
    [InlineData("AddressFamily: ipv6", PolicyField.AddressFamily, "10-10")]
    [InlineData("Operation: [bind, listen]", PolicyField.Operation, "2-3")]
    [InlineData("Initiated: 'true'", PolicyField.Operation, "0-1")]
    [InlineData("Initiated: false", PolicyField.Operation, "2-3")]
    [InlineData("DestinationIp: null", PolicyField.Operation, "2-4")]
    [InlineData("AddressFamily: [packet, xdp]", PolicyField.AddressFamily, "17-17 44-44")]
    [InlineData("DestinationPort|exists: true", PolicyField.Operation, "0-1")]
    public void Numbers_are_ranges(string item, PolicyField field, string expected)
        => Assert.Contains(expected, Normalise(Network(item)).Atoms.OfType<NumberAtom>().Where(a => a.Field == field)
            .Select(a => string.Join(' ', a.Ranges.Select(r => $"{r.From}-{r.To}"))));

    [Theory]
    [InlineData("DestinationIp: 192.0.2.1", "192.0.2.1-192.0.2.1")]
    [InlineData("DestinationIp: '::ffff:192.0.2.1'", "192.0.2.1-192.0.2.1")]
    [InlineData("DestinationIp|cidr: [10.0.0.0/8, 11.0.0.0/8]", "10.0.0.0-11.255.255.255")]
    [InlineData("DestinationIp|cidr: 0.0.0.0/0", "0.0.0.0-255.255.255.255")]
    [InlineData("DestinationIp|cidr: 'fe80::/10'", "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("DestinationIp|cidr: '::ffff:192.0.2.0/120'", "192.0.2.0-192.0.2.255")]
    [InlineData("DestinationIp|cidr: '::/0'", "::-::fffe:ffff:ffff ::1:0:0:0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("DestinationIp|cidr: ['::/0', 0.0.0.0/0]", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Addresses_are_ranges_and_no_wide_network_of_IPv6_has_those_of_IPv4(string item, string expected)
    {
        var atom = Assert.Single(Normalise(Network(item)).Atoms.OfType<AddressAtom>());
        Assert.Equal(expected, string.Join(' ', atom.Ranges.Select(
            r => $"{AddressRanges.ToAddress(r.From)}-{AddressRanges.ToAddress(r.To)}")));
    }

    [Fact]
    public void A_list_of_networks_is_one_item()
    {
        var text = Network("DestinationIp|cidr|expand: '%bad%'").TrimEnd()
            + "\n---\ntitle: l\nguard: {list: bad, values: [192.0.2.0/24, '2001:db8::/32', 198.51.100.7]}\n";
        var atom = Assert.Single(Normalise(text).Atoms.OfType<AddressAtom>());
        Assert.Equal(3, atom.Ranges.Length);
    }

    [Theory]
    [InlineData("DestinationPort: 1", "0-1")]
    [InlineData("SourceIp: 127.0.0.1", "2-3")]
    [InlineData("Protocol: udp", null)]
    [InlineData("Image: /bin/x", null)]
    [InlineData("{DestinationPort: 1, SourcePort: 1}", null)]
    [InlineData("{DestinationPort: 1, Operation: send}", "1-1")]
    [InlineData("{SourcePort: 1, Initiated: 'true'}", "0-1")]
    public void A_rule_that_names_no_operation_speaks_of_those_that_its_items_fit(string item, string? expected)
    {
        var operations = Normalise(Network(item)).Atoms.OfType<NumberAtom>().SingleOrDefault(a => a.Field == PolicyField.Operation);
        Assert.Equal(expected, operations is null ? null : string.Join(' ', operations.Ranges.Select(r => $"{r.From}-{r.To}")));
    }

    [Theory]
    [InlineData("sel:\n    Image: /bin/x\ncondition: sel", "connect send bind listen raw")]
    [InlineData("sel:\n    Initiated: 'true'\ncondition: sel", "connect send")]
    [InlineData("sel:\n    Image: /bin/x\n    Operation: connect\ncondition: sel", "connect")]
    [InlineData("sel:\n    DestinationPort: 80\ncondition: sel", "connect send")]
    [InlineData("sel:\n    SourcePort: 80\ncondition: sel", "bind listen")]
    [InlineData("sel:\n    Image: /bin/x\nnot_these:\n    Operation: [connect, raw]\ncondition: sel and not not_these", "send bind listen")]
    [InlineData("one:\n    Operation: bind\n    Image: /bin/x\nother:\n    Operation: listen\ncondition: one or other", "bind listen")]
    [InlineData("one:\n    Operation: bind\nother:\n    Image: /bin/x\ncondition: one or other", "connect send bind listen raw")]
    [InlineData("one:\n    Operation: bind\n    Image: /bin/x\ncondition: not one", "connect send bind listen raw")]
    public void An_image_names_the_operations_that_a_rule_can_hold_for(string detection, string expected)
    {
        var asked = ImageReader.Read(Compile(Rule("network_connection", detection)).Image!.Bytes).Header.NetworkOperations;
        Assert.Equal(expected, string.Join(' ', NetworkNames.Operations.Where((_, o) => (asked >> o & 1) != 0)));
        Assert.Equal(0u, asked >> NetworkNames.Operations.Length);
    }

    [Fact]
    public void An_image_names_the_operations_of_all_rules_together_and_none_without_a_rule()
    {
        var text = Network("Operation: bind") + "\n---\n" + Network("Operation: raw");
        Assert.Equal(1u << 2 | 1u << 4, ImageReader.Read(Compile(text).Image!.Bytes).Header.NetworkOperations);
        Assert.Equal(0u, ImageReader.Read(Compile(Exec("sel:\n    Image: /bin/x\ncondition: sel")).Image!.Bytes).Header.NetworkOperations);
    }

    [Theory]
    [InlineData("DestinationIp|startswith: '10.'")]
    [InlineData("DestinationIp|re: '^10'")]
    [InlineData("DestinationPort|contains: 4")]
    [InlineData("Protocol|endswith: p")]
    [InlineData("Operation|gt: 1")]
    public void Numbers_and_addresses_are_no_texts(string item)
        => Assert.NotEmpty(Where(Compile(Network(item)), DiagnosticCatalogue.ModifierNotForField));

    [Fact]
    public void An_exclusion_of_destinations_refuses_no_bind()
    {
        var text = Rule(
            "network_connection",
            "sel:\n    Image: /bin/x\nsite:\n    DestinationIp|cidr: 10.0.0.0/8\ncondition: sel and not site",
            "guard: {action: block, on_unknown: deny}");
        var image = Compile(text).Image!;
        var simulator = new ImageSimulator(image);
        Assert.Equal(Verdict.Block, Decide(NetworkOperation.Connect));
        Assert.Equal(Verdict.Allow, Decide(NetworkOperation.Bind));

        Verdict Decide(NetworkOperation operation) => simulator.Decide(
            new DecisionRequest(RuleCategory.NetworkConnection)
            {
                Image = RequestText.Of("/bin/x"),
                Invoked = RequestText.Of("/bin/x"),
                Socket = new(operation, 6, IPAddress.Parse("192.0.2.1"), 443),
            }).Verdict;
    }

    private static string Network(string item)
        => Rule("network_connection", $"sel: {(item.StartsWith('{') ? item : $"{{{item}}}")}\ncondition: sel");
}
