using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Guard.Policies;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Conformance;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Abi.Tests;

/// <summary>
/// Sigma's own data through the kernel's decision core, as far as a kernel category has the fields: what the data
/// expects, what the simulator says and what the core says is one answer.
/// </summary>
public sealed partial class KernelConformanceTests(ITestOutputHelper output)
{
    /// <summary>Texts that the kernel has of every process, in the order in which invented fields get them.</summary>
    private static readonly string[] Known = ["CommandLine", "ParentCommandLine", "CurrentDirectory", "ParentImage", "Image"];
    private static readonly string[] Categories = ["process_creation", "file_event", "network_connection"];

    [SkippableFact]
    public void Every_event_of_a_published_rule_is_decided_as_expected()
    {
        using var kernel = NativeDecision.Load();
        var wrong = new List<string>();
        var ran = 0;
        var groups = Rows("events.jsonl").Where(row => Categories.Contains(Text(row, "category"))).GroupBy(row => Text(row, "rule_path"));
        foreach (var rows in groups)
        {
            var accounts = Accounts(rows);
            var rule = File.ReadAllBytes(Path.Combine(SharedData.Sigma!, "rules", rows.Key));
            if (rule.AsSpan().IndexOf("DestinationHostname"u8) >= 0)
            {
                // A kernel is asked for addresses.
                continue;
            }

            var result = Compile(rule, accounts);
            Assert.True(result.Image is not null, $"{rows.Key}: {Errors(result)}");
            kernel.Install(result.Image);
            ran += rows.Count();
            wrong.AddRange(rows.Select(row => Complaint(row, result.Image, accounts, kernel)).OfType<string>());
        }

        output.WriteLine($"{ran} events");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {ran}:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(ran >= 864, $"only {ran} ran");
    }

    /// <summary>
    /// Those whose fields the category has; a kernel's texts are never null, absent or numbers. The native program takes
    /// texts of one window: scenario 11-command-line has longer ones.
    /// </summary>
    [SkippableFact]
    public void Every_case_that_a_kernel_can_be_asked_is_decided_as_expected()
    {
        using var kernel = NativeDecision.Load();
        var wrong = new List<string>();
        var ran = 0;
        var refused = new List<string>();
        foreach (var row in Rows("cases.jsonl").Select(InWordsOfTheKernel).Where(row => CanBeAsked(row) || IsOfAFile(row)))
        {
            var accounts = Accounts([row]);
            var result = Compile(System.Text.Encoding.UTF8.GetBytes(Text(row, "rule_yaml")), accounts);
            if (result.Image is null || result.Image.Rules[0].Category is not (RuleCategory.ProcessCreation or RuleCategory.FileAccess))
            {
                refused.Add($"{Text(row, "id")} {Text(row, "area")}: {Errors(result)}");
                continue;
            }

            ran++;
            kernel.Install(result.Image);
            if (Complaint(row, result.Image, accounts, kernel) is { } complaint)
            {
                wrong.Add(complaint);
            }
        }

        output.WriteLine($"{ran} cases; not a kernel's:\n{string.Join('\n', refused)}");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {ran}:\n{string.Join('\n', wrong.Take(20))}");

        // Fields, keywords and modifiers that a kernel has not, texts compared as numbers, and what a text can never be.
        Assert.All(refused, text => Assert.Matches("GP2031|GP2040|GP2051|GP2053|GP4002", text));
        Assert.True(ran >= 300, $"only {ran} ran");
    }

    [SkippableFact]
    public void Every_case_of_a_connection_is_decided_as_expected()
    {
        using var kernel = NativeDecision.Load();
        var wrong = new List<string>();
        var ran = 0;
        foreach (var row in Rows("cases.jsonl").Where(IsOfASocket))
        {
            var result = Compile(System.Text.Encoding.UTF8.GetBytes(Text(row, "rule_yaml")), Accounts([row]));
            if (result.Image is null)
            {
                // A port is a number here, not text that an expression reads.
                Assert.Equal("regex", Text(row, "area"));
                continue;
            }

            ran++;
            kernel.Install(result.Image);
            if (Complaint(row, result.Image, Accounts([row]), kernel) is { } complaint)
            {
                wrong.Add(complaint);
            }
        }

        output.WriteLine($"{ran} cases");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(ran >= 20, $"only {ran} ran");
    }

    /// <summary>
    /// Conditions are tried with fields of their own, as A and B. Another name of a field changes no answer: of a process
    /// they get names that a kernel knows, as far as there are enough of them.
    /// </summary>
    private static JsonElement InWordsOfTheKernel(JsonElement row)
    {
        var rule = Text(row, "rule_yaml");
        var invented = InventedField().Matches(rule).Select(match => match.Groups[1].Value)
            .Concat(row.GetProperty("event").EnumerateObject().Select(property => property.Name))
            .Where(name => !Known.Contains(name)).Distinct().ToList();
        var free = Known.Where(name => !rule.Contains($" {name}", StringComparison.Ordinal)).ToList();
        if (!rule.Contains("process_creation", StringComparison.Ordinal) || invented.Count > free.Count)
        {
            return row;
        }

        var names = invented.Zip(free).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        var node = JsonObject.Create(row)!;
        node["rule_yaml"] = InventedField().Replace(
            rule, match => match.Value[..^match.Groups[1].Length] + NameOf(match.Groups[1].Value));
        node["event"] = new JsonObject(row.GetProperty("event").EnumerateObject().Select(
            property => KeyValuePair.Create(NameOf(property.Name), (JsonNode?)JsonNode.Parse(property.Value.GetRawText()))));
        foreach (var name in names.Values.Where(name => Text(row, "area") == "condition" && !node["event"]!.AsObject().ContainsKey(name)))
        {
            // A process has all of them. What no item asks for matches as little as what is not there.
            node["event"]![name] = "in no rule";
        }

        return JsonSerializer.SerializeToElement(node);

        string NameOf(string name) => names.GetValueOrDefault(name, name);
    }

