using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests;

/// <summary>What rules about programs say of a program that a loader maps.</summary>
public sealed class MappedProgramsTests
{
    private const string Block = "guard: {action: block}";

    [Theory]
    [InlineData("Image: /opt/tool", "a", Verdict.Block)]
    [InlineData("Image|endswith: /tool", "a", Verdict.Block)]
    [InlineData("Image: /opt/other", "a", Verdict.Allow)]
    [InlineData("Image: /opt/tool", "a and not shell", Verdict.Allow)]
    [InlineData("Image: /opt/tool", "a and shell", Verdict.Block)]
    [InlineData("Image: /opt/tool", "a and not arguments", Verdict.Allow)]
    [InlineData("Image: /opt/tool", "a or arguments", Verdict.Allow)]
    [InlineData("Image: /opt/tool", "not a", Verdict.Allow)]
    [InlineData("ImageInvoked: tool", "a", Verdict.Allow)]
    [InlineData("User: root", "a", Verdict.Allow)]
    public void Only_what_needs_an_image_and_nothing_that_is_not_known_is_refused(string item, string condition, Verdict verdict)
        => Assert.Equal(verdict, Map(Rule(item, condition, Block), "/opt/tool"));

    [Theory]
    [InlineData("a", "allow", Verdict.Allow)]
    [InlineData("a", "deny", Verdict.Block)]
    [InlineData("a and not arguments", "allow", Verdict.Allow)]
    public void What_kind_of_file_it_is_is_not_known(string condition, string onUnknown, Verdict verdict)
        => Assert.Equal(verdict, Map(
            Rule("Image: /opt/tool\n    ImageProperties: setuid", condition, $"guard: {{action: block, on_unknown: {onUnknown}}}"), "/opt/tool"));

    [Fact]
    public void An_exclusion_whose_field_is_not_known_decides_by_on_unknown()
        => Assert.Equal(
            Verdict.Block, Map(Rule("Image: /opt/tool", "a and not arguments", "guard: {action: block, on_unknown: deny}"), "/opt/tool"));

    [Fact]
    public void On_unknown_says_nothing_of_files_that_no_rule_names()
        => Assert.Equal(
            Verdict.Allow, Map(Rule("Image: /opt/tool", "a and arguments", "guard: {action: block, on_unknown: deny}"), "/lib/libc.so.6"));

    [Theory]
    [InlineData("guard: {action: audit}")]
    [InlineData("guard: {action: block, mapped: allow}")]
    public void A_rule_can_leave_mappings_alone(string guard)
        => Assert.Equal(Verdict.Allow, Map(Rule("Image: /opt/tool", "a", guard), "/opt/tool"));

    [Fact]
    public void Thousands_of_rules_about_the_arguments_of_one_program_are_no_rules_about_mappings()
    {
        var rules = Enumerable.Range(0, 2000).Select(n => Exec(
            $"a:\n    Image: /opt/tool\n    CommandLine|contains: word{n}\ncondition: a", Block));
        Assert.Empty(Compile(string.Join("\n---\n", rules)).Diagnostics.Select(d => d.ToString()).Take(3));
    }

    [Theory]
    [InlineData("Image|contains: x86_64-linux-gnu", "", true)]
    [InlineData("Image|contains: x86_64-linux-gnu", ", mapped: allow", false)]
    [InlineData("Image|endswith: .so", "", true)]
    public void Refusing_every_library_is_a_lock_out(string item, string mapped, bool refused)
    {
        var text = Rule(item, "a", $"guard: {{action: block{mapped}}}");
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    [Fact]
    public void So_is_a_rule_about_libraries_themselves()
        => Assert.Single(Where(
            Compile("""
                title: Libraries
                logsource: {product: linux, category: image_load}
                detection:
                    a: {ImageLoaded|endswith: /libc.so.6}
                    condition: a
                guard: {action: block}
                """),
            DiagnosticCatalogue.LockOut));

    [Theory]
    [InlineData("ImageLoaded: /opt/evil.so", "/opt/evil.so", Verdict.Block)]
    [InlineData("ImageLoaded|endswith: .so", "/opt/other.so", Verdict.Block)]
    [InlineData("ImageLoaded|endswith: .so", "/opt/other.so.1", Verdict.Allow)]
    [InlineData("ImageLoaded|endswith: .so, Image: /usr/bin/python3", "/opt/evil.so", Verdict.Block)]
    [InlineData("ImageLoaded|endswith: .so, Image: /usr/bin/perl", "/opt/evil.so", Verdict.Allow)]
    [InlineData("ImageLoaded|endswith: .so, Gid: 0", "/opt/evil.so", Verdict.Block)]
    public void Rules_about_libraries_decide_by_the_file_and_the_process(string items, string path, Verdict verdict)
    {
        var rule = "title: L\nlogsource: {product: linux, category: image_load}\n"
            + $"detection:\n    a: {{{items}}}\n    condition: a\nguard: {{action: block}}\n";
        var request = new DecisionRequest(RuleCategory.ImageLoad)
        {
            Image = RequestText.Of("/usr/bin/python3"),
            Invoked = RequestText.Of("python3"),
            Target = RequestText.Of(path),
            Group = 0,
        };
        Assert.Equal(verdict, new ImageSimulator(Compile(rule, new CompilerOptions { AllowLockOut = true }).Image!).Decide(request).Verdict);
    }

    private static string Rule(string item, string condition, string guard) => Exec(
        $"a:\n    {item}\nshell:\n    ParentImage: /bin/bash\narguments:\n    CommandLine|contains: -v\ncondition: {condition}", guard);

    private static Verdict Map(string rules, string path)
        => new ImageSimulator(Compile(rules, new CompilerOptions { AllowLockOut = true }).Image!).Decide(new DecisionRequest(RuleCategory.MappedProgram)
        {
            ParentImage = RequestText.Of("/bin/bash"),
            ParentInvoked = RequestText.Of("bash"),
            ParentCommandLine = RequestText.Of("bash"),
            Target = RequestText.Of(path),
        }).Verdict;
}
