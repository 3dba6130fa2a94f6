using Guard.Policies.Compiling;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Patterns that are too costly to be looked for always are confirmed once a literal part of them was seen.</summary>
public sealed class ConfirmationTests
{
    private static readonly DecisionRequest Open = new(RuleCategory.FileAccess)
    {
        Image = RequestText.Of("/bin/cat"),
        Invoked = RequestText.Of("cat"),
        CommandLine = RequestText.Of("cat"),
        ParentImage = RequestText.Of("/bin/sh"),
        ParentInvoked = RequestText.Of("sh"),
        ParentCommandLine = RequestText.Of("sh"),
        Target = RequestText.Of("/etc/shadow"),
    };

    private readonly PolicyBuilder _builder = new();

    [Fact]
    public void Equal_patterns_of_several_items_share_one_confirmation()
    {
        _builder.File(_builder.Target("/etc/sh?dow")).File(_builder.Target("/ETC/sh?dow", "/x"), RuleAction.Audit);
        var view = ImageReader.Read(_builder.Image().Bytes);
        Assert.Equal(2 * KernelAbi.Texts + 1, view.Automata.Length);
        Assert.Equal(1, view.Patterns.ToArray().Count(p => p.Kind == KernelAbi.PatternCandidate));
        Assert.Equal([0, 1], Decide(Open).Rules.ToArray());
    }

    [Fact]
    public void A_literal_part_alone_does_not_make_a_pattern_hold()
    {
        _builder.File(_builder.Target("/etc/sh?dow")).File(_builder.Cased("*SHADOW"));
        Assert.Equal(Verdict.Allow, Decide(Open with { Target = RequestText.Of("/etc/sh") }).Verdict);
        Assert.Equal([0], Decide(Open).Rules.ToArray());
        Assert.Equal([1], Decide(Open with { Target = RequestText.Of("/x/SHADOW") }).Rules.ToArray());
    }

    [Fact]
    public void A_pattern_without_a_literal_part_is_looked_for_always()
    {
        _builder.File(_builder.Target("/?/?"));
        var view = ImageReader.Read(_builder.Image().Bytes);
        Assert.Equal(2 * KernelAbi.Texts, view.Automata.Length);
        Assert.NotEqual(0u, view.Automata[(2 * KernelAbi.TextTarget) + 1].ClassesOff);
        Assert.Equal(Verdict.Block, Decide(Open with { Target = RequestText.Of("/a/b") }).Verdict);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("a*", "", true)]
    [InlineData(".*", "", true)]
    [InlineData("^$", "", true)]
    [InlineData("a*", "b", true)]
    [InlineData("^$", "b", false)]
    [InlineData("^a*$", "", true)]
    [InlineData("x?$", "", true)]
    [InlineData("()|etc", "", true)]
    public void An_expression_that_matches_nothing_at_all_matches_the_empty_text(string expression, string text, bool expected)
    {
        var atom = new TextAtom(PolicyField.TargetFilename, new("e.yml", 1, 1), TextRoles.Target, [])
        {
            Expressions = [new RegexPattern(expression, RegexFlags.None)],
        };
        var compiled = ImageCompiler.Compile(new NormalisedPolicy([atom], []));
        Assert.Empty(compiled.Diagnostics);
        var trace = new ImageSimulator(compiled.Image!).Trace(Open with { Target = RequestText.Of(text) });
        Assert.Equal(expected, trace.Held.Length == 1);
    }

    [Fact]
    public void More_confirmations_than_one_text_may_ask_for_fail_the_decision_about_it()
    {
        _builder.File(_builder.Target(Variants(KernelLimits.CandidatesMax)), RuleAction.Audit);
        Assert.Equal(DecisionFailure.None, Decide(Open).Failure);
        _builder.File(_builder.Target("*shadow?x*"), RuleAction.Audit);
        Assert.Equal(DecisionFailure.TooManyMatches, Decide(Open).Failure);
        Assert.Equal(DecisionFailure.None, Decide(Open with { Target = RequestText.Of("/etc/passwd") }).Failure);
    }

