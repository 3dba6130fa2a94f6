using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling;

/// <summary>What the automata find is what the patterns mean.</summary>
public sealed class AutomatonTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "/a", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("/bin/sh", "/BIN/sh", true)]
    [InlineData("/bin/sh", "/bin/sh2", false)]
    [InlineData("/bin/sh", "x/bin/sh", false)]
    [InlineData("*/sh", "/bin/sh", true)]
    [InlineData("*/sh", "/bin/sha", false)]
    [InlineData("/bin/*", "/bin/", true)]
    [InlineData("/bin/*", "/usr/bin/", false)]
    [InlineData("*shadow*", "/etc/shadow-", true)]
    [InlineData("*@*", "`", false)]
    [InlineData("*[*", "{", false)]
    [InlineData("/a*b", "/ab", true)]
    [InlineData("/a*b", "/a", false)]
    [InlineData("/a*ab", "/ab", false)]
    [InlineData("/aa*aa", "/aaa", false)]
    [InlineData("*a*b*c*", "xaxbxc", true)]
    [InlineData("*a*b*c*", "cba", false)]
    [InlineData("*a*a*", "a", false)]
    [InlineData("*a*a*", "aa", true)]
    [InlineData("/?", "/é", true)]
    [InlineData("/?", "/éa", false)]
    [InlineData("/??", "/é", false)]
    [InlineData("*?", "", false)]
    [InlineData("/h?me/*", "/home/x", true)]
    [InlineData("?*?", "a", false)]
    [InlineData("?*?", "aa", true)]
    public void A_pattern_matches_as_written(string pattern, string text, bool expected)
    {
        var builder = new PolicyBuilder();
        builder.File(builder.Target(pattern));
        Assert.Equal(expected, Opens(builder, text));
        Assert.Equal(expected, NaiveMatcher.Matches(PolicyBuilder.Pattern(pattern), RequestText.Of(text)));
    }

    [Theory]
    [InlineData("/Etc/*", "/Etc/a", true)]
    [InlineData("/Etc/*", "/etc/a", false)]
    [InlineData("*.SH", "/a.SH", true)]
    [InlineData("*.SH", "/a.sh", false)]
    public void A_cased_pattern_tells_cases_apart(string pattern, string text, bool expected)
    {
        var builder = new PolicyBuilder();
        builder.File(builder.Cased(pattern));
        Assert.Equal(expected, Opens(builder, text));
    }

    [Fact]
    public void Random_patterns_agree_with_naive_matching_on_random_texts()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomPolicies(seed);
        long hits = 0;
        for (var round = 0; round < 200; round++)
        {
            var patterns = Enumerable.Range(0, 40).Select(_ => random.Pattern()).ToArray();
            var simulator = Simulator(patterns);
            for (var i = 0; i < 40; i++)
            {
                var text = random.Text();
                var request = new DecisionRequest(RuleCategory.FileAccess) { Target = text };
                var held = simulator.Trace(request).Held.Select(h => h.Atom).ToHashSet();
                for (var p = 0; p < patterns.Length; p++)
                {
                    var expected = NaiveMatcher.Matches(patterns[p], text);
                    Assert.True(
                        expected == held.Contains(p),
                        $"seed {seed}: {string.Join(' ', patterns[p].Elements)} on {Convert.ToHexString(text.Bytes.Span)}");
                    hits += expected ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{hits} hits");
        Assert.True(hits > 10_000, "the generator no longer meets its own patterns");
    }

    [Fact]
    public void Zero_padding_keeps_the_state_and_reports_only_the_end()
    {
        var builder = new PolicyBuilder();
        builder.File(builder.Target("*sh"));
        Assert.True(Opens(builder, "/bin/sh\0\0\0\0"));
        Assert.False(Opens(builder, "/bin/s\0\0\0\0"));
    }

    private static ImageSimulator Simulator(TextPattern[] patterns)
    {
        var span = new SourceSpan("p.yml", 1, 1);
        var atoms = patterns.Select(p => (NormalisedAtom)new TextAtom(
            PolicyField.TargetFilename, span, TextRoles.Target, [p]));
        var compiled = ImageCompiler.Compile(new NormalisedPolicy([.. atoms], []));
        Assert.Empty(compiled.Diagnostics);
        return new ImageSimulator(compiled.Image!);
    }

    private static bool Opens(PolicyBuilder builder, string target)
        => new ImageSimulator(builder.Image())
            .Decide(new DecisionRequest(RuleCategory.FileAccess)
            {
                Image = RequestText.Of("/bin/cat"),
                Invoked = RequestText.Of("cat"),
                ParentImage = RequestText.Of("/bin/bash"),
                ParentInvoked = RequestText.Of("bash"),
                Target = RequestText.Of(target),
            }).Verdict == Verdict.Block;
}
