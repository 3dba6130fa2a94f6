using Guard.Engine.Hosting;
using Guard.Engine.Interop;
using Guard.Engine.Tests.Events;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests;

/// <summary>What the engine claims, and how it ends, when a part of it does not do what it should.</summary>
public sealed class GuardEngineTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guard-engine-");
    private readonly CapturedLog _log = new();
    private readonly FakeKernelSide _kernel = new();

    private string State => Path.Combine(_directory.FullName, "state");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Asking_for_status_does_not_make_a_loop_that_hangs_look_alive()
    {
        var time = new ManualTime();
        await using var parts = Parts(time);
        var control = new EngineControl(parts, () => _kernel, () => []);
        parts.Health.Prove(() => []);
        Assert.True(parts.Health.IsTurning);

        time.Advance(TimeSpan.FromMinutes(4));
        control.GetStatus();

        Assert.False(parts.Health.IsTurning);
    }

    [Fact]
    public async Task A_proof_that_throws_is_a_reason_and_the_next_one_comes()
    {
        var time = new QuickTime();
        await using var parts = Parts(time);
        using var stop = new CancellationTokenSource();
        _kernel.FailsToLook = new IOException("the file system hangs\nfor long");
        var loop = Task.Run(() => parts.Health.RunAsync(_kernel.Weaknesses, stop.Token));

        await UntilAsync(() => _kernel.Looks > 2);
        Assert.Equal("the self-test could not run: the file system hangs", Assert.Single(parts.Health.State.Reasons));
        Assert.Equal(EngineState.Degraded, parts.Health.State.Name);
        Assert.Single(_log.Errors, entry => entry.Exception is IOException);
        _kernel.FailsToLook = null;
        await UntilAsync(() => !parts.Health.State.Reasons.Any(reason => reason.Contains("could not run", StringComparison.Ordinal)));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact]
    public async Task Without_a_loop_that_proves_it_is_not_healthy()
    {
        var parts = Parts(TimeProvider.System);
        await using var engine = Engine(parts);
        await engine.StartAsync(default);
        Assert.True(engine.Healthy);

        await engine.StopAsync(default);

        Assert.False(engine.Healthy);
    }

    [Fact]
    public async Task Without_a_writer_that_moves_it_is_not_healthy()
    {
        var parts = Parts(TimeProvider.System);
        await using var engine = new GuardEngine(parts, () => [], _ => throw new IOException("no kernel"));
        await engine.StartAsync(default);
        Assert.True(engine.Healthy);
        await parts.Writer.StopAsync();
        Assert.False(engine.Healthy);
        await engine.StopAsync(default);
    }

    [Fact]
    public async Task A_trail_that_can_not_be_read_is_degraded_and_no_error_of_status()
    {
        await using var parts = Parts(TimeProvider.System);
        Directory.Delete(State, recursive: true);

        var status = new EngineControl(parts, () => null, () => []).GetStatus();

        Assert.Equal(new TrailStatus(0, 0, 0), status.Trail);
        Assert.StartsWith("the trail's size can't be read, an older figure is shown: cannot read", Assert.Single(status.Reasons), StringComparison.Ordinal);

        parts.Health.CannotEnforce("no kernel", []);
        Assert.Equal(EngineState.Degraded, new EngineControl(parts, () => null, () => []).GetStatus().State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kernel_that_does_not_tell_its_figures_is_degraded_and_the_last_ones_stay(bool refuses)
    {
        await using var parts = Parts(TimeProvider.System);
        var control = new EngineControl(parts, () => _kernel, () => []);
        var before = control.GetStatus();
        Assert.Empty(before.Reasons);
        _kernel.FailsToCount = refuses
            ? Assert.Throws<KernelException>(() => KernelException.Throw("cannot read the map", default))
            : new IOException("too many open files");

        var status = control.GetStatus();

        Assert.Equal(2, status.Reasons.Count);
        Assert.Equal(4096, status.KernelBytes);
        Assert.Equal(before.Hooks, status.Hooks);
        Assert.Contains(status.Hooks, hook => hook.Denied == 7);
    }

    [Fact]
    public async Task A_kernel_side_that_does_not_start_is_let_go_and_never_proved()
    {
        _kernel.FailsToStart = new IOException("Too many open files: /proc");
        _kernel.FailsToEnd = new InvalidOperationException("nor does it end");
        await using var engine = Engine(Parts(new QuickTime()));

        await engine.StartAsync(default);
        await Task.Delay(100);

        var status = engine.Control.GetStatus();
        Assert.True(_kernel.Ended);
        Assert.Equal(0, _kernel.Looks);
        Assert.Equal((EngineState.Degraded, 0), (status.State, status.KernelBytes));
        Assert.Equal(["Too many open files: /proc"], status.Reasons);
        Assert.Contains(_log.Errors, entry => entry.Exception == _kernel.FailsToEnd);
        await engine.StopAsync(default);
    }

    [Fact]
    public async Task A_part_that_ends_with_an_error_keeps_no_other_from_ending()
    {
        _kernel.FailsToEnd = new InvalidOperationException("the rings");
        var parts = Parts(TimeProvider.System);
        await using var engine = Engine(parts);
        await engine.StartAsync(default);

        await engine.StopAsync(default);

        Assert.Contains(_log.Errors, entry => entry.Exception == _kernel.FailsToEnd);
        Assert.Equal(AuditKinds.EngineStopped, parts.Store.ReadAfter(0, 100)[^1].Kind);
    }

    [Fact]
    public async Task A_fault_while_pruning_is_said_at_once_and_pruning_goes_on()
    {
        var time = new QuickTime();
        var parts = Parts(time);
        await using var engine = new GuardEngine(parts, () => [], _ => throw new IOException("no kernel"));
        await engine.StartAsync(default);
        time.Broken = true;

        await UntilAsync(() => time.Refused > 1);
        time.Broken = false;
        Assert.Contains(_log.Errors, entry => entry.Message == "The trail could not be pruned");

        await engine.StopAsync(default);
        Assert.Equal(AuditKinds.EngineStopped, parts.Store.ReadAfter(0, 100)[^1].Kind);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private GuardEngine Engine(EngineParts parts) => new(parts, () => [], _ => _kernel);

    private EngineParts Parts(TimeProvider time) =>
        new(new GuardOptions { Trail = new TrailOptions { Path = Path.Combine(State, "trail.db") } }, _log, time);
}
