using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class LibbpfTests
{
    [Fact]
    public void A_missing_object_is_named_with_the_errno()
    {
        var refused = Assert.Throws<KernelException>(() => Libbpf.OpenObject("/nowhere/guard.bpf.o"));
        Assert.Equal(Errno.NoEntry, refused.Errno);
        Assert.Contains("/nowhere/guard.bpf.o", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_refused_program_carries_the_verifiers_log()
    {
        Native.SkipUnlessPermitted();
        var refused = Assert.Throws<KernelException>(() => NativeProgram.Load(Native.Build("refused_test")));
        Assert.Contains("invalid mem access", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void An_object_with_other_structs_is_refused_before_anything_is_loaded()
    {
        var options = new LsmOptions { ObjectPath = Native.Build("layout_test") };
        var refused = Assert.Throws<KernelException>(() => OpenedLsm.Open(options));
        Assert.Contains("guard_config of 4 bytes, this guardd one of 32", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Every_load_has_a_name_of_its_own()
    {
        Native.SkipUnlessPermitted();
        using var one = Counters();
        using var two = Counters();
        Assert.Equal(one.LoadName(), one.LoadName());
        Assert.NotEqual(one.LoadName(), two.LoadName());

        static KernelMaps Counters() => new(new Dictionary<string, FileDescriptorHandle>
        {
            ["counters"] = Libbpf.CreateMap(MapType.PerCpuArray, "counters", 4, 8, 1),
        });
    }

    [SkippableFact]
    public void The_memory_of_maps_is_what_their_values_need_and_little_more()
    {
        Native.SkipUnlessPermitted();
        const int ValueBytes = 3 << 20;
        using var maps = new KernelMaps(new Dictionary<string, FileDescriptorHandle>
        {
            ["large"] = Libbpf.CreateMap(MapType.Array, "large", 4, ValueBytes, 1),
            ["small"] = Libbpf.CreateMap(MapType.Array, "small", 4, 8, 1),
        });
        Assert.InRange(maps.MemoryBytes(), ValueBytes, ValueBytes + (64 << 10));
    }

    [SkippableFact]
    public void An_int_result_becomes_the_errno()
    {
        Native.SkipUnlessPermitted();
        var refused = Assert.Throws<KernelException>(() => Libbpf.CreateMap(MapType.RingBuffer, "odd", 0, 0, 5000));
        Assert.Equal(22, refused.Errno.Value);
    }

    [SkippableFact]
    public void Counters_are_summed_over_all_possible_cpus()
    {
        Native.SkipUnlessPermitted();
        var size = Unsafe.SizeOf<GuardCounters>();
        using var map = Libbpf.CreateMap(MapType.PerCpuArray, "counters", 4, size, 1);
        var cpus = Libbpf.PossibleCpus();
        var values = new ulong[cpus * size / 8];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (ulong)(i % (size / 8));
        }

        Libbpf.UpdateElement(map, 0, MemoryMarshal.AsBytes<ulong>(values));
        var sum = new KernelCounters(map).ReadSum();

        Assert.Equal(0UL, sum.Decisions[0]);
        Assert.Equal((ulong)cpus * KernelAbi.Hooks, sum.Denied[0]);
        Assert.Equal((ulong)cpus * (ulong)((size / 8) - 1), sum.Digests[KernelAbi.Digests - 1]);
    }

    [SkippableFact]
    public void Configuration_is_read_back()
    {
        Native.SkipUnlessPermitted();
        var size = Unsafe.SizeOf<GuardConfig>();
        using var maps = new KernelMaps(new Dictionary<string, FileDescriptorHandle>
        {
            ["config"] = Libbpf.CreateMap(MapType.Array, "config", 4, size, 1),
        });
        maps.WriteConfig(new GuardConfig { FailureMode = 1, Observe = 1 });
        var config = default(GuardConfig);
        Assert.True(Libbpf.TryLookup(maps["config"], 0, MemoryMarshal.AsBytes(new Span<GuardConfig>(ref config))));
        Assert.Equal((1u, 1u), (config.FailureMode, config.Observe));
        Assert.Contains("no map images", Assert.Throws<KernelException>(() => maps.Images).Message, StringComparison.Ordinal);
    }
}
