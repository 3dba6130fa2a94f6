using Guard.Policies.Diagnostics;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>Values that are written well and that no operation has.</summary>
public sealed class OddValueTests
{
    [Theory]
    [InlineData("process_signal", "Signal: 65", "1 to 64")]
    [InlineData("process_signal", "Signal: [KILL, 999]", "1 to 64")]
    [InlineData("bpf", "BpfCommand: 99", "0 to 36")]
    [InlineData("capability_use", "Capability: 63", "0 to 40")]
    [InlineData("network_connection", "DestinationIp: 0.0.0.0", "write 127.0.0.1")]
    [InlineData("network_connection", "DestinationIp: '::'", "write ::1")]
    [InlineData("network_connection", "DestinationIp|cidr: 0.0.0.0/32", "write 127.0.0.1")]
    public void A_value_that_never_occurs_draws_a_warning(string category, string item, string hint)
    {
        var result = Compile(Rule(category, $"sel:\n    {item}\ncondition: sel"));
        var found = Assert.Single(result.Diagnostics);
        Assert.Equal(("GP2103", DiagnosticSeverity.Warning), (found.Id, found.Severity));
        Assert.Contains(hint, found.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("process_signal", "Signal: [0, 1, 64, SIGKILL]")]
    [InlineData("bpf", "BpfCommand: [0, 36]")]
    [InlineData("capability_use", "Capability: [0, 40]")]
    [InlineData("network_connection", "DestinationIp: 127.0.0.1")]
    [InlineData("network_connection", "DestinationIp|cidr: [0.0.0.0/0, '::/0', 0.0.0.0/8]")]
    [InlineData("network_connection", "DestinationIp: [127.0.0.1, 0.0.0.0, '::1', '::']")]
    [InlineData("network_connection", "SourceIp: [0.0.0.0, '::']")]
    [InlineData("driver_load", "LoadedFrom: memory")]
    public void Others_draw_none(string category, string item)
        => Assert.Empty(Compile(Rule(category, $"sel:\n    {item}\ncondition: sel")).Diagnostics);
}
