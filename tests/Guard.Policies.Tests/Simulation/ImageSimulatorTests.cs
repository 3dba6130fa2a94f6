using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Compiling;
using Xunit;

namespace Guard.Policies.Tests.Simulation;

/// <summary>The parts of a decision that random policies seldom reach.</summary>
public sealed class ImageSimulatorTests
{
    private static readonly DecisionRequest Open = new(RuleCategory.FileAccess)
    {
        Image = RequestText.Of("/usr/bin/cat"),
        Invoked = RequestText.Of("cat"),
        ParentImage = RequestText.Of("/usr/bin/bash"),
        ParentInvoked = RequestText.Of("bash"),
        Target = RequestText.Of("/etc/shadow"),
    };

    private readonly PolicyBuilder _builder = new();

    [Fact]
    public void The_strictest_rule_comes_first_and_the_rest_in_order()
    {
        for (var n = 0; n < 5; n++)
        {
            _builder.File(_builder.Target("/etc/shadow"), n == 3 ? RuleAction.Block : RuleAction.Audit);
        }

        var decision = Decide(Open);
        Assert.Equal(Verdict.Block, decision.Verdict);
        Assert.Equal([3, 1, 2, 0, 4], decision.Rules.ToArray());
        Assert.False(decision.MoreRules);
    }

    [Fact]
    public void A_strict_rule_finds_the_first_place_when_all_are_taken()
    {
        for (var n = 0; n <= KernelLimits.EventRulesMax; n++)
        {
            var last = n == KernelLimits.EventRulesMax;
            _builder.File(_builder.Target("/etc/shadow"), last ? RuleAction.Block : RuleAction.Audit);
        }

        var decision = Decide(Open);
        Assert.Equal(Verdict.Block, decision.Verdict);
        Assert.Equal([8, 1, 2, 3, 4, 5, 6, 7], decision.Rules.ToArray());
        Assert.True(decision.MoreRules);
    }

    [Theory]
    [InlineData(ImageProperties.None, Verdict.Allow)]
    [InlineData(ImageProperties.Setuid, Verdict.Allow)]
    [InlineData(ImageProperties.Memfd | ImageProperties.Unlinked, Verdict.Block)]
    [InlineData(ImageProperties.Unlinked | ImageProperties.Interpreter, Verdict.Allow)]
    public void Properties_of_a_program_hold_all_at_once(ImageProperties properties, Verdict expected)
    {
        var unlinked = _builder.Properties(ImageProperties.Unlinked | ImageProperties.Memfd);
        _builder.Exec(PolicyBuilder.And(unlinked, PolicyBuilder.Not(_builder.Properties(ImageProperties.Interpreter))));
        Assert.Equal(expected, Decide(Open with { Category = RuleCategory.ProcessCreation, Properties = properties }).Verdict);
        Assert.Equal(Verdict.Allow, Decide(Open with { Properties = properties }).Verdict);
    }

    [Fact]
    public void More_atoms_than_a_decision_holds_are_a_failure()
    {
        FileRulesThatAllMatch(RuleAction.Audit);
        var decision = Decide(Open);
        Assert.Equal(DecisionFailure.TooManyMatches, decision.Failure);
        Assert.Equal(Verdict.Allow, decision.Verdict);
        Assert.Empty(decision.Rules);
    }

    [Fact]
    public void A_block_that_was_found_survives_a_failure()
    {
        FileRulesThatAllMatch(RuleAction.Block);
        var decision = Decide(Open);
        Assert.Equal(DecisionFailure.TooManyMatches, decision.Failure);
        Assert.Equal(Verdict.Block, decision.Verdict);
        Assert.Equal(0, decision.Rules[0]);
    }

    [Fact]
    public void More_rules_than_a_decision_evaluates_are_a_failure()
    {
        var first = _builder.Target("/etc/*");
        var second = _builder.Target("*/shadow");
        for (var n = 0; n < KernelLimits.EvaluationsMax; n++)
        {
            _builder.File(n % 2 == 0 ? first : second, RuleAction.Audit);
        }

        Assert.Equal(DecisionFailure.None, Decide(Open).Failure);
        _builder.File(first);
        Assert.Equal(DecisionFailure.TooManyRules, Decide(Open).Failure);
    }

