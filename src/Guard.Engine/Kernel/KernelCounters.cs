using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel.Abi;

namespace Guard.Engine.Kernel;

/// <summary>Reads the programs' counters. They only grow while the object stays loaded. Thread-safe.</summary>
internal sealed class KernelCounters
{
    private readonly FileDescriptorHandle _map;
    private readonly int _cpus;

    /// <summary>Reads from the map <c>counters</c>.</summary>
    public KernelCounters(FileDescriptorHandle map)
    {
        _map = map;
        _cpus = Libbpf.PossibleCpus();
    }

    /// <summary>The sum over all CPUs that there can be, so that nothing is missing after one went offline.</summary>
    public GuardCounters ReadSum()
    {
        // A per-CPU lookup gives one value per possible CPU, each rounded up to 8 bytes.
        var stride = (Unsafe.SizeOf<GuardCounters>() + 7) & ~7;
        var values = new byte[stride * _cpus];
        var sum = default(GuardCounters);
        if (!Libbpf.TryLookup(_map, 0, values))
        {
            return sum;
        }

        var total = MemoryMarshal.Cast<byte, ulong>(MemoryMarshal.AsBytes(new Span<GuardCounters>(ref sum)));
        for (var cpu = 0; cpu < _cpus; cpu++)
        {
            var one = MemoryMarshal.Cast<byte, ulong>(values.AsSpan(cpu * stride, stride));
            for (var i = 0; i < total.Length; i++)
            {
                total[i] += one[i];
            }
        }

        return sum;
    }
}
