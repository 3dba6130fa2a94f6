using Guard.Policies.Diagnostics;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Checking;

/// <summary>Rules that can be read and enforced and still concern nothing: for good, or as things stand.</summary>
public sealed class NothingMatchesTests
{
    private static readonly CompilerOptions Machine = new()
    {
        Accounts = new AccountSnapshot(new Dictionary<string, uint> { ["root"] = 0, ["daemon"] = 1 }),
    };

    [Theory]
    [InlineData("network_connection", "{Operation: raw, AddressFamily: packet, Protocol: tcp}")]
    [InlineData("network_connection", "{Operation: raw, AddressFamily: xdp, Protocol: 17}")]
    [InlineData("file_delete", "{Access: read}")]
    [InlineData("file_delete", "{Access: setid}")]
    [InlineData("file_access", "{Access|all: [xattr, setid]}")]
    [InlineData("file_access", "{Access|all: [chown, xattr]}")]
    [InlineData("file_delete", "{Access: [chmod, exec]}")]
    [InlineData("file_rename", "{Access: append}")]
    [InlineData("file_change", "{Access: read}")]
    [InlineData("file_access", "{Access|all: [exec, write]}")]
    public void What_no_operation_has_is_an_error(string category, string items)
        => Assert.Equal(["GP4002"], Find(category, items));

    [Theory]
    [InlineData("network_connection", "{Operation: connect, SourcePort: 22}")]
    [InlineData("network_connection", "{SourcePort: 22, DestinationPort: 33}")]
    [InlineData("network_connection", "{Operation: send, SourceIp: 192.0.2.1}")]
    [InlineData("network_connection", "{Operation: connect, SourcePort|neq: 22}")]
    [InlineData("driver_load", "{ImageLoaded: /x.ko, LoadedFrom: memory}")]
    [InlineData("kexec_load", "{ImageLoaded|endswith: /x, LoadedFrom: memory}")]
    [InlineData("file_change", "{Access: write}")]
    [InlineData("file_event", "{Access: chmod}")]
    [InlineData("process_creation", "{Uid|gt: 1000, Uid|lt: 5}")]
    [InlineData("process_creation", "{Uid: 0, User: daemon}")]
    [InlineData("file_access", "{LogonId: 1000, LogonId|gt: 2000}")]
    public void What_matches_nothing_as_things_stand_is_a_warning(string category, string items)
        => Assert.Equal(["GP4007"], Find(category, items));

    [Theory]
    [InlineData("network_connection", "{Operation: raw, AddressFamily: ipv4, Protocol: tcp}")]
    [InlineData("network_connection", "{Operation: raw, AddressFamily: packet, Protocol|neq: tcp}")]
    [InlineData("network_connection", "{Operation: [connect, bind], SourcePort: 22}")]
    [InlineData("network_connection", "{SourcePort: 22}")]
    [InlineData("file_delete", "{Access: create}")]
    [InlineData("file_change", "{Access: [setid, executable]}")]
    [InlineData("file_access", "{Access|all: [create, executable]}")]
    [InlineData("file_access", "{Access|all: [xattr, chmod, executable]}")]
    [InlineData("file_delete", "{Access: write}")]
    [InlineData("file_event", "{Access: delete}")]
    [InlineData("file_rename", "{Access: create}")]
    [InlineData("file_access", "{Access|all: [read, write, create]}")]
    [InlineData("file_change", "{Access: [write, chmod]}")]
    [InlineData("driver_load", "{ImageLoaded: /x.ko}")]
    [InlineData("driver_load", "{LoadedFrom: memory}")]
    [InlineData("process_creation", "{Uid|gte: 1000, Uid|lt: 2000}")]
    [InlineData("process_creation", "{Uid: 1, User: daemon}")]
    [InlineData("process_creation", "{Uid: 0, LogonId: 1}")]
    public void What_can_match_draws_nothing(string category, string items)
        => Assert.Empty(Find(category, items));

    [Theory]
    [InlineData("network_connection", "{Operation: connect, SourcePort: 22}")]
    [InlineData("driver_load", "{ImageLoaded: /x.ko, LoadedFrom: memory}")]
    public void Where_what_is_not_known_is_refused_the_rule_decides(string category, string items)
        => Assert.Empty(Find(category, items, "guard: {on_unknown: deny}"));

    [Fact]
    public void A_scope_for_one_account_and_an_item_for_another_match_nobody()
        => Assert.Equal(["GP4007"], Find("process_creation", "{Uid: 0}", "guard: {scope: {user: daemon}}"));

    [Fact]
    public void The_source_of_a_connection_is_named_as_what_is_not_known()
    {
        var text = Rule("network_connection", "sel: {Operation: connect, SourcePort: 22}\ncondition: sel");
        Assert.Contains("never known", Assert.Single(Compile(text).Diagnostics).Hint, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Find(string category, string items, string guard = "")
    {
        var result = Compile(Rule(category, $"sel: {items}\ncondition: sel", guard), Machine);
        Assert.Equal(result.HasErrors, result.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error));
        return result.Diagnostics.Select(d => d.Id);
    }
}
