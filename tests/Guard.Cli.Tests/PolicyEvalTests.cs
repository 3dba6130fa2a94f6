using System.Diagnostics;
using System.Text;
using Guard.Policies;
using Xunit;

namespace Guard.Cli.Tests;

/// <summary><c>policy eval</c> with the real compiler.</summary>
public sealed class PolicyEvalTests : IDisposable
{
    private const string Netcat = """
        title: Netcat
        id: 11111111-2222-4333-8444-555555555555
        logsource: {product: linux, category: process_creation}
        detection:
            tool: {Image|endswith: [/nc, /ncat]}
            condition: tool
        """;

    private const string NoId = """
        title: "Any user \u00e9"
        logsource: {product: linux}
        detection:
            user: {User: '*'}
            condition: user
        """;

    private const string Audit = """
        title: Audit
        id: 22222222-2222-4333-8444-555555555555
        logsource: {product: linux, service: auditd}
        detection:
            type: {type: EXECVE}
            word: [shutdown]
            condition: type or word
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("guardctl-eval-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Standard_input_that_is_closed_is_told_and_not_waited_for()
    {
        Write("a.yml", Netcat);
        var program = Path.Combine(AppContext.BaseDirectory, "guardctl.dll");
        string[] words = ["-c", "exec dotnet \"$1\" policy eval --rules \"$2\" --events - <&-", "sh", program, _directory];
        using var process = Process.Start(new ProcessStartInfo("sh", words) { RedirectStandardError = true })!;
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var error = await process.StandardError.ReadToEndAsync(time.Token);
            await process.WaitForExitAsync(time.Token);
            Assert.Equal("guardctl: stdin is closed, and nothing can be read from it\ntry: redirect it, or name a file\n", error);
            Assert.Equal(1, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Each_event_gives_a_line_with_the_rules_in_the_order_of_the_bundle()
    {
        Write("b/2.yml", Netcat);
        Write("a/1.yml", $"{Audit}\n---\n{NoId}\n");
        var result = await EvaluateAsync("""
            {"Image": "/bin/nc", "User": "bob", "type": "EXECVE"}

