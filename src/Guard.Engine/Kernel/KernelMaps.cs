using System.Globalization;
using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel.Abi;

namespace Guard.Engine.Kernel;

/// <summary>The maps of one loaded object, by name, whether freshly loaded or opened from their pins. Thread-safe.</summary>
internal sealed class KernelMaps : IDisposable
{
    private readonly IReadOnlyDictionary<string, FileDescriptorHandle> _maps;

    /// <summary>Takes over the descriptors.</summary>
    public KernelMaps(IReadOnlyDictionary<string, FileDescriptorHandle> maps) => _maps = maps;

    /// <summary>Names of all maps.</summary>
    public IEnumerable<string> Names => _maps.Keys;

    /// <summary>The slot that holds the policy in force.</summary>
    public FileDescriptorHandle Images => this["images"];

    /// <summary>Per-CPU counters.</summary>
    public FileDescriptorHandle Counters => this["counters"];

    /// <summary>Verdicts and failures.</summary>
    public FileDescriptorHandle RingDecisions => this["ring_decisions"];

    /// <summary>What is only observed.</summary>
    public FileDescriptorHandle RingObserved => this["ring_observed"];

    /// <summary>A map by its name in bpf/lsm/maps.h.</summary>
    public FileDescriptorHandle this[string name]
    {
        get
        {
            if (!_maps.TryGetValue(name, out var map))
            {
                KernelException.Throw($"the BPF object has no map {name}", default);
            }

            return map;
        }
    }

    /// <summary>Sets the failure mode and what is observed; in force with the next decision.</summary>
    public void WriteConfig(GuardConfig config) =>
        Libbpf.UpdateElement(this["config"], 0, MemoryMarshal.AsBytes(new ReadOnlySpan<GuardConfig>(in config)));

    /// <summary>
    /// Names this load of the programs in this boot: counters and sequence numbers begin anew with another name, and go on
    /// with the same one.
    /// </summary>
    public string LoadName()
    {
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{boot}.{Libbpf.GetMapInfo(Counters).Id}");
    }

    /// <summary>Bytes of kernel memory that all maps take, without the images; see <see cref="Libbpf.MemoryOf"/>.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public long MemoryBytes() => _maps.Values.Sum(Libbpf.MemoryOf);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var map in _maps.Values)
        {
            map.Dispose();
        }
    }
}
