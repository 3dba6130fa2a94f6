using Guard.Policies.Compiling;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Properties;

/// <summary>Two executors agree: plain loops over the normalised rules, and the simulator over the image bytes.</summary>
public sealed class SimulatorAgreementTests(ITestOutputHelper output)
{
    [Fact]
    public void The_simulator_decides_what_the_normalised_rules_mean()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomPolicies(seed);
        var verdicts = new int[3];
        var byFile = 0;
        for (var round = 0; round < 1000; round++)
        {
            var policy = random.Policy();
            var image = random.Bind(Compile(policy), out var files);
            var simulator = new ImageSimulator(image);
            for (var i = 0; i < 20; i++)
            {
                var request = random.Request();
                var trace = simulator.Trace(request);
                AssertAgrees(policy, image, request, files, trace, $"seed {seed}, policy {round}, request {i}");
                verdicts[(int)trace.Decision.Verdict]++;
                byFile += trace.Held.Count(h => h.Cause is HoldCause.TargetFile or HoldCause.ImageFile or HoldCause.ParentFile
                    or HoldCause.LoadedFile or HoldCause.TargetImageFile);
            }
        }

        output.WriteLine($"allow {verdicts[0]}, audit {verdicts[1]}, block {verdicts[2]}, by the file alone {byFile}");
        Assert.True(byFile > 50, "no file is met under another name any more");
        Assert.All(verdicts, count => Assert.True(count > 1000, "the generator no longer meets its own policies"));
    }

    [Fact]
    public void No_rule_holds_for_an_operation_on_a_socket_that_is_not_asked_about()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomPolicies(seed);
        var (notAsked, matched) = (0, 0);
        for (var round = 0; round < 1000; round++)
        {
            var policy = random.OperationsPolicy();
            var image = random.Bind(Compile(policy), out var files);
            var asked = ImageReader.Read(image.Bytes).Header.NetworkOperations;
            var simulator = new ImageSimulator(image);
            for (var i = 0; i < 5; i++)
            {
                var request = random.Request() with { Category = RuleCategory.NetworkConnection };
                var trace = simulator.Trace(request);
                AssertAgrees(policy, image, request, files, trace, $"seed {seed}, policy {round}, request {i}");
                notAsked += 1 - (int)(asked >> (int)request.Socket.Operation & 1);
                matched += trace.Decision.Verdict == Verdict.Allow ? 0 : 1;
            }
        }

        output.WriteLine($"not asked {notAsked}, matched {matched}");
        Assert.InRange(notAsked, 500, 4500);
        Assert.True(matched > 500, "the generator no longer meets its own policies");
    }

    [Fact]
    public void A_process_for_which_nothing_holds_is_allowed_where_the_process_decides()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomPolicies(seed);
        var (settled, matched) = (0, 0);
        for (var round = 0; round < 3000; round++)
        {
            var policy = random.Policy(4);
            var image = random.Bind(Compile(policy), out var files);
            var categories = ImageReader.Read(image.Bytes).Header.Categories;
            foreach (var category in (RuleCategory[])[RuleCategory.NetworkConnection, RuleCategory.Operation])
            {
                if (categories[(int)category].TargetDecides != KernelAbi.DecidesSubject)
                {
                    continue;
                }

                var request = random.Request() with { Category = category };
                var trace = new ImageSimulator(image).Trace(request);
                AssertAgrees(policy, image, request, files, trace, $"seed {seed}, policy {round}, {category}");
                matched += trace.Decision.Verdict == Verdict.Allow ? 0 : 1;
                if (!trace.Incomplete.Any(CategoryTables.IsKeptWithProcess)
                    && !trace.Held.Any(h => CategoryTables.IsKeptWithProcess(policy.Atoms[h.Atom].Field)))
                {
                    settled++;
                    Assert.Equal(Verdict.Allow, trace.Decision.Verdict);
                }
            }
        }

        output.WriteLine($"settled {settled}, matched {matched}");
        Assert.True(settled > 40 && matched > 100, "the generator no longer meets its own policies");
    }

    [Fact]
    public void Crowded_policies_reach_every_bound_of_a_decision()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomPolicies(seed);
        var seen = new Dictionary<string, int>();
        for (var round = 0; round < 30; round++)
        {
            var policy = random.CrowdedPolicy();
            var simulator = new ImageSimulator(Compile(policy));
            for (var i = 0; i < 20; i++)
            {
                var trace = simulator.Trace(random.Request());
                Assert.InRange(trace.Held.Length, 0, KernelLimits.MatchesMax);
                Assert.InRange(trace.Evaluations.Length, 0, KernelLimits.EvaluationsMax);
                var failure = trace.Decision.Failure;
                var kind = failure == DecisionFailure.None && trace.Decision.MoreRules ? "None more" : $"{failure}";
                seen[kind] = seen.GetValueOrDefault(kind) + 1;
            }
        }

        output.WriteLine(string.Join(", ", seen.Select(s => $"{s.Key}: {s.Value}")));
        Assert.Superset(new HashSet<string> { "None more", "TooManyMatches", "TooManyRules" }, seen.Keys.ToHashSet());
    }

    [Fact]
    public void Equal_policies_give_equal_bytes()
    {
        var seed = TestSeed.Next(output);
        for (var round = 0; round < 50; round++)
        {
            var first = Compile(new RandomPolicies(seed + round).Policy());
            var second = Compile(new RandomPolicies(seed + round).Policy());
            Assert.True(first.Bytes.Span.SequenceEqual(second.Bytes.Span));
        }
    }

    private static PolicyImage Compile(NormalisedPolicy policy)
    {
        var compiled = ImageCompiler.Compile(policy);
        Assert.Empty(compiled.Diagnostics);
        return compiled.Image!;
    }

    private static void AssertAgrees(
        NormalisedPolicy policy,
        PolicyImage image,
        DecisionRequest request,
        IReadOnlyDictionary<string, FileKey> files,
        DecisionTrace trace,
        string where)
    {
        var naive = new NaiveDecision(policy, request, files);
        var asked = ImageReader.Read(image.Bytes).Header.Categories[(int)request.Category].Fields;
        for (var atom = 0; atom < policy.Atoms.Length; atom++)
        {
            // A file is not hashed for nothing.
            if (policy.Atoms[atom].Field == PolicyField.Digest && (asked >> (int)PolicyField.Digest & 1) == 0)
            {
                continue;
            }

            var holds = trace.Held.Any(h => h.Atom == atom);
            Assert.True(
                (naive.AtomTruth(atom) == Truth.True) == holds,
                $"{where}: atom {atom} {(holds ? "holds" : "does not hold")}, wrongly\n{Describe(policy.Atoms[atom], request)}");
        }

        var expected = naive.Matches();
        var decision = trace.Decision;
        var verdict = expected.Count == 0 ? Verdict.Allow : (Verdict)expected.Keys.Max(r => policy.Rules[r].Action);
        Assert.True(verdict == decision.Verdict, $"{where}: {verdict} became {decision}");
        Assert.True(
            expected.Keys.Order().SequenceEqual(decision.Rules.Order()),
            $"{where}: rules {string.Join(',', expected.Keys)} became {decision}");
        if (decision.Rules.Length > 0)
        {
            var first = decision.Rules[0];
            Assert.True((Verdict)policy.Rules[first].Action == verdict, $"{where}: the first rule did not decide");
            Assert.True(expected[first] == decision.FromUnknown, $"{where}: unknown is wrong");
            var certain = expected.Any(m => !m.Value && (Verdict)policy.Rules[m.Key].Action == verdict);
            Assert.True(certain == !decision.FromUnknown, $"{where}: unknown, where a rule is certain");
        }
    }

    private static string Describe(NormalisedAtom atom, DecisionRequest request)
    {
        if (atom is not TextAtom text)
        {
            return $"{atom} {request}";
        }

        string Element(PatternElement e) => e is LiteralElement l ? Convert.ToHexStringLower(l.Bytes.AsSpan()) : e is AnyRunElement ? "*" : "?";
        string Text(RequestText t) => $"{t.State}:{Convert.ToHexStringLower(t.Bytes.Span)}";
        var patterns = text.Patterns.Select(p => $"{(p.CaseSensitive ? "cased " : string.Empty)}{string.Join(' ', p.Elements.Select(Element))}");
        return $"{request.Category} {text.Field} {text.Roles}: [{string.Join(", ", patterns)}] [{string.Join(", ", text.Expressions)}]\n"
            + $"program {Text(request.Image)} {Text(request.Invoked)} {Text(request.CommandLine)}, directory {Text(request.CurrentDirectory)}, "
            + $"target {Text(request.Target)}, parent {Text(request.ParentImage)} {Text(request.ParentInvoked)} {Text(request.ParentCommandLine)}, "
            + string.Join(' ', request.Ancestors.Select(a => $"({Text(a.Image)} {Text(a.Invoked)} {Text(a.CommandLine)})"));
    }
}