            {"Image": "/bin/cat"}
            {"_id": "x7", "message": "SHUTDOWN now"}
            {"_id": 1, "User": ""}
            """);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(
            [
                """{"event":1,"matched":["22222222-2222-4333-8444-555555555555","Any user \u00E9","11111111-2222-4333-8444-555555555555"]}""",
                """{"event":3,"matched":[]}""",
                """{"event":"x7","matched":["22222222-2222-4333-8444-555555555555"]}""",
                """{"event":1,"matched":["Any user \u00E9"]}""",
                "",
            ],
            result.Out.Split('\n'));
    }

    [Theory]
    [InlineData("""{"_category": "process_creation", """, true, true, false)]
    [InlineData("""{"_product": "linux", "_category": "process_creation", """, true, true, false)]
    [InlineData("""{"_product": "windows", "_category": "process_creation", """, false, false, false)]
    [InlineData("""{"_category": "Process_Creation", """, false, true, false)]
    [InlineData("""{"_service": "auditd", """, false, true, true)]
    [InlineData("""{"_product": "linux", """, false, true, false)]
    [InlineData("""{"_category": null, """, true, true, true)]
    [InlineData("""{"_service": "", """, false, true, false)]
    public async Task An_event_that_says_where_it_comes_from_concerns_only_those_rules(
        string source, bool netcat, bool noId, bool audit)
    {
        Write("1.yml", Netcat);
        Write("2.yml", NoId);
        Write("3.yml", Audit);
        var result = await EvaluateAsync(source + """ "Image": "/bin/nc", "User": "bob", "type": "EXECVE"}""");
        Assert.Equal(netcat, result.Out.Contains("11111111", StringComparison.Ordinal));
        Assert.Equal(noId, result.Out.Contains("Any user", StringComparison.Ordinal));
        Assert.Equal(audit, result.Out.Contains("22222222", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("_category", "process_create", "no rule has the category 'process_create': did you mean 'process_creation'?")]
    [InlineData("_category", "Process_Creation", "no rule has the category 'Process_Creation': did you mean 'process_creation'?")]
    [InlineData("_category", "proces_creation", "no rule has the category 'proces_creation': did you mean 'process_creation'?")]
    [InlineData("_category", "netwrok_connection", "no rule has the category 'netwrok_connection': did you mean 'network_connection'?")]
    [InlineData("_category", "file_access", null)]
    [InlineData("_category", "webserver", null)]
    [InlineData("category", "process_creation", "'category' is a field like any other: did you mean \"_category\": \"process_creation\"?")]
    [InlineData("category", "ProcessCreation", "'category' is a field like any other: did you mean \"_category\": \"process_creation\"?")]
    [InlineData("category", "authentication", null)]
    public async Task A_category_that_was_probably_meant_otherwise_is_told_of_once(string name, string category, string? note)
    {
        Write("1.yml", Netcat);
        var line = $$"""{"{{name}}": "{{category}}", "Image": "/bin/x"}""";
        var result = await EvaluateAsync($"{{}}\n{line}\n{line}\n");
        Assert.Equal((0, note is null ? "" : $"guardctl: line 2: {note}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_bad_line_is_reported_and_the_others_are_evaluated()
    {
        Write("1.yml", Netcat);
        var result = await EvaluateAsync("{\"Image\": \"/nc\"}\n{\"Image\": \n[]\n{\"A\": 1, \"A\": 1}\n{\"Image\": \"/nc\"}");
        Assert.Equal(1, result.Code);
        Assert.Equal(
            """
            {"event":1,"matched":["11111111-2222-4333-8444-555555555555"]}
            {"event":5,"matched":["11111111-2222-4333-8444-555555555555"]}

            """,
            result.Out);
        Assert.Contains("stdin(2): error: no JSON", result.Error, StringComparison.Ordinal);
        Assert.Contains("stdin(3): error: an event is a JSON object, alone on its line", result.Error, StringComparison.Ordinal);
        Assert.Contains("stdin(4): error: the property 'A' stands twice in one object\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("3 lines were not evaluated", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Findings_go_to_stderr_and_refused_rules_evaluate_nothing()
    {
        var good = Write("1.yml", Netcat);
        var bad = Write("2.yml", Netcat.Replace("condition: tool", "condition: tol", StringComparison.Ordinal));
        var result = await RunAsync("{}", "policy", "eval", "--rules", good, "--rules", bad, "--events", "-");
        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.Contains($"{bad}(6,", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_event()
    {
        Write("1.yml", Netcat);
        var result = await EvaluateAsync("\uFEFF{\"Image\": \"/nc\"}\r\n{\"Image\": \"/nc\"}\r\n");
        Assert.Equal((0, 2), (result.Code, result.Out.Split("11111111").Length - 1));
    }

    [Fact]
    public async Task What_is_known_is_printed_before_more_is_waited_for()
    {
        Write("1.yml", Netcat);
        using var input = new Slow(["{\"Image\": \"/nc\"}\n{\"Image\"", ": \"/nc\"}\n"]);
        using var output = new StringWriter();
        var seen = new List<string>();
        input.Waiting = () => seen.Add(output.ToString());
        var environment = new CliEnvironment { Out = output, Error = TextWriter.Null, OpenInput = () => input };
        Assert.Equal(0, await GuardCtl.RunAsync(["policy", "eval", "--rules", _directory, "--events", "-"], environment));
        Assert.Equal([0, 1, 2], seen.Select(text => text.Count(c => c == '\n')));
    }

    [Theory]
    [InlineData("missing.jsonl", 5)]
    [InlineData(".", 2)]
    public async Task Events_that_cannot_be_read_are_named(string name, int code)
    {
        Write("1.yml", Netcat);
        var result = await RunAsync("", "policy", "eval", "--rules", _directory, "--events", Path.Combine(_directory, name));
        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.Contains(name, result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> EvaluateAsync(string events) => RunAsync(events, "policy", "eval", "--rules", _directory, "--events", "-");

    private static async Task<CliResult> RunAsync(string events, params string[] args)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(events));
        return await Cli.RunAsync(new Cli.Options { Compile = PolicyCompiler.Compile, Input = input }, args);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Gives one piece for each read, and says when it is asked for the next.</summary>
    private sealed class Slow(string[] pieces) : MemoryStream
    {
        private int _next;

        public Action Waiting { get; set; } = () => { };

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Waiting();
            return ValueTask.FromResult(
                _next < pieces.Length ? Encoding.UTF8.GetBytes(pieces[_next++], buffer.Span) : 0);
        }
    }
}
