using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>Hints that send to the right place.</summary>
public sealed class HintTests
{
    private const string Sel = "sel:\n    Image: /bin/x\ncondition: sel";

    [Theory]
    [InlineData("guard: block", "GP2003", "{action: block}")]
    [InlineData("guard:\n  scope: nginx.service", "GP2003", "{unit: nginx.service}")]
    [InlineData("guard:\n  scope: {not: deploy}", "GP2003", "guard-policy(5)")]
    [InlineData("guard:\n  scope: {user: nosuch}", "GP2064", "write the number of the account in its place")]
    [InlineData("guard:\n  scope: {login_user: nosuch}", "GP2064", "write the number of the account in its place")]
    [InlineData("guard:\n  scope: {group: nosuch}", "GP2115", "write the number of the group in its place")]
    public void What_is_Guards_own_is_not_looked_for_in_Sigmas_specification(string guard, string id, string hint)
    {
        var found = Assert.Single(Compile(Exec(Sel, guard)).Diagnostics);
        Assert.Equal(id, found.Id);
        Assert.Contains(hint, found.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("Uid", found.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Operation: accept", "'accept' is no operation")]
    [InlineData("AddressFamily: inet", "'inet' is no family")]
    public void A_word_that_is_none_is_said_to_be_none(string item, string message)
        => Assert.Equal(message, Compile(Rule("network_connection", $"sel: {{{item}}}\ncondition: sel")).Diagnostics[0].Message);

    [Fact]
    public void A_bundle_of_one_file_has_one_file()
        => Assert.Equal("there is no rule in the file", Compile("# nothing\n").Diagnostics[0].Message);

    [Fact]
    public void What_is_Sigmas_is_looked_for_there()
        => Assert.Contains("Sigma specification", Assert.Single(Compile(Exec(Sel, "tags: attack.t1059")).Diagnostics).Hint, StringComparison.Ordinal);
}