    /// <summary>A key of a map below a search of the detection.</summary>
    [GeneratedRegex(@"^ {8,}(?:- )?([A-Za-z][A-Za-z0-9]*)(?=[|:])", RegexOptions.Multiline)]
    private static partial Regex InventedField();

    private static bool IsOfAFile(JsonElement row)
        => Text(row, "rule_yaml").Contains("file_event", StringComparison.Ordinal)
            && row.GetProperty("event").EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String && !p.Value.ValueEquals(string.Empty));

    /// <summary>An address that is none, or is missing, is nothing that a kernel is asked about.</summary>
    private static bool IsOfASocket(JsonElement row)
        => Text(row, "rule_yaml").Contains("network_connection", StringComparison.Ordinal)
            && (!Text(row, "rule_yaml").Contains(" DestinationIp", StringComparison.Ordinal)
                || (row.GetProperty("event").TryGetProperty("DestinationIp", out var address) && IPAddress.TryParse(address.GetString(), out _)));

    private static string? Complaint(JsonElement row, PolicyImage image, AccountSnapshot accounts, NativeDecision kernel)
    {
        var request = Request(row.GetProperty("event"), image.Rules[0].Category, accounts);
        var expected = row.GetProperty("expected").GetBoolean();
        var simulated = new ImageSimulator(image).Decide(request).Rules.Length > 0;
        var decided = kernel.Decide(request).Rules.Length > 0;
        return simulated == expected && decided == expected
            ? null
            : $"{Text(row, "id")}: expected {expected}, simulator {simulated}, kernel {decided}: {Text(row, "why")}\n{row.GetProperty("event")}";
    }

    private static bool CanBeAsked(JsonElement row)
    {
        var text = Text(row, "rule_yaml");
        var asks = Known.Append("User").Where(name => text.Contains($" {name}", StringComparison.Ordinal));
        var @event = row.GetProperty("event");
        return text.Contains("process_creation", StringComparison.Ordinal)
            && @event.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String)
            && @event.EnumerateObject().All(p => p.Value.GetString()!.Length < RequestText.MaxBytes)
            && (!@event.TryGetProperty("LogonId", out var logon) || uint.TryParse(logon.GetString(), CultureInfo.InvariantCulture, out _))
            && asks.All(name => @event.TryGetProperty(name, out var value) && !value.ValueEquals(string.Empty));
    }

    private static DecisionRequest Request(JsonElement @event, RuleCategory category, AccountSnapshot accounts)
    {
        // A field that an event lacks is empty: to a kernel a missing one would be unknown.
        RequestText Field(string name)
            => RequestText.Whole(System.Text.Encoding.UTF8.GetBytes(@event.TryGetProperty(name, out var value) ? value.GetString()! : string.Empty));
        return new DecisionRequest(category)
        {
            Image = Field("Image"),
            Invoked = Field("Image"),
            CommandLine = Field("CommandLine"),
            CurrentDirectory = Field("CurrentDirectory"),
            ParentImage = Field("ParentImage"),
            ParentInvoked = Field("ParentImage"),
            ParentCommandLine = Field("ParentCommandLine"),
            Target = Field("TargetFilename"),
            Uid = @event.TryGetProperty("User", out var user) ? accounts.UidByName[user.GetString()!] : uint.MaxValue - 1,
            LogonId = @event.TryGetProperty("LogonId", out var logon)
                ? uint.Parse(logon.ToString(), CultureInfo.InvariantCulture)
                : uint.MaxValue,
            Socket = SocketOf(@event),
            Access = category == RuleCategory.FileAccess ? AccessKinds.Create | AccessKinds.Write : AccessKinds.None,
        };
    }

    private static RequestSocket SocketOf(JsonElement @event)
    {
        string Value(string name, string otherwise) => @event.TryGetProperty(name, out var value) ? value.ToString() : otherwise;
        return new RequestSocket(
            Value("Initiated", "true").Equals("true", StringComparison.OrdinalIgnoreCase) ? NetworkOperation.Connect : NetworkOperation.Listen,
            6,
            IPAddress.Parse(Value("DestinationIp", "192.0.2.1")),
            ushort.Parse(Value("DestinationPort", "443"), CultureInfo.InvariantCulture));
    }

    /// <summary>Every user of the events has an account.</summary>
    private static AccountSnapshot Accounts(IEnumerable<JsonElement> rows)
    {
        var accounts = new Dictionary<string, uint>(StringComparer.Ordinal) { ["root"] = 0 };
        foreach (var row in rows)
        {
            if (row.GetProperty("event").TryGetProperty("User", out var user))
            {
                accounts.TryAdd(user.GetString()!, (uint)(1000 + accounts.Count));
            }
        }

        return new AccountSnapshot(accounts);
    }

    private static CompilationResult Compile(byte[] rule, AccountSnapshot accounts)
        => PolicyCompiler.Compile([new PolicyFile("rule.yml", rule)], new CompilerOptions { Accounts = accounts });

    private static string Errors(CompilationResult result) => string.Join(
        '\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d.Span} {d.Id} {d.Message}"));

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Rows(string file)
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        return File.ReadLines(Path.Combine(SharedData.Sigma!, file)).Select(line => JsonDocument.Parse(line).RootElement);
    }
}
