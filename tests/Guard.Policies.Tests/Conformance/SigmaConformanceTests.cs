using System.Text;
using System.Text.Json;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Oracle;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Conformance;

public sealed class SigmaConformanceTests(ITestOutputHelper output)
{
    private static readonly string[] Supported = ["Image", "ImageInvoked", "ParentImage", "User", "Uid"];

    private static readonly CompilerOptions Accounts = new()
    {
        Accounts = new AccountSnapshot(new Dictionary<string, uint>
        {
            ["root"] = 0,
            ["bin"] = 2,
            ["bob"] = 1000,
            ["adm_x"] = 1001,
            ["u"] = 1002,
        }),
    };

    [SkippableFact]
    public void Rules_that_must_be_refused_are_refused()
    {
        var refused = 0;
        foreach (var row in Rows("rejects.jsonl"))
        {
            var result = PolicyText.Compile(Text(row, "rule_yaml"));
            if (Text(row, "strength") == "must")
            {
                Assert.True(result.HasErrors, $"{Text(row, "id")}: {Text(row, "why")}");
            }

            refused += result.HasErrors ? 1 : 0;
        }

        output.WriteLine($"refused {refused}");
        Assert.True(refused >= 30);
    }

    /// <summary>The reason of a rejection must survive when the fields are ones that the engine has.</summary>
    [SkippableFact]
    public void Rules_that_must_be_refused_are_refused_with_known_fields_too()
    {
        var ran = 0;
        foreach (var row in Rows("rejects.jsonl").Where(r => Text(r, "strength") == "must"))
        {
            var text = Text(row, "rule_yaml").Replace("        A", "        Image", StringComparison.Ordinal);
            Assert.True(PolicyText.Compile(text).HasErrors, $"{Text(row, "id")}: {Text(row, "why")}");
            ran++;
        }

        output.WriteLine($"ran {ran}");
        Assert.True(ran >= 25);
    }

    [SkippableFact]
    public void Cases_over_fields_of_the_engine_give_the_expected_answer()
    {
        var ran = 0;
        foreach (var row in Rows("cases.jsonl"))
        {
            var @event = row.GetProperty("event");
            if (@event.EnumerateObject().Any(p => !Supported.Contains(p.Name) || p.Value.ValueKind != JsonValueKind.String))
            {
                continue;
            }

            var result = PolicyText.Compile(Text(row, "rule_yaml"), Accounts);
            if (result.Normalised is { } policy && !result.HasErrors && RequestFor(@event) is { } request)
            {
                Check(row, policy, request);
                ran++;
            }
        }

        output.WriteLine($"cases over the engine's own fields: {ran}");
        Assert.True(ran >= 25, $"only {ran} ran");
    }

    [SkippableFact]
    public void Translated_cases_give_the_expected_answer()
    {
        var ran = 0;
        var untranslated = 0;
        var refused = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in Rows("cases.jsonl"))
        {
            if (CaseTranslation.Translate(Text(row, "rule_yaml"), row.GetProperty("event")) is not var (rule, request))
            {
                untranslated++;
                continue;
            }

            var result = PolicyText.Compile(rule);
            if (result.HasErrors)
            {
                foreach (var id in result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id).Distinct())
                {
                    refused[id] = refused.GetValueOrDefault(id) + 1;
                }

                continue;
            }

            Check(row, result.Normalised!, request);
            ran++;
        }

        output.WriteLine($"translated cases: {ran}; not translated: {untranslated}; refused: {string.Join(' ', refused)}");
        Assert.True(ran >= 200, $"only {ran} ran");
    }

    [SkippableFact]
    public void Published_rules_compile_or_are_refused_for_what_is_not_supported_yet()
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        string[] notYet =
        [
            DiagnosticCatalogue.FieldNotDecidable.Id, DiagnosticCatalogue.CategoryNotSupported.Id,
            DiagnosticCatalogue.NoCategory.Id, DiagnosticCatalogue.KeywordRefused.Id,
            DiagnosticCatalogue.ModifierNotSupported.Id,
        ];
        var accepted = 0;
        var files = Directory.GetFiles(Path.Combine(SharedData.Sigma!, "rules"), "*.yml", SearchOption.AllDirectories);
        foreach (var path in files)
        {
            var result = PolicyCompiler.Compile([new PolicyFile(Path.GetFileName(path), File.ReadAllBytes(path))], new());
            accepted += result.HasErrors ? 0 : 1;
            if (result.HasErrors)
            {
                var errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
                Assert.True(
                    errors.Exists(e => notYet.Contains(e.Id)),
                    $"{path}: {string.Join('\n', errors.Select(e => $"{e.Span} {e.Id} {e.Message}"))}");
            }
        }

        output.WriteLine($"accepted {accepted} of {files.Length}");
        Assert.True(accepted >= 10, $"only {accepted} accepted");
    }

    private static void Check(JsonElement row, NormalisedPolicy policy, OracleRequest request)
    {
        var matched = NaiveEvaluator.MatchingRules(policy, request).Count > 0;
        Assert.True(
            matched == row.GetProperty("expected").GetBoolean(),
            $"{Text(row, "id")} {Text(row, "area")}: {Text(row, "why")}\n{Text(row, "rule_yaml")}\n{row.GetProperty("event")}");
    }

    /// <summary>Null when the user is not an account: an exec without a uid does not exist.</summary>
    private static OracleRequest? RequestFor(JsonElement @event)
    {
        var user = Value(@event, "User") ?? "no account";
        var known = Accounts.Accounts.UidByName.TryGetValue(user, out var uid);
        if (!known && user != "x" && user != "no account")
        {
            return null;
        }

        var image = Bytes(Value(@event, "Image"));
        var parent = Bytes(Value(@event, "ParentImage"));
        return new OracleRequest
        {
            Category = RuleCategory.ProcessCreation,
            ImagePath = image,
            InvokedPath = image,
            ParentImage = parent,
            ParentInvoked = parent,
            Uid = known ? uid : 77777,
        };
    }

    private static byte[] Bytes(string? text) => Encoding.UTF8.GetBytes(text ?? "\u0001");

    private static string? Value(JsonElement @event, string name)
        => @event.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Rows(string file)
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        return File.ReadLines(Path.Combine(SharedData.Sigma!, file)).Select(l => JsonDocument.Parse(l).RootElement);
    }
}
