using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Every bound that a policy can exceed is an error that names it and where.</summary>
public sealed class BudgetTests
{
    private readonly PolicyBuilder _builder = new();

    [Fact]
    public void Too_many_bytes_of_tables_are_GP3001()
    {
        var random = new Random(1);
        string Name() => string.Concat(Enumerable.Range(0, 60).Select(_ => (char)('a' + random.Next(26))));
        _builder.File(_builder.Target([.. Enumerable.Range(0, 4000).Select(_ => $"/{Name()}*")]));
        AssertError("GP3001", "GUARD_IMAGE_BYTES", "(bundle)");
    }

    [Fact]
    public void What_is_too_large_is_told_what_fits()
    {
        var findings = new BudgetFindings();
        findings.CheckSize(KernelLimits.ImageBytes + 1L);
        var hint = Assert.Single(findings.ToImmutable()).Hint;
        Assert.Contains("150,000 fit", hint, StringComparison.Ordinal);
        Assert.Contains("shorten the longest list", hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_suffixes_is_refused_without_building_all_its_lists()
    {
        _builder.File(_builder.Target([.. Enumerable.Range(1, 4000).Select(n => $"*{new string('a', n)}*")]));
        Assert.Contains(_builder.Compile().Diagnostics, d => d.Id is "GP3001" or "GP3010");
    }

    [Fact]
    public void Too_many_items_are_GP3002()
    {
        for (uint n = 0; n <= KernelLimits.AtomsMax; n++)
        {
            _builder.User(n);
        }

        AssertError("GP3002", "GUARD_ATOMS_MAX", $"atoms.yml({KernelLimits.AtomsMax + 1},7)");
    }

    [Fact]
    public void Too_many_patterns_are_GP3003()
    {
        _builder.File(_builder.Target([.. Enumerable.Range(0, KernelLimits.PatternsMax + 1).Select(n => $"{n}*")]));
        AssertError("GP3003", "GUARD_PATTERNS_MAX", "(bundle)");
    }

    [Fact]
    public void Too_many_rules_are_GP3004()
    {
        var user = _builder.User(0);
        for (var n = 0; n <= KernelLimits.RulesMax; n++)
        {
            _builder.Exec(user);
        }

        AssertError("GP3004", "GUARD_RULES_MAX", $"rules.yml({KernelLimits.RulesMax + 1},1)");
    }

    [Fact]
    public void Too_long_a_condition_is_GP3005()
    {
        var user = _builder.User(0);
        _builder.Exec(new OrNode([.. Enumerable.Repeat<ConditionNode>(user, (KernelLimits.RuleOpsMax / 2) + 1)]));
        AssertError("GP3005", "GUARD_RULE_OPS_MAX", "rules.yml(1,1)");
    }

    [Fact]
    public void Too_deep_a_condition_is_GP3006()
    {
        ConditionNode node = _builder.User(0);
        for (var depth = 0; depth < KernelLimits.RuleDepthMax; depth++)
        {
            node = PolicyBuilder.And(_builder.User(0), node);
        }

        _builder.Exec(node);
        AssertError("GP3006", "GUARD_RULE_DEPTH_MAX", "rules.yml(1,1)");
    }

    /// <summary>What the literal automaton has no room for gets an automaton of its own.</summary>
    [Fact]
    public void Patterns_beyond_the_room_for_sequences_still_match()
    {
        var values = Enumerable.Range(0, KernelLimits.SequencesMax + 9).Select(n => $"/dir{n:d4}*x").ToArray();
        _builder.File(_builder.Target([.. values, string.Join('*', Enumerable.Repeat("ab", KernelLimits.SegmentsMax + 1))]));
        var simulator = new ImageSimulator(_builder.Image());
        Assert.Equal(Verdict.Block, Open($"/dir{KernelLimits.SequencesMax + 8:d4}/y/x"));
        Assert.Equal(Verdict.Allow, Open($"/dir{KernelLimits.SequencesMax + 8:d4}/y/z"));
        Assert.Equal(Verdict.Block, Open(string.Join('/', Enumerable.Repeat("ab", KernelLimits.SegmentsMax + 1))));

        Verdict Open(string path) => simulator.Decide(new DecisionRequest(RuleCategory.FileAccess) { Target = RequestText.Of(path) }).Verdict;
    }

    [Fact]
    public void Too_many_users_are_GP3009()
    {
        _builder.Exec(_builder.User([.. Enumerable.Range(0, (KernelLimits.RangesMax / 2) + 1).Select(u => (uint)u * 2)]));
        AssertError("GP3009", "GUARD_RANGES_MAX", "(bundle)");
    }

    [Fact]
    public void Too_many_networks_are_GP3020()
    {
        _builder.Network(_builder.Destinations(KernelLimits.AddressRangesMax / 2));
        AssertError("GP3020", "GUARD_ADDRESS_RANGES_MAX", "(bundle)");
    }

    [Fact]
    public void Too_many_patterns_that_end_at_one_place_are_GP3010()
    {
        for (var n = 0; n <= KernelLimits.ListMax; n++)
        {
            _builder.Target("*/same");
        }

        AssertError("GP3010", "GUARD_LIST_MAX", "(bundle)");
    }

    [Theory]
    [InlineData(OnUnknown.Allow, true, "every decision")]
    [InlineData(OnUnknown.Deny, false, "incomplete field")]
    public void Too_many_rules_for_one_decision_are_GP3011(OnUnknown onUnknown, bool negated, string what)
    {
        for (var n = 0; n <= KernelLimits.EvaluationsMax; n++)
        {
            var atom = _builder.Target($"/{n}");
            _builder.File(negated ? PolicyBuilder.Not(atom) : atom, RuleAction.Block, onUnknown);
        }

        var error = AssertError("GP3011", "GUARD_EVALUATIONS_MAX", $"rules.yml({KernelLimits.EvaluationsMax + 1},1)");
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_rules_with_one_trigger_are_GP3011()
    {
        var atom = _builder.Target("/same");
        for (var n = 0; n <= KernelLimits.EvaluationsMax; n++)
        {
            _builder.File(atom);
        }

        AssertError("GP3011", "GUARD_EVALUATIONS_MAX", $"rules.yml({KernelLimits.EvaluationsMax + 1},1)");
    }

    [Fact]
    public void Rules_that_share_an_item_are_triggered_by_what_tells_them_apart()
    {
        var same = _builder.Target("/etc/shadow");
        for (var n = 0; n <= KernelLimits.EvaluationsMax; n++)
        {
            _builder.File(PolicyBuilder.And(same, _builder.Image($"/bin/{n}")));
        }

        Assert.Empty(_builder.Compile().Diagnostics);
    }

    [Fact]
    public void Wildcards_that_need_too_many_states_are_GP3012_and_the_worst_is_named()
    {
        _builder.Target("/simple?");
        _builder.Target("*a????????????????????b");
        AssertError("GP3012", "automaton states", "atoms.yml(2,7)");
    }

    [Fact]
    public void A_pattern_longer_than_a_path_is_GP3013()
    {
        _builder.Target("/" + new string('a', KernelLimits.PathMax));
        AssertError("GP3013", "GUARD_PATH_MAX", "atoms.yml(1,7)");
    }

    [Fact]
    public void Too_many_items_of_one_user_are_GP3014()
    {
        for (uint n = 0; n <= KernelLimits.MatchesMax; n++)
        {
            _builder.User(0, n + 1);
        }

        AssertError("GP3014", "GUARD_MATCHES_MAX", $"atoms.yml({KernelLimits.MatchesMax + 1},7)");
    }

    [Fact]
    public void Too_many_items_that_hold_for_every_path_are_GP3014()
    {
        for (var n = 0; n <= KernelLimits.MatchesMax; n++)
        {
            _builder.Target("*");
        }

        AssertError("GP3014", "GUARD_MATCHES_MAX", $"atoms.yml({KernelLimits.MatchesMax + 1},7)");
    }

    [Fact]
    public void Bounds_are_inclusive()
    {
        var deepest = (ConditionNode)_builder.User(0);
        for (var depth = 1; depth < KernelLimits.RuleDepthMax; depth++)
        {
            deepest = PolicyBuilder.And(_builder.Target("/x"), deepest);
        }

        _builder.File(deepest);
        _builder.File(_builder.Target(string.Join('*', Enumerable.Repeat("a", KernelLimits.SegmentsMax))));
        _builder.File(_builder.Target([.. Enumerable.Range(1, KernelLimits.SequencesMax - 1).Select(n => $"/{n}*x")]));
        Assert.Empty(_builder.Compile().Diagnostics);
    }

    private Diagnostic AssertError(string id, string bound, string position)
    {
        var compiled = _builder.Compile();
        Assert.Null(compiled.Image);
        var error = Assert.Single(compiled.Diagnostics, d => d.Id == id);
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
        Assert.Contains(bound, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Span.ToString());
        Assert.NotNull(error.Hint);
        return error;
    }
}
