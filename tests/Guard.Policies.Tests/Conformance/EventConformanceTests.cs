using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Policies.Diagnostics;
using Guard.Policies.Simulation.Events;
using Guard.Policies.Tests.Oracle;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Conformance;

/// <summary>
/// Sigma's own data through what runs: text, image, simulator. Nothing is translated and nothing left out.
/// </summary>
public sealed class EventConformanceTests(ITestOutputHelper output)
{
    private static readonly CompilerOptions Events = new() { Domain = PolicyDomain.Events };

    [SkippableFact]
    public void Every_case_gives_the_expected_answer()
    {
        var wrong = new List<string>();
        var ran = 0;
        foreach (var row in Rows("cases.jsonl"))
        {
            ran++;
            var rule = Text(row, "rule_yaml");
            var result = PolicyText.Compile(rule, Events);
            if (result.HasErrors)
            {
                wrong.Add($"{Describe(row)}: refused: {Errors(result)}");
                continue;
            }

            var matched = new EventSimulator(result.Image!).Match(Parse(row.GetProperty("event").GetRawText())).Length > 0;
            if (matched != row.GetProperty("expected").GetBoolean())
            {
                wrong.Add($"{Describe(row)}: {matched}\n{rule}\n{Shortened(row.GetProperty("event").GetRawText())}");
            }
        }

        output.WriteLine($"cases: {ran}");
        Assert.True(ran >= 400, $"only {ran} ran");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {ran}:\n{string.Join('\n', wrong)}");
    }

    /// <summary>The same by plain loops over the normalised rules: tells whether the meaning or the tables are at fault.</summary>
    [SkippableFact]
    public void Every_case_gives_the_expected_answer_by_the_normalised_rules()
    {
        var wrong = new List<string>();
        foreach (var row in Rows("cases.jsonl"))
        {
            var policy = PolicyText.Compile(Text(row, "rule_yaml"), Events).Normalised;
            var matched = policy is null
                ? (bool?)null
                : NaiveEventEvaluator.MatchingRules(policy, row.GetProperty("event")).Count > 0;
            if (matched != row.GetProperty("expected").GetBoolean())
            {
                wrong.Add($"{Describe(row)}: {matched}\n{Text(row, "rule_yaml")}\n{Shortened(row.GetProperty("event").GetRawText())}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n{string.Join('\n', wrong)}");
    }

    /// <summary>All published rules are one bundle; each event says where it comes from, as its rule has it.</summary>
    [SkippableFact]
    public void Every_event_is_matched_by_its_rule_or_not()
    {
        var result = PolicyCompiler.Compile(PublishedRules(), Events);
        Assert.False(result.HasErrors, Errors(result));
        var image = result.Image!;
        var numbers = image.Rules.Select((rule, i) => (rule.Identity.Id, i)).ToDictionary(r => r.Id, r => r.i);
        var simulator = new EventSimulator(image);
        var wrong = new List<string>();
        var ran = 0;
        foreach (var row in Rows("events.jsonl"))
        {
            ran++;
            var number = numbers[Text(row, "rule_id")];
            var source = image.Rules[number].Source;
            var @event = JsonNode.Parse(row.GetProperty("event").GetRawText())!.AsObject();
            @event["_category"] = source.Category;
            @event["_service"] = source.Service;
            @event["_product"] = ran % 2 == 0 ? source.Product : null;
            var matched = simulator.Match(Parse(@event.ToJsonString())).Contains(number);
            if (matched != row.GetProperty("expected").GetBoolean())
            {
                wrong.Add($"{Text(row, "id")} {Text(row, "rule_path")}: {matched}\n{Shortened(row.GetProperty("event").GetRawText())}");
            }
        }

        output.WriteLine($"events: {ran}, rules: {image.Rules.Length}, image: {image.Bytes.Length} bytes");
        Assert.True(ran >= 1000, $"only {ran} ran");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {ran}:\n{string.Join('\n', wrong.Take(50))}");
    }

    [SkippableFact]
    public void Every_rule_that_must_be_refused_is_refused()
    {
        var accepted = Rows("rejects.jsonl")
            .Where(row => !PolicyText.Compile(Text(row, "rule_yaml"), Events).HasErrors)
            .Select(row => $"{Text(row, "id")} {Text(row, "area")} ({Text(row, "strength")}): {Text(row, "why")}\n{Text(row, "rule_yaml")}");
        Assert.Equal(string.Empty, string.Join('\n', accepted));
    }

    private static List<PolicyFile> PublishedRules()
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        var folder = Path.Combine(SharedData.Sigma!, "rules");
        return [.. Directory.GetFiles(folder, "*.yml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new PolicyFile(Path.GetRelativePath(folder, path), File.ReadAllBytes(path)))];
    }

    private static SigmaEvent Parse(string json)
    {
        Assert.True(SigmaEvent.TryParse(Encoding.UTF8.GetBytes(json), out var @event, out var error), error);
        return @event;
    }

    private static string Describe(JsonElement row) => $"{Text(row, "id")} {Text(row, "area")}: {Text(row, "why")}";

    private static string Errors(CompilationResult result)
        => string.Join('\n', result.Diagnostics
            .Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => $"{d.Span}: {d.Id} {d.Message}"));

    private static string Shortened(string text) => text.Length <= 500 ? text : string.Concat(text.AsSpan(0, 500), "…");

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Rows(string file)
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        return File.ReadLines(Path.Combine(SharedData.Sigma!, file)).Select(l => JsonDocument.Parse(l).RootElement);
    }
}
