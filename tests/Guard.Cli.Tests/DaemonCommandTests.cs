using System.Text.Json;
using Guard.Protocol;
using Guard.Protocol.Host;
using Xunit;

namespace Guard.Cli.Tests;

public sealed class DaemonCommandTests
{
    private static readonly EngineStatus Enforcing = new()
    {
        Version = "0.1.0",
        State = "enforcing",
        Since = Cli.Now.AddHours(-2),
        Kernel = "6.1.0-25",
        PolicyHash = "abcdef0123456789",
        Generation = 14,
        RuleCount = 3,
        BlockCount = 1,
        ImageBytes = 12_600,
        ImageCapacity = 4 << 20,
        KernelBytes = 33 << 20,
        FailureMode = "open",
        LastSelfTest = Cli.Now.AddHours(-2),
        Hooks = [new HookStatus("bprm_check_security", 1_284_551, 17, 3, 0)],
        Losses = new Dictionary<string, long> { ["ring_full"] = 4 },
        Trail = new TrailStatus(1_284, 1_290, 431_980_544),
        Sinks = [new SinkStatus("siem", "tcp://10.0.0.1:514", false, 5, 12, "connection refused")],
    };

    [Fact]
    public async Task Status_is_one_screen()
    {
        using var server = Answering(Enforcing);
        var result = await Cli.RunAsync("status", "--socket", server.Path);
        Assert.Equal(0, result.Code);
        Assert.Equal(
            """
            Guard     0.1.0   enforcing since 2026-11-23 10:00:00 (2 h)   kernel 6.1.0-25
            Policy    3 rules, 1 block   generation 14   hash abcdef012345   12.3 KiB of 4 MiB
            Failure   open   self-test 2026-11-23 10:00:00
            Memory    33 MiB in the kernel
            Hook      bprm_check_security        1,284,551 decided   17 denied   3 audited   0 unknown
            Failures  none
            Losses    ring_full 4
            Trail     1,284 records   newest 1290   412 MiB
            Sink      siem (tcp://10.0.0.1:514)   DOWN   lag 12   connection refused

            """,
            result.Out);
    }

    [Fact]
    public async Task Status_tells_what_the_trail_lost_before_a_sink_had_it()
    {
        using var server = Answering(Enforcing with { Sinks = [Enforcing.Sinks[0] with { Skipped = 4321 }] });
        var result = await Cli.RunAsync("status", "--socket", server.Path);
        Assert.Contains("lag 12   4,321 removed before they were sent   connection refused", result.Out, StringComparison.Ordinal);
        Assert.Contains("\"skipped\":4321", (await Cli.RunAsync("status", "-o", "json", "--socket", server.Path)).Out.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always", false, true)]
    [InlineData("auto", false, false)]
    [InlineData("auto", true, true)]
    [InlineData("never", true, false)]
    public async Task Colour_is_where_it_is_wanted(string color, bool terminal, bool colored)
    {
        using var server = Answering(Enforcing);
        var result = await Cli.RunAsync(new Cli.Options { IsTerminal = terminal }, "status", "--socket", server.Path, "--color", color);
        Assert.Equal(colored, result.Out.Contains('\u001b', StringComparison.Ordinal));
    }

    [Fact]
    public async Task NO_COLOR_is_heeded()
    {
        using var server = Answering(Enforcing);
        var result = await Cli.RunAsync(new Cli.Options { IsTerminal = true, NoColor = true }, "status", "--socket", server.Path);
        Assert.DoesNotContain('\u001b', result.Out);
    }

    [Fact]
    public async Task Status_wait_ends_when_the_state_is_there_and_with_6_when_it_does_not_come()
    {
        using var server = Answering(Enforcing with { State = "degraded", Reasons = ["no bpf in the LSM list"] });
        var options = new Cli.Options { Time = TimeProvider.System };
        Assert.Equal(0, (await Cli.RunAsync(options, "status", "--wait=degraded", "--socket", server.Path)).Code);
        var result = await Cli.RunAsync(options, "status", "--wait", "--timeout", "0.5s", "--socket", server.Path);
        Assert.Equal(6, result.Code);
        Assert.Empty(result.Out);
        Assert.Contains("no bpf in the LSM list", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("policy", "list")]
    [InlineData("audit", "list")]
    [InlineData("audit", "follow")]
    [InlineData("trace", "exec")]
    public async Task Without_guardd_it_is_3_with_the_next_command(params string[] args)
    {
        var result = await Cli.RunAsync([.. args, "--socket", "/nonexistent/s"]);
        Assert.Equal(3, result.Code);
        Assert.Contains("guardd is not running", result.Error, StringComparison.Ordinal);
        Assert.Contains("try: sudo systemctl start guardd", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_guardd_refuses_is_4_with_its_reason()
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/status", "{\"error\":\"only root\",\"hint\":\"try again with sudo\"}", 403);
        var result = await Cli.RunAsync("status", "--socket", server.Path);
        Assert.Equal(4, result.Code);
        Assert.Equal("guardctl: only root\ntry: try again with sudo\n", result.Error);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task An_answer_that_is_not_understood_is_an_error_and_no_crash(string answer)
    {
        using var server = new FakeServer();
        server.Answer("GET /v1/status", answer);
        Assert.Equal(1, (await Cli.RunAsync("status", "--socket", server.Path)).Code);
    }

    [Fact]
    public async Task Doctor_works_without_guardd_and_says_what_to_do()
    {
        var checks = new SupportCheck[]
        {
            new("kernel", SupportOutcome.Ok, "6.1.0"),
            new("lsm-list", SupportOutcome.Fail, "bpf is not in it", "boot with lsm=...,bpf"),
        };
        var result = await Cli.RunAsync(new Cli.Options { HostChecks = checks }, "doctor", "--socket", "/nonexistent/s");
        Assert.Equal(6, result.Code);
        Assert.StartsWith("CHECK\tRESULT\tFOUND\nkernel\tOK\t6.1.0\nlsm-list\tFAIL\tbpf is not in it\nguardd\tFAIL\t", result.Out, StringComparison.Ordinal);
        Assert.Contains("  lsm-list: boot with lsm=...,bpf\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_of_a_machine_that_enforces_is_0_even_with_warnings()
    {
        using var server = Answering(Enforcing);
        var result = await Cli.RunAsync("doctor", "--socket", server.Path, "-o", "json");
        Assert.Equal(0, result.Code);
        using var report = JsonDocument.Parse(result.Out);
        Assert.True(report.RootElement.GetProperty("healthy").GetBoolean());
        var results = report.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("result").GetString());
        Assert.Equal(["ok", "ok", "ok", "warn", "warn"], results);
    }

    [Fact]
    public async Task Version_needs_no_guardd()
    {
        var result = await Cli.RunAsync("version", "--socket", "/nonexistent/s");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("guardctl 0.", result.Out, StringComparison.Ordinal);
    }

    private static FakeServer Answering(EngineStatus status)
        => new FakeServer().Answer("GET /v1/status", status, GuardJson.Default.EngineStatus);
}
