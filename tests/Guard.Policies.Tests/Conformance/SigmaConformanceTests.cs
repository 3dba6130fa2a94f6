using System.Text.Json;
using System.Text.RegularExpressions;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Oracle;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Conformance;

/// <summary>The shared conformance data against the front end and the specification of events: no exceptions.</summary>
public sealed partial class SigmaConformanceTests(ITestOutputHelper output)
{
    private static readonly CompilerOptions Events = new() { Domain = PolicyDomain.Events };

    [SkippableTheory]
    [InlineData(PolicyDomain.Events)]
    [InlineData(PolicyDomain.Kernel)]
    public void Rules_that_should_be_refused_are_refused(PolicyDomain domain)
    {
        var ran = 0;
        foreach (var row in Rows("rejects.jsonl"))
        {
            // In the kernel's domain the reason must survive when the field is one that it knows.
            var text = domain == PolicyDomain.Events
                ? Text(row, "rule_yaml")
                : Text(row, "rule_yaml").Replace("        A", "        CommandLine", StringComparison.Ordinal);
            var result = Check(text, new CompilerOptions { Domain = domain });
            Assert.True(result.HasErrors, $"{Text(row, "id")}: {Text(row, "why")}");
            ran++;
        }

        Assert.True(ran >= 33, $"only {ran} ran");
    }

    [SkippableFact]
    public void Cases_give_the_expected_answer()
    {
        var wrong = new List<string>();
        var ran = 0;
        foreach (var row in Rows("cases.jsonl"))
        {
            var result = Check(Text(row, "rule_yaml"), Events);
            ran++;
            if (result.HasErrors)
            {
                wrong.Add($"{Text(row, "id")} {Text(row, "area")}: {Errors(result)}\n{Text(row, "rule_yaml")}");
            }
            else if (!Answers(row, result.Normalised!))
            {
                wrong.Add($"{Text(row, "id")} {Text(row, "area")}: {Text(row, "why")}\n{Text(row, "rule_yaml")}\n{row.GetProperty("event")}");
            }
        }

        output.WriteLine($"{ran} cases, {wrong.Count} wrong");
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong.Take(5)));
        Assert.True(ran >= 473);
    }

    [SkippableFact]
    public void Events_of_published_rules_give_the_expected_answer()
    {
        var wrong = new List<string>();
        var ran = 0;
        foreach (var rows in Rows("events.jsonl").GroupBy(r => Text(r, "rule_path")))
        {
            var result = Check(File.ReadAllText(Path.Combine(SharedData.Sigma!, "rules", rows.Key)), Events);
            Assert.False(result.HasErrors, $"{rows.Key}: {Errors(result)}");
            foreach (var row in rows)
            {
                ran++;
                if (!Answers(row, result.Normalised!))
                {
                    wrong.Add($"{Text(row, "id")} {rows.Key}: {Text(row, "why")}\n{row.GetProperty("event")}");
                }
            }
        }

        output.WriteLine($"{ran} events, {wrong.Count} wrong");
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong.Take(5)));
        Assert.True(ran >= 1291);
    }

    [SkippableFact]
    public void Published_rules_bind_for_events_and_those_of_decided_categories_for_a_kernel()
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        var events = 0;
        var kernel = 0;
        var refused = 0;
        var files = Directory.GetFiles(Path.Combine(SharedData.Sigma!, "rules"), "*.yml", SearchOption.AllDirectories);
        foreach (var path in files)
        {
            var text = File.ReadAllText(path);
            var result = Check(text, Events);
            if (CountingCondition().IsMatch(text))
            {
                // Five of the unsupported rules (statement 34).
                Assert.Contains(result.Diagnostics, d => d.Id == DiagnosticCatalogue.AggregationRefused.Id);
                refused++;
                continue;
            }

            Assert.False(result.HasErrors, $"{path}: {Errors(result)}");
            events++;
            var category = result.Normalised!.Rules.Single().Source.Category;
            result = Check(text, new CompilerOptions());
            if (category is "process_creation" or "file_event"
                || (category is "network_connection" && !text.Contains("DestinationHostname", StringComparison.Ordinal)))
            {
                Assert.False(result.HasErrors, $"{path}: {Errors(result)}");
                kernel++;
            }
            else
            {
                Assert.True(result.HasErrors, path);
            }
        }

        output.WriteLine($"{events} bind for events, {kernel} for a kernel, {refused} are refused");
        Assert.True(events + refused >= 203 && kernel >= 100 && refused == 5, $"{events} {kernel} {refused}");
    }

    [GeneratedRegex(@"^    condition: .*\|", RegexOptions.Multiline)]
    private static partial Regex CountingCondition();

    private static bool Answers(JsonElement row, NormalisedPolicy policy)
        => NaiveEventEvaluator.MatchingRules(policy, row.GetProperty("event")).Count > 0 == row.GetProperty("expected").GetBoolean();

    private static CompilationResult Check(string text, CompilerOptions options)
    {
        var bag = new DiagnosticBag();
        var policy = PolicyCompiler.Analyse([PolicyText.File(text)], options, bag);
        return new CompilationResult(null, policy, bag.ToImmutable());
    }

    private static string Errors(CompilationResult result) => string.Join(
        '\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d.Span} {d.Id} {d.Message}"));

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Rows(string file)
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        return File.ReadLines(Path.Combine(SharedData.Sigma!, file)).Select(l => JsonDocument.Parse(l).RootElement);
    }
}
