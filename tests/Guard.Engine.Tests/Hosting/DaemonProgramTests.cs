using System.Diagnostics;
using System.Globalization;
using Guard.Engine.Hosting;
using Guard.Engine.Tests.Control;
using Xunit;

namespace Guard.Engine.Tests.Hosting;

public sealed class DaemonProgramTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("guardd-").FullName;

    private string Config => Path.Combine(_directory, "guard.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("--help", DaemonExitCode.Ok)]
    [InlineData("--version", DaemonExitCode.Ok)]
    [InlineData("--bogus", DaemonExitCode.Configuration)]
    [InlineData("--config", DaemonExitCode.Configuration)]
    public async Task Arguments_have_their_exit_codes(string argument, object expected)
        => Assert.Equal(expected, (await RunAsync(new FakeEngine(), argument)).Code);

    [Fact]
    public async Task The_help_lists_every_exit_code()
    {
        var (_, output, _) = await RunAsync(new FakeEngine(), "--help");
        foreach (var code in Enum.GetValues<DaemonExitCode>())
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n  {(int)code}  "), output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Check_config_says_what_is_wrong_and_where()
    {
        File.WriteAllText(Config, "nonsense: 1\n");
        var (code, _, error) = await RunAsync(new FakeEngine(), "--check-config", "--config", Config);
        Assert.Equal(DaemonExitCode.Configuration, code);
        Assert.StartsWith($"{Config}(1,1): unknown key", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_fails_to_start_ends_the_daemon_with_1()
    {
        WriteConfig();
        var engine = new FakeEngine { Fails = new InvalidOperationException("no") };
        Assert.Equal(DaemonExitCode.Failed, (await RunAsync(engine, "--config", Config)).Code);
    }

    [Fact]
    public async Task A_second_daemon_ends_with_3_and_touches_nothing()
    {
        WriteConfig();
        using var held = InstanceLock.Acquire(Path.Combine(_directory, "s"));
        var engine = new FakeEngine();
        var (code, _, error) = await RunAsync(engine, "--config", Config);
        Assert.Equal(DaemonExitCode.AlreadyRunning, code);
        Assert.Contains("another guardd", error, StringComparison.Ordinal);
        Assert.False(engine.Started.Task.IsCompleted);
    }

    [Theory]
    [InlineData("a directory")]
    [InlineData("a link to itself")]
    [InlineData("no directory to be in")]
    public async Task A_lock_that_can_not_be_opened_ends_with_1_and_is_named(string inItsPlace)
    {
        var path = Path.Combine(_directory, "run", "s.lock");
        switch (inItsPlace)
        {
            case "a directory":
                Directory.CreateDirectory(path);
                break;
            case "a link to itself":
                Directory.CreateDirectory(Path.Combine(_directory, "run"));
                File.CreateSymbolicLink(path, path);
                break;
            default:
                File.WriteAllText(Path.Combine(_directory, "run"), "a file");
                break;
        }

        File.WriteAllText(Config, $"socket: {_directory}/run/s\ntrail:\n  path: {_directory}/trail.db\n");
        var engine = new FakeEngine();
        var (code, _, error) = await RunAsync(engine, "--config", Config);

        Assert.Equal(DaemonExitCode.Failed, code);
        Assert.Contains($"the lock {path} can't be taken: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("another guardd", error, StringComparison.Ordinal);
        Assert.False(engine.Started.Task.IsCompleted);
    }

    [Fact]
    public async Task SIGTERM_is_a_clean_stop()
    {
        WriteConfig();
        var program = Path.Combine(AppContext.BaseDirectory, "guardd.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "--config", Config]) { RedirectStandardError = true })!;
        var socket = Path.Combine(_directory, "s");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(socket) || process.HasExited, TimeSpan.FromSeconds(30)));
        using (Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        Assert.Equal(0, process.ExitCode);
        Assert.False(File.Exists(socket));
    }

    private void WriteConfig() => File.WriteAllText(Config, $"socket: {_directory}/s\nbpf_object: /nonexistent/guard.bpf.o\ntrail:\n  path: {_directory}/trail.db\n");

    private static async Task<(DaemonExitCode Code, string Output, string Error)> RunAsync(FakeEngine engine, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DaemonProgram.RunAsync(args, output, error, (_, _) => engine);
        return (code, output.ToString(), error.ToString());
    }
}