    [Fact]
    public void A_process_that_satisfies_too_many_atoms_is_unknown()
    {
        for (var n = 0; n <= KernelLimits.SubjectAtomsMax; n++)
        {
            _builder.Image($"*{"/usr/bin/cat"[..(1 + (n % 12))]}*");
        }

        var never = _builder.Image("/never");
        _builder.File(PolicyBuilder.And(_builder.Target("/etc/shadow"), never), onUnknown: OnUnknown.Deny);
        var decision = Decide(Open);
        Assert.Equal(Verdict.Block, decision.Verdict);
        Assert.True(decision.FromUnknown);
        Assert.Equal(Verdict.Allow, Decide(Open with { Image = RequestText.Of("x"), Invoked = RequestText.Of("x") }).Verdict);
    }

    [Fact]
    public void An_exclusion_by_path_stays_known_when_the_invoked_name_is_not()
    {
        _builder.File(PolicyBuilder.And(
            _builder.Target("/etc/shadow"), PolicyBuilder.Not(_builder.ImageOnly("/usr/bin/passwd"))));
        Assert.Equal(Verdict.Block, Decide(Open with { Invoked = RequestText.Absent }).Verdict);
    }

    [Fact]
    public void An_inclusion_by_image_is_unknown_when_the_invoked_name_is_not_known()
    {
        _builder.File(_builder.Image("*/nc"), onUnknown: OnUnknown.Deny);
        Assert.Equal(Verdict.Allow, Decide(Open).Verdict);
        Assert.Equal(Verdict.Block, Decide(Open with { Invoked = RequestText.Absent }).Verdict);
        Assert.Equal(Verdict.Block, Decide(Open with { Image = RequestText.Truncated("x"u8.ToArray()) }).Verdict);
    }

    [Fact]
    public void A_path_that_is_too_long_is_decided_by_its_end()
    {
        _builder.File(_builder.Target("*/shadow"));
        _builder.File(_builder.Target("/etc/*"), RuleAction.Audit, OnUnknown.Deny);
        var path = RequestText.Of("/etc/" + new string('/', KernelLimits.PathMax) + "shadow");
        Assert.Equal(TextState.TruncatedFront, path.State);
        Assert.Equal([0, 1], Decide(Open with { Target = path }).Rules.ToArray());
    }

    /// <summary>An exec whose arguments can't be read is refused where it would otherwise be let in and killed.</summary>
    [Fact]
    public void What_is_certain_decides_before_what_is_unknown()
    {
        _builder.File(_builder.Image("/usr/bin/*"), onUnknown: OnUnknown.Deny);
        _builder.File(_builder.Target("*/shadow"));
        var decision = Decide(Open with { Image = RequestText.Truncated("x"u8.ToArray()) });
        Assert.Equal(Verdict.Block, decision.Verdict);
        Assert.False(decision.FromUnknown);
        Assert.Equal(1, decision.Rules[0]);
    }

    [Fact]
    public void A_trace_names_positions()
    {
        _builder.File(PolicyBuilder.And(_builder.Target("/etc/shadow"), _builder.Parent("*/bash")));
        var trace = new ImageSimulator(_builder.Image()).Trace(Open);
        var text = string.Join('\n', trace.Describe(_builder.Build()));
        Assert.Contains("holds: TargetFilename by Target at atoms.yml(1,7)", text, StringComparison.Ordinal);
        Assert.Contains("holds: ParentImage by ParentImage at atoms.yml(2,7)", text, StringComparison.Ordinal);
        Assert.Contains("rule: Rule 0 at rules.yml(1,1): True, matches (triggered at atoms.yml(1,7))", text, StringComparison.Ordinal);
    }

    private void FileRulesThatAllMatch(RuleAction action)
    {
        for (var n = 0; n <= KernelLimits.MatchesMax; n++)
        {
            _builder.File(_builder.Target($"*{"shadow"[..(1 + (n % 6))]}*"), action);
        }
    }

    private Decision Decide(DecisionRequest request) => new ImageSimulator(_builder.Image()).Decide(request);
}
