using System.Text.Json;
using Guard.Protocol;
using Xunit;

namespace Guard.Cli.Tests;

public sealed class StreamCommandTests
{
    private const string Hostile = "/tmp/\u001b]0;owned\u0007\u202egpj.exe\n";

    private static readonly AuditRecord Denied = new()
    {
        Seq = 9,
        Time = Cli.Now,
        Kind = AuditKinds.ExecDenied,
        Verdict = "block",
        Rule = new RuleReference { Id = "r", Title = "No exec in tmp" },
        File = new FileInfoRecord { Path = Hostile },
        Process = new ProcessInfo { Pid = 4102, ParentPid = 1188, Comm = "bash", User = "www-data" },
        Ancestors = [new ProcessInfo { Comm = "php-fpm8.2" }],
    };

    private static readonly ExecTrace Launch = new()
    {
        Time = Cli.Now,
        Process = new ProcessInfo { Pid = 17, ParentPid = 1, User = "root", Image = "/bin/ls", Args = ["ls", "a b", "\u009b2J"] },
        Lost = 3,
    };

    [Fact]
    public async Task Audit_list_asks_for_the_newest_and_escapes_what_processes_chose()
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/audit", new AuditPage([Denied], 9), GuardJson.Default.AuditPage);
        var result = await Cli.RunAsync("audit", "list", "--socket", server.Path, "--since", "1h", "--path", "/tmp/*", "--verdict", "block");
        Assert.Equal(0, result.Code);
        Assert.Equal(
            "TIME\tVERDICT\tWHAT\tPATH\tUSER\tPROCESS(PID)<PARENT\tRULE\n" +
            "2026-11-23 12:00:00\tblock\texec\t/tmp/\\x1b]0;owned\\x07\\u{202e}gpj.exe\\n\twww-data\tbash(4102)<php-fpm8.2\tNo exec in tmp\n",
            result.Out);
        Assert.Equal(
            "GET /v1/audit?since=2026-11-23T11%3A00%3A00.0000000%2B00%3A00&verdict=block&path=%2Ftmp%2F%2A&newest=true&limit=50 HTTP/1.1",
            server.Requests[0].Line);
    }

    [Fact]
    public async Task An_operation_is_called_by_its_log_source_and_named_by_whom_it_acts_on()
    {
        var signal = Denied with
        {
            Kind = AuditKinds.OperationDenied,
            File = null,
            Detail = new Dictionary<string, string> { ["operation"] = "process_signal", ["TargetImage"] = "/usr/sbin/sshd" },
        };
        using var server = new FakeServer();
        server.Answer("GET /v1/audit", new AuditPage([signal], 9), GuardJson.Default.AuditPage);
        var result = await Cli.RunAsync("audit", "list", "--socket", server.Path);
        Assert.Contains("\tblock\tprocess_signal\t/usr/sbin/sshd\twww-data\t", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_on_a_terminal_is_aligned_and_cut_at_its_width()
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/audit", new AuditPage([Denied], 9), GuardJson.Default.AuditPage);
        var result = await Cli.RunAsync(new Cli.Options { IsTerminal = true, Width = 60, NoColor = true }, "audit", "list", "--socket", server.Path);
        Assert.All(result.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 60));
        Assert.StartsWith("TIME                 VERDICT  WHAT  PATH", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_no_raw_control_character_either()
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/audit", new AuditPage([Denied], 9), GuardJson.Default.AuditPage);
        var result = await Cli.RunAsync("audit", "list", "-o", "json", "--socket", server.Path);
        Assert.DoesNotContain(result.Out.TrimEnd('\n'), c => char.IsControl(c) || c == '\u202e');
        Assert.Equal(Hostile, JsonSerializer.Deserialize(result.Out, GuardJson.Default.AuditPage)!.Records[0].File!.Path);
    }

    [Fact]
    public async Task Trace_prints_launches_and_tells_losses_on_stderr()
    {
        using var server = new FakeServer();
        var line = JsonSerializer.Serialize(Launch, GuardJson.Default.ExecTrace) + "\n";
        server.Answer("GET /v1/trace/exec", "\n" + line + "\n" + line + line);
        var result = await Cli.RunAsync("trace", "exec", "--count", "2", "--socket", server.Path);
        Assert.Equal(0, result.Code);
        var row = "12:00:00.000\t17\t1\troot\t/bin/ls\tls 'a b' \\x9b2J\n";
        Assert.Equal("TIME\tPID\tPPID\tUSER\tPATH\tARGS\n" + row + row, result.Out);
        Assert.Contains("3 launches were lost", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_that_guardd_ends_is_3()
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/trace/exec", JsonSerializer.Serialize(Launch, GuardJson.Default.ExecTrace) + "\n");
        Assert.Equal(3, (await Cli.RunAsync("trace", "exec", "--socket", server.Path, "-o", "json")).Code);
    }

    [Theory]
    [InlineData("GET /v1/audit", "audit", "list")]
    [InlineData("GET /v1/audit/follow", "audit", "follow")]
    [InlineData("GET /v1/trace/exec", "trace", "exec")]
    public async Task Who_gets_no_turn_is_told_what_to_do_and_ends_as_if_guardd_did_not_answer(string request, params string[] command)
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/audit", new AuditPage([], 9), GuardJson.Default.AuditPage);
        server.Answer(request, new ControlError("you have 4 streams open already", "end one of them"), GuardJson.Default.ControlError, 429);
        var result = await Cli.RunAsync([.. command, "--socket", server.Path]).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(3, result.Code);
        Assert.Contains("you have 4 streams open already", result.Error, StringComparison.Ordinal);
        Assert.Contains("end one of them", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_goes_on_after_a_restart_where_it_was()
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/audit", new AuditPage([], 5), GuardJson.Default.AuditPage);
        server.Answer("GET /v1/audit/follow", JsonSerializer.Serialize(Denied, GuardJson.Default.AuditRecord) + "\n");
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var ending = new CancellationTokenSource();
        var environment = new CliEnvironment { Out = output, Error = error };
        var running = GuardCtl.RunAsync(["audit", "follow", "-o", "json", "--socket", server.Path], environment, ending.Token);
        Assert.True(SpinWait.SpinUntil(() => server.Requests.Count >= 3, TimeSpan.FromSeconds(20)));
        await ending.CancelAsync();
        Assert.Equal(130, await running.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("after=5 ", server.Requests[1].Line, StringComparison.Ordinal);
        Assert.Contains("after=9 ", server.Requests[2].Line, StringComparison.Ordinal);
        Assert.Contains("closed the stream after record 9", error.ToString(), StringComparison.Ordinal);
    }
}
