using System.Text;
using System.Text.Json;
using Guard.Policies.Simulation.Events;
using Guard.Policies.Tests.Oracle;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Properties;

/// <summary>Two executors agree on events: plain loops over the normalised rules, and the simulator over the image.</summary>
public sealed class EventAgreementTests(ITestOutputHelper output)
{
    [Fact]
    public void The_simulator_matches_what_the_normalised_rules_mean()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomEvents(seed);
        var options = new CompilerOptions { Domain = PolicyDomain.Events };
        int compiled = 0, matched = 0, notMatched = 0;
        for (var round = 0; round < 1500; round++)
        {
            var rules = random.Rules();
            var result = PolicyText.Compile(rules, options);
            if (result.HasErrors)
            {
                continue;
            }

            compiled++;
            var simulator = new EventSimulator(result.Image!);
            for (var i = 0; i < 20; i++)
            {
                var json = random.Event().ToJsonString();
                using var document = JsonDocument.Parse(json);
                var expected = NaiveEventEvaluator.MatchingRules(result.Normalised!, document.RootElement);
                Assert.True(SigmaEvent.TryParse(Encoding.UTF8.GetBytes(json), out var @event, out var error), error);
                var found = simulator.Match(@event);
                Assert.True(
                    expected.SequenceEqual(found),
                    $"seed {seed}, round {round}: expected [{string.Join(',', expected)}], found [{string.Join(',', found)}]\n{json}\n{rules}");
                matched += found.Length;
                notMatched += result.Normalised!.Rules.Length - found.Length;
            }
        }

        output.WriteLine($"policies {compiled}, matched {matched}, not matched {notMatched}");
        Assert.True(compiled > 500, "most random rules are refused");
        Assert.True(matched > 5000 && notMatched > 5000, "the generator no longer meets its own rules");
    }
}