    [Fact]
    public void What_could_not_be_confirmed_about_a_process_is_unknown()
    {
        _builder.File(_builder.Image(Variants(KernelLimits.CandidatesMax + 1)), RuleAction.Block, OnUnknown.Deny);
        var decision = Decide(Open with { Image = RequestText.Of("/bin/shadow") });
        Assert.Equal((Verdict.Block, true, DecisionFailure.None), (decision.Verdict, decision.FromUnknown, decision.Failure));
    }

    [Fact]
    public void What_could_not_be_confirmed_about_a_parent_is_unknown()
    {
        _builder.File(_builder.Parent(Variants(KernelLimits.CandidatesMax + 1)), RuleAction.Block, OnUnknown.Deny);
        Assert.True(Decide(Open with { ParentImage = RequestText.Of("/bin/shadow") }).FromUnknown);
        Assert.Equal(Verdict.Allow, Decide(Open).Verdict);
    }

    [Fact]
    public void An_ancestor_that_is_not_known_completely_is_unknown()
    {
        var atom = new TextAtom(
            PolicyField.AncestorImage, new("a.yml", 1, 1), TextRoles.Ancestor, [PolicyBuilder.Pattern("*/sshd")]);
        var identity = new RuleIdentity("1", "1", null, RuleLevel.Low, [], [], new("a.yml", 1, 1));
        var rule = new NormalisedRule(identity, RuleCategory.FileAccess, RuleAction.Block, OnUnknown.Deny, new AtomNode(0));
        var simulator = new ImageSimulator(ImageCompiler.Compile(new NormalisedPolicy([atom], [rule])).Image!);
        var program = new RequestProgram(RequestText.Of("/bin/sh"), RequestText.Of("sh"), RequestText.Of("sh"));
        Assert.Equal(Verdict.Allow, simulator.Decide(Open with { Ancestors = [program] }).Verdict);
        Assert.True(simulator.Decide(Open with { AncestorsKnown = false }).FromUnknown);
        Assert.True(simulator.Decide(Open with { Ancestors = [program, default] }).FromUnknown);
        var sshd = program with { Image = RequestText.Of("/usr/sbin/sshd") };
        Assert.False(simulator.Decide(Open with { Ancestors = [program, sshd] }).FromUnknown);
        Assert.Equal(Verdict.Block, simulator.Decide(Open with { Ancestors = [program, sshd] }).Verdict);
        Assert.Equal(Verdict.Block, simulator.Decide(Open with { ParentImage = sshd.Image }).Verdict);
    }

    [Fact]
    public void Arguments_that_go_on_hold_by_what_was_read_and_have_no_end()
    {
        TextAtom Command(string pattern) => new(
            PolicyField.CommandLine, new("c.yml", 1, 1), TextRoles.Command, [PolicyBuilder.Pattern(pattern)]);
        var policy = new NormalisedPolicy(
            [Command("*-c *"), Command("*sh"), Command("/bin/*"), Command("*s?"), Command("*")], []);
        var simulator = new ImageSimulator(ImageCompiler.Compile(policy).Image!);
        var trace = simulator.Trace(
            new DecisionRequest(RuleCategory.ProcessCreation) { CommandLine = RequestText.CutShort("/bin/sh -c sh"u8.ToArray()) });
        Assert.Equal([0, 2, 4], trace.Held.Select(h => h.Atom).Order());
        Assert.Contains(PolicyField.CommandLine, trace.Incomplete);
    }

    /// <summary>Different patterns with one literal part, of which none holds for a text that ends with it.</summary>
    private static string[] Variants(int count)
        => [.. Enumerable.Range(0, count).Select(n => $"*shadow?{(char)('a' + (n % 26))}{n / 26}*")];

    private Decision Decide(DecisionRequest request) => new ImageSimulator(_builder.Image()).Decide(request);
}
