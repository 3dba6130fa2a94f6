using System.Text.Json;
using Guard.Policies;
using Guard.Protocol;
using Xunit;

namespace Guard.Cli.Tests;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("guardctl-policy-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Check_reads_directories_recursively_and_sums_up()
    {
        Write("a.yml", "rule");
        Write("deep/er/b.YAML", "rule");
        Write("notes.md", "bad");
        var result = await Cli.RunAsync("policy", "check", _directory);
        Assert.Equal(0, result.Code);
        Assert.Equal("ok: 2 rules (2 block) in 2 files, 0 warnings; image 128 B, hash 000000000000\n", result.Out);
    }

    [Fact]
    public async Task Check_prints_findings_with_the_path_that_was_typed()
    {
        var file = Write("sub/b.yml", "bad\n\n    selektion: x\n");
        var result = await Cli.RunAsync("policy", "check", _directory);
        Assert.Equal(1, result.Code);
        Assert.Equal(
            $"{file}(3,5): error GP1203: unknown key 'selektion'\n  |     selektion: x\n  |     ^\n  hint: write 'selection'\nrefused: 1 error, 0 warnings in 1 file\n",
            result.Out);
    }

    [Fact]
    public async Task A_finding_names_the_other_place_by_the_path_that_was_typed()
    {
        const string rule = """
            title: t
            id: 11111111-2222-4333-8444-555555555555
            logsource: {product: linux, category: process_creation}
            detection: {sel: {Image: /opt/a}, condition: sel}
            """;
        var first = Write("one/x.yml", rule);
        var second = Write("two/x.yml", rule);
        var options = new Cli.Options { Compile = PolicyCompiler.Compile };
        var result = await Cli.RunAsync(options, "policy", "check", first, second);
        Assert.Contains($"{first}(2,5): error GP4001", result.Out, StringComparison.Ordinal);
        Assert.Contains($" in {second}(2,5)", result.Out, StringComparison.Ordinal);
        result = await Cli.RunAsync(options, "policy", "check", first, second, "-o", "json");
        Assert.Contains($" in {second}(2,5)", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_as_json_is_one_document()
    {
        Write("b.yml", "bad");
        var result = await Cli.RunAsync("policy", "check", _directory, "-o", "json");
        Assert.Equal(1, result.Code);
        var outcome = JsonSerializer.Deserialize(result.Out, GuardJson.Default.PolicyOutcome);
        Assert.False(outcome!.Accepted);
        Assert.Equal(3, outcome.Findings[0].Line);
    }

    [Fact]
    public async Task Check_as_json_has_all_that_a_rule_would_refuse_root()
    {
        Write("a.yml", """
            title: No shells
            logsource: {product: linux, category: process_creation}
            detection: {sel: {Image|endswith: /sh}, condition: sel}
            guard: {action: block}
            """);
        var result = await Cli.RunAsync(new Cli.Options { Compile = PolicyCompiler.Compile }, "policy", "check", _directory, "-o", "json");
        var finding = Assert.Single(JsonSerializer.Deserialize(result.Out, GuardJson.Default.PolicyOutcome)!.Findings);
        Assert.Equal("GP4004", finding.Id);
        Assert.NotNull(finding.Details);
        Assert.Contains($"{string.Join(", ", finding.Details.Take(3))} and {finding.Details.Count - 3} more", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("details", (await Cli.RunAsync("policy", "check", Write("b.yml", "bad"), "-o", "json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_of_what_is_not_there_is_5()
        => Assert.Equal(5, (await Cli.RunAsync("policy", "check", "/nonexistent/x.yml")).Code);

    [Fact]
    public async Task Check_of_a_directory_without_policies_says_so()
    {
        Write("notes.md", "x");
        var result = await Cli.RunAsync("policy", "check", _directory);
        Assert.Equal(1, result.Code);
        Assert.Contains("no policy in this directory", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("huge.yml")]
    [InlineData("/dev/zero")]
    public async Task Check_refuses_what_is_too_large_without_reading_it(string name)
    {
        var path = Path.Combine(_directory, name);
        if (name[0] != '/')
        {
            using var sparse = File.Create(path);
            sparse.SetLength(100L << 30);
        }
        var before = GC.GetTotalAllocatedBytes();
        var result = await Cli.RunAsync("policy", "check", path);
        Assert.Equal(1, result.Code);
        Assert.Contains("larger than 4 MiB", result.Error, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Fact]
    public async Task Push_checks_here_first_and_sends_nothing_that_is_wrong()
    {
        using var server = new FakeServer();
        Write("b.yml", "bad");
        var result = await Cli.RunAsync("policy", "push", _directory, "--socket", server.Path);
        Assert.Equal(1, result.Code);
        Assert.Contains("what was in force stays in force", result.Out, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Push_of_no_rule_is_refused()
    {
        using var server = new FakeServer();
        Write("b.yml", "# nothing");
        var result = await Cli.RunAsync("policy", "push", _directory, "--socket", server.Path);
        Assert.Equal(1, result.Code);
        Assert.Contains("remove --all", result.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(false, "POST /v1/policy ", "in force: generation 7, 1 rule (1 block), image 100 B, hash abcdef012345\n")]
    [InlineData(true, "POST /v1/policy/check ", "would be accepted: 1 rule (1 block), image 100 B, hash abcdef012345\n")]
    public async Task Push_sends_the_bundle_and_shows_what_became_of_it(bool dryRun, string request, string shown)
    {
        using var server = new FakeServer();
        var accepted = new PolicyOutcome(true, [], 1, 1, "abcdef0123456789", 7, 100);
        server.Answer(request.TrimEnd(), accepted, GuardJson.Default.PolicyOutcome);
        Write("sub/a.yml", "rule");
        string[] args = ["policy", "push", _directory, "--socket", server.Path];
        var result = await Cli.RunAsync(dryRun ? [.. args, "--dry-run"] : args);
        Assert.Equal((0, shown), (result.Code, result.Out));
        Assert.StartsWith(request, server.Requests[0].Line, StringComparison.Ordinal);
        var bundle = JsonSerializer.Deserialize(server.Requests[0].Body, GuardJson.Default.PolicyBundle);
        Assert.Equal("sub/a.yml", Assert.Single(bundle!.Files).Name);
        Assert.Equal("rule"u8.ToArray(), bundle.Files[0].Content);
        Assert.False(bundle.ForceLockOut);
    }

    [Fact]
    public async Task What_guardd_says_of_a_bundle_that_it_does_not_take_is_shown()
    {
        using var server = new FakeServer { RefusesBodies = true };
        server.Answer("POST /v1/policy/check", new ControlError("at most 8 MiB", "try again with sudo"), GuardJson.Default.ControlError, 413);
        Write("a.yml", "rule\n# " + new string('x', 3 << 20));
        var result = await Cli.RunAsync("policy", "push", _directory, "--dry-run", "--socket", server.Path);
        Assert.Equal(1, result.Code);
        Assert.Contains("at most 8 MiB", result.Error, StringComparison.Ordinal);
        Assert.Contains("try again with sudo", result.Error, StringComparison.Ordinal);
    }

    private static HeldFile Held(int pid) => new(pid, "ng\u001binx", "/usr/sbin/nginx", "root", 7, "/etc/shadow", ["read", "write"], "id-1", "No shadow");

    [Fact]
    public async Task Push_names_the_first_files_that_were_open_already()
    {
        using var server = new FakeServer();
        var open = new SweepOutcome(1200, [.. Enumerable.Range(1, 1000).Select(Held)]) { Recorded = 3 };
        server.Answer("POST /v1/policy", new PolicyOutcome(true, [], 1, 1, "abcdef0123456789", 7, 100) { OpenFiles = open }, GuardJson.Default.PolicyOutcome);
        Write("a.yml", "rule");
        var result = await Cli.RunAsync("policy", "push", _directory, "--socket", server.Path);
        Assert.Equal(0, result.Code);
        var lines = result.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("1,200 files that the policy refuses are open or mapped already, and stay so:", lines[1]);
        Assert.Equal("  ng\\x1binx[1] fd 7 read,write /etc/shadow (rule 'No shadow')", lines[2]);
        Assert.Equal((8, "  and 1,195 more"), (lines.Length, lines[^1]));
        Assert.Contains("1,000 of them: guardctl audit list --kind file.held", result.Error, StringComparison.Ordinal);

        var json = await Cli.RunAsync("policy", "push", _directory, "--socket", server.Path, "-o", "json");
        var outcome = JsonSerializer.Deserialize(json.Out, GuardJson.Default.PolicyOutcome);
        Assert.Equal((1200, 1000, 3), (outcome!.OpenFiles!.Held, outcome.OpenFiles.Files.Count, outcome.OpenFiles.Recorded));
    }

    [Fact]
    public async Task Sweep_lists_all_and_is_1_when_something_is_open()
    {
        using var server = new FakeServer();
        server.Answer("POST /v1/policy/sweep", new SweepOutcome(8, [.. Enumerable.Range(1, 7).Select(Held), Held(8) with { Comm = null, RuleTitle = null, RuleId = null, Descriptor = null }]), GuardJson.Default.SweepOutcome);
        var result = await Cli.RunAsync("policy", "sweep", "--socket", server.Path);
        Assert.Equal((1, 9), (result.Code, result.Out.TrimEnd('\n').Split('\n').Length));
        Assert.EndsWith("  ?[8] mapped /etc/shadow (the failure mode)\n", result.Out, StringComparison.Ordinal);
        var json = await Cli.RunAsync("policy", "sweep", "--socket", server.Path, "-o", "json");
        Assert.Equal((1, 8), (json.Code, JsonSerializer.Deserialize(json.Out, GuardJson.Default.SweepOutcome)!.Files.Count));
    }

    [Theory]
    [InlineData(0, null, 0, "nothing is open or mapped that the policy refuses\n")]
    [InlineData(2, null, 1, "2 open or mapped files could not be decided about\n")]
    [InlineData(0, "no\nmore", 1, "open and mapped files could not all be looked at: no\\nmore\n")]
    public async Task Sweep_is_0_only_when_everything_was_looked_at(long undecided, string? error, int code, string shown)
    {
        using var server = new FakeServer();
        server.Answer("POST /v1/policy/sweep", new SweepOutcome(0, []) { Undecided = undecided, Error = error }, GuardJson.Default.SweepOutcome);
        var result = await Cli.RunAsync("policy", "sweep", "--socket", server.Path);
        Assert.Equal((code, shown), (result.Code, result.Out));
    }

    [Theory]
    [InlineData("Image: /usr/sbin/sshd", "")]
    [InlineData("Image: /opt/rescue", "survival:\n  programs: [/opt/rescue]\n")]
    public async Task A_lock_out_is_refused_here_and_sent_when_it_is_forced(string item, string configuration)
    {
        using var server = new FakeServer();
        server.Answer("POST /v1/policy", new PolicyOutcome(true, [], 1, 1, "abcdef0123456789", 7, 100), GuardJson.Default.PolicyOutcome);
        Write("a.yml", $"title: t\nlogsource: {{product: linux, category: process_creation}}\ndetection:\n  a: {{{item}}}\n  condition: a\nguard: {{action: block}}\n");
        Write("guard.conf", configuration);
        var options = new Cli.Options { Compile = PolicyCompiler.Compile, ConfigurationFile = Path.Combine(_directory, "guard.conf") };
        string[] args = ["policy", "push", Path.Combine(_directory, "a.yml"), "--socket", server.Path];

        var refused = await Cli.RunAsync(options, args);
        Assert.Equal(1, refused.Code);
        Assert.Contains("a.yml(5,14): error GP4004", refused.Out, StringComparison.Ordinal);
        Assert.Contains(item[7..], refused.Out, StringComparison.Ordinal);
        Assert.Empty(server.Requests);

        Assert.Equal(0, (await Cli.RunAsync(options, [.. args, "--force-lockout"])).Code);
        Assert.True(JsonSerializer.Deserialize(server.Requests[0].Body, GuardJson.Default.PolicyBundle)!.ForceLockOut);
    }

    [Fact]
    public async Task List_is_a_table()
    {
        using var server = new FakeServer();
        var rule = new RuleReference { Id = "id-1", Title = "No \u001b[2Jshells", Action = "block", Level = "high", Source = "a.yml(1,1)" };
        server.Answer("GET /v1/policy", new PolicyListing("abc", 7, null, [new ListedRule(rule, "process_creation", "allow", 1234)]), GuardJson.Default.PolicyListing);
        var result = await Cli.RunAsync("policy", "list", "--socket", server.Path);
        Assert.Equal(
            "ID\tACTION\tUNKNOWN\tLEVEL\tCATEGORY\tHITS\tTITLE\tSOURCE\nid-1\tblock\tallow\thigh\tprocess_creation\t1,234\tNo \\x1b[2Jshells\ta.yml(1,1)\n",
            result.Out);
    }

    [Fact]
    public async Task Show_prints_the_text_and_a_missing_rule_is_5()
    {
        using var server = new FakeServer();
        Assert.Equal(5, (await Cli.RunAsync("policy", "show", "x", "--socket", server.Path)).Code);
        var rule = new ListedRule(new RuleReference { Id = "x", Title = "t" }, "c", "allow", 0);
        server.Answer("GET /v1/policy/show", new PolicyText("a.yml", 1, "title: t\n\u0007", rule), GuardJson.Default.PolicyText);
        var result = await Cli.RunAsync("policy", "show", "a b&c", "--socket", server.Path);
        Assert.Equal("title: t\n\\x07\n", result.Out);
        Assert.Contains("?id=a%20b%26c ", server.Requests[1].Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GP9001", "", 1)]
    [InlineData("GP9002", "", 5)]
    [InlineData("GP2013", "orders.yml", 1)]
    public async Task Remove_says_whether_there_is_no_such_rule_or_it_cannot_go(string id, string file, int code)
    {
        using var server = new FakeServer();
        var refused = new PolicyOutcome(false, [new PolicyFinding(id, "error", file, 0, 0, "x", null)], 0, 0, null, null, 0);
        server.Answer("DELETE /v1/policy", refused, GuardJson.Default.PolicyOutcome);
        var result = await Cli.RunAsync("policy", "remove", "x", "--socket", server.Path);
        Assert.Equal(code, result.Code);
        Assert.Contains("nothing was removed", result.Out, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
