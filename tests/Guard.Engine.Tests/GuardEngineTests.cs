using Guard.Engine.Hosting;
using Guard.Engine.Interop;
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

    private EngineParts Parts(TimeProvider time) =>
        new(new GuardOptions { Trail = new TrailOptions { Path = Path.Combine(State, "trail.db") } }, _log, time);
}
