using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>"did you mean" helps with a slip of the fingers, and is silent about anything else.</summary>
public sealed class NearestNameTests
{
    [Theory]
    [InlineData("mount", "MountAction: mount", "values: new, bind, move, remount, propagation, umount, pivot")]
    [InlineData("network_connection", "Protocol: http", "known are: tcp, udp, icmp, icmpv6, sctp, dccp, udplite, mptcp, raw")]
    [InlineData("process_signal", "Signal: RTMIN", "values: HUP, INT, QUIT")]
    [InlineData("network_connection", "Operation: unbind", "known are: connect, send, bind, listen, raw")]
    [InlineData("process_creation", "Uid|lg: 1", "known: contains, startswith")]
    public void What_is_far_or_the_opposite_is_answered_with_the_list(string category, string item, string hint)
        => Assert.StartsWith(hint, HintOf(category, item), StringComparison.Ordinal);

    [Theory]
    [InlineData("mount", "MountAction: umuont", "did you mean 'umount'?")]
    [InlineData("mount", "MountAction: unmount", "did you mean 'umount'?")]
    [InlineData("network_connection", "Protocol: tpc", "did you mean 'tcp'?")]
    [InlineData("process_creation", "Imgae: /x", "did you mean 'Image'?")]
    [InlineData("process_creation", "CommandLin|contian: x", "did you mean 'CommandLine'?")]
    [InlineData("process_creation", "Image|contian: x", "did you mean 'contains'?")]
    public void A_slip_is_answered_with_what_was_meant(string category, string item, string hint)
        => Assert.Equal(hint, HintOf(category, item));

    /// <summary>What is no slip for a hint can still be one for a key: as a custom key it would be read by nobody.</summary>
    [Theory]
    [InlineData("gardu")]
    [InlineData("gaurds")]
    [InlineData("leve l")]
    public void A_key_that_is_almost_guard_or_level_stays_an_error(string key)
        => Assert.Contains(Compile(Exec("sel:\n    Image: /x\ncondition: sel", $"{key}: {{action: block}}")).Diagnostics, d => d.Id == "GP2006");

    private static string HintOf(string category, string item)
        => Compile(Rule(category, $"sel:\n    {item}\ncondition: sel")).Diagnostics[0].Hint ?? "";
}
