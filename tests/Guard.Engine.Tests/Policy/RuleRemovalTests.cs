using System.Text;
using Guard.Engine.Policy;
using Guard.Policies;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Policy;

public sealed class RuleRemovalTests
{
    private const string First = "00000000-0000-4000-8000-000000000001";
    private const string Second = "00000000-0000-4000-8000-000000000002";
    private const string Third = "00000000-0000-4000-8000-000000000003";

    [Fact]
    public void A_rule_is_cut_out_of_its_file_and_the_rest_compiles()
    {
        var rest = Remove([Second], out var unknown);
        Assert.Empty(unknown);
        Assert.Equal([First, Third], IdsOf(rest));
    }

    [Fact]
    public void A_file_without_rules_goes_as_a_whole()
    {
        var rest = Remove([Third], out _);
        Assert.Equal("pair.yml", Assert.Single(rest.Files).Name);
    }

    [Fact]
    public void A_title_names_a_rule_as_well() => Assert.Equal([Second, Third], IdsOf(Remove(["Rule 1"], out _)));

    [Fact]
    public void What_is_not_in_force_is_told()
    {
        Remove(["nothing", First], out var unknown);
        Assert.Equal("nothing", Assert.Single(unknown));
    }

    private static PolicyBundle Remove(string[] ids, out IReadOnlyList<string> unknown) =>
        RuleRemoval.Without(InForce(), ids, out unknown);

    private static EnforcedPolicy InForce()
    {
        var bundle = new PolicyBundle(
        [
            new BundleFile("pair.yml", Encoding.UTF8.GetBytes(Rule(1, First) + "---\n" + Rule(2, Second))),
            new BundleFile("single.yml", Encoding.UTF8.GetBytes(Rule(3, Third))),
        ]);
        return new EnforcedPolicy(bundle, Compile(bundle), 1, null);
    }

    private static Guard.Policies.Image.PolicyImage Compile(PolicyBundle bundle)
    {
        var result = PolicyCompiler.Compile(PolicyOutcomes.ToFiles(bundle), new CompilerOptions());
        Assert.Empty(result.Diagnostics);
        return result.Image!;
    }

    private static string[] IdsOf(PolicyBundle bundle) => [.. Compile(bundle).Rules.Select(rule => rule.Identity.Id).Order()];

    private static string Rule(int number, string id) =>
        $"title: Rule {number}\nid: {id}\nlogsource: {{product: linux, category: process_creation}}\n"
        + $"detection:\n  selection:\n    Image: /opt/tool{number}\n  condition: selection\n";
}
