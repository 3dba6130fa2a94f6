using System.Runtime.InteropServices;
using Guard.Engine.Audit;
using Guard.Engine.Events;
using Guard.Engine.Hosting;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Tests.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Events;

/// <summary>The pump on real rings, when a part that it needs fails.</summary>
public sealed class EventPumpTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guard-pump-");
    private readonly CapturedLog _log = new();
    private readonly QuickTime _time = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [SkippableFact]
    public async Task What_ends_a_rings_reader_is_said()
    {
        using var program = Load();
        await using var parts = Parts();
        using var maps = Maps(program, Ring(), Counters());
        await using var pump = Pump(maps, parts);
        pump.Start();
        _time.Broken = true;
        Emit(program, 1);

        await UntilAsync(() => !pump.Healthy);

        Assert.Contains(_log.Errors, entry => entry.Exception is InvalidOperationException && entry.Message.StartsWith("The ring decisions is not read any more", StringComparison.Ordinal));
        _time.Broken = false;
    }

    [SkippableFact]
    public async Task Counters_that_can_not_be_read_are_said_once_and_read_again()
    {
        using var program = Load();
        await using var parts = Parts();
        using var maps = Maps(program, Ring(), Ring());
        await using var pump = Pump(maps, parts);
        pump.Start();

        await UntilAsync(() => _log.Errors.Count > 0);
        await Task.Delay(200);

        Assert.IsType<KernelException>(Assert.Single(_log.Errors).Exception);
        Assert.True(pump.Healthy);
    }

    [SkippableFact]
    public async Task What_was_read_and_reached_no_trail_is_said_at_the_end()
    {
        using var program = Load();
        await using var parts = Parts();
        using var held = new ManualResetEventSlim();
        using var store = new HeldStore(held);
        await using var writer = new AuditWriter(store, new AuditWriterOptions { QueueCapacity = 1, BatchSize = 1 }, TimeProvider.System, new TrailSignal());
        using var maps = Maps(program, Ring(), Counters());
        var pump = Pump(maps, parts, parts.PumpTargets with { Writer = writer });
        pump.Start();
        await UntilAsync(() => Emit(program, 200) > 0);

        await pump.DisposeAsync();
        held.Set();

        var said = Assert.Single(_log.Errors).Message;
        Assert.EndsWith("the next guardd reports them as lost", said, StringComparison.Ordinal);
        Assert.InRange(int.Parse(said.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 1, 4097);
    }

    [SkippableFact]
    public async Task A_ring_that_can_not_be_opened_leaves_none_open()
    {
        const int Tries = 100;
        using var program = Load();
        await using var parts = Parts();
        using var maps = Maps(program, Counters(), Counters());
        var before = Polls();
        for (var n = 0; n < Tries; n++)
        {
            Assert.Throws<KernelException>(() => Pump(maps, parts));
        }

        // Other tests open some of their own meanwhile.
        Assert.InRange(Polls(), 0, before + (Tries / 2));
    }

    private static int Polls() => Directory.GetFiles("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget == "anon_inode:[eventpoll]");

    private static NativeProgram Load()
    {
        Native.SkipUnlessPermitted();
        return NativeProgram.Load(Native.Build("ring_test"));
    }

    private static FileDescriptorHandle Ring() => Libbpf.CreateMap(MapType.RingBuffer, "ring", 0, 0, Environment.SystemPageSize);

    private static FileDescriptorHandle Counters() =>
        Libbpf.CreateMap(MapType.PerCpuArray, "counters", 4, System.Runtime.CompilerServices.Unsafe.SizeOf<Guard.Engine.Kernel.Abi.GuardCounters>(), 1);

    /// <summary>They close the program's ring as well.</summary>
    private static KernelMaps Maps(NativeProgram program, FileDescriptorHandle observed, FileDescriptorHandle counters) =>
        new(new Dictionary<string, FileDescriptorHandle>
        {
            ["ring_decisions"] = program.Map("ring"),
            ["ring_observed"] = observed,
            ["counters"] = counters,
        });

    private static uint Emit(NativeProgram program, uint count)
    {
        Span<uint> request = [count, 0, 1, 0];
        Assert.Equal(7u, program.Run("emit", MemoryMarshal.AsBytes(request)));
        return request[1];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(10);
        }

        Assert.Fail("it did not come to that");
    }

    private EngineParts Parts() =>
        new(new GuardOptions { Trail = new TrailOptions { Path = Path.Combine(_directory.FullName, "state", "trail.db") } }, _log, TimeProvider.System);

    private EventPump Pump(KernelMaps maps, EngineParts parts, PumpTargets? targets = null) => new(
        maps,
        new EventLoss(_time),
        new FailureReport("test", _ => 0, (_, _) => { }, _time),
        (targets ?? parts.PumpTargets) with { Time = _time },
        _log);
}
