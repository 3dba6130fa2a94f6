using System.Globalization;
using Guard.Policies.Compiling;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Abi.Tests;

/// <summary>
/// The kernel's decision core and the C# simulator, over the same bytes: random policies, random requests. GUARD_SEED
/// replays a run, GUARD_ROUNDS makes it longer.
/// </summary>
public sealed class KernelAgreementTests(ITestOutputHelper output)
{
    private const int RequestsPerPolicy = 200;

    private static int Rounds => int.Parse(
        Environment.GetEnvironmentVariable("GUARD_ROUNDS") ?? "200", CultureInfo.InvariantCulture);

    [SkippableFact]
    public void The_kernel_decides_what_the_simulator_decides()
    {
        var seen = Compare(TestSeed.Next(output), Rounds, (random, _) => random.Policy());
        // A kill is what the hook makes of a block that comes too late; the core never says it.
        string[] verdicts = [nameof(Verdict.Allow), nameof(Verdict.Audit), nameof(Verdict.Block)];
        Assert.All(verdicts, v => Assert.Contains(seen, s => s.StartsWith(v, StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void They_agree_at_every_bound_and_a_block_survives_a_failure()
    {
        var seen = Compare(TestSeed.Next(output), Math.Max(20, Rounds / 8), Crowded);
        Assert.Superset(
            new HashSet<string>
            {
                "Allow TooManyMatches", "Allow TooManyRules", "Block TooManyMatches", "Block TooManyRules", "Block more",
            },
            seen);
    }

    [SkippableFact]
    public void What_target_and_cgroup_settle_is_what_the_whole_decision_says()
        => Assert.Contains("settled", Compare(TestSeed.Next(output), Rounds, (random, _) => random.PlacedPolicy()));

    [SkippableFact]
    public void They_agree_about_operations_on_sockets_that_are_asked_about_and_others()
        => Assert.Superset(
            new HashSet<string> { nameof(Verdict.Allow), nameof(Verdict.Block) },
            Compare(TestSeed.Next(output), Rounds, (random, _) => random.OperationsPolicy()));

    /// <summary>Every third policy blocks nothing, so that a failure is all there is.</summary>
    private static NormalisedPolicy Crowded(RandomPolicies random, int round)
    {
        var policy = random.CrowdedPolicy();
        return round % 3 != 0
            ? policy
            : policy with { Rules = [.. policy.Rules.Select(r => r with { Action = RuleAction.Audit })] };
    }

    private static RequestText WholeOrAbsent(RequestText text)
        => text.State == TextState.TruncatedFront ? RequestText.Absent : text;

    private HashSet<string> Compare(int seed, int rounds, Func<RandomPolicies, int, NormalisedPolicy> next)
    {
        using var kernel = NativeDecision.Load();
        var random = new RandomPolicies(seed);
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            var compiled = ImageCompiler.Compile(next(random, round));
            Assert.Empty(compiled.Diagnostics);
            var image = random.Bind(compiled.Image!, out _);
            kernel.Install(image);
            var simulator = new ImageSimulator(image);
            for (var i = 0; i < RequestsPerPolicy; i++)
            {
                var request = random.Request();
                request = request with
                {
                    Invoked = WholeOrAbsent(request.Invoked),
                    ParentInvoked = WholeOrAbsent(request.ParentInvoked),
                    Object = WholeOrAbsent(request.Object),
                    TargetImage = WholeOrAbsent(request.TargetImage),
                };
                var expected = simulator.Decide(request);
                var actual = kernel.Decide(request);
                Assert.True(
                    expected == actual,
                    $"GUARD_SEED={seed}, policy {round}, request {i}: simulator {expected}, kernel {actual}\n{Describe(request, simulator.Trace(request))}");
                Assert.True(
                    !kernel.WasSettled || actual.Verdict == Verdict.Allow,
                    $"GUARD_SEED={seed}, policy {round}, request {i}: settled, and {actual}");
                var kind = kernel.WasSettled ? "settled" : Kind(expected);
                seen[kind] = seen.GetValueOrDefault(kind) + 1;
            }
        }

        output.WriteLine(string.Join(", ", seen.Select(s => $"{s.Key}: {s.Value}")));
        return [.. seen.Keys];
    }

    private static string Describe(DecisionRequest request, DecisionTrace trace)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Category} uid {request.Uid} logon {request.LogonId} access {request.Access}, properties {request.Properties}, group {request.Group} in {request.MountNamespace}, ")
            + $"cgroup {Text(request.Cgroup)}, "
            + $"program {Text(request.Image)} {Text(request.Invoked)} {Text(request.CommandLine)}, "
            + $"parent {Text(request.ParentImage)} {Text(request.ParentInvoked)} {Text(request.ParentCommandLine)}, "
            + $"ancestors {request.AncestorsKnown} {string.Join(' ', request.Ancestors.Select(Text))}, "
            + $"directory {Text(request.CurrentDirectory)}, target {Text(request.Target)}, "
            + $"operation {request.SystemOperation:x} {Text(request.Object)} {Text(request.TargetImage)} new id {request.NewId}, "
            + $"files {request.ImageFile} {request.ParentFile} {request.TargetFile} {request.TargetImageFile}, socket {request.Socket}\n"
            + $"held {string.Join(' ', trace.Held)}\nincomplete {string.Join(' ', trace.Incomplete)}\n"
            + $"rules {string.Join(' ', trace.Evaluations)}";

    private static string Text(RequestProgram program)
        => $"({Text(program.Image)} {Text(program.Invoked)} {Text(program.CommandLine)})";

    private static string Text(RequestText text) => $"{text.State}:{Convert.ToHexStringLower(text.Bytes.Span)}";

    private static string Kind(Decision decision)
        => decision.Failure != DecisionFailure.None ? $"{decision.Verdict} {decision.Failure}"
            : decision.MoreRules ? $"{decision.Verdict} more"
            : decision.Verdict.ToString();
}
