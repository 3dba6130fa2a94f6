using Guard.Engine.Audit;
using Guard.Engine.Interop;
using Guard.Engine.Kernel.Abi;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>What status shows of the trail and of the kernel.</summary>
/// <param name="Trail">The trail's size.</param>
/// <param name="Counters">What the programs count.</param>
/// <param name="KernelBytes">Bytes of kernel memory.</param>
/// <param name="Reasons">What could not be read, so that an older figure stands in its place.</param>
internal sealed record StatusFigures(TrailStatus Trail, GuardCounters Counters, long KernelBytes, IReadOnlyList<string> Reasons);

/// <summary>
/// Reads figures that can't always be read. A trail or a kernel that does not answer must not keep status from answering: the
/// last known figure is given, and a reason. Safe from any thread.
/// </summary>
internal sealed class FigureReader
{
    private readonly IAuditStore _store;
    private readonly LastKnown<TrailStatus> _trail = new("the trail's size", new TrailStatus(0, 0, 0));
    private readonly LastKnown<GuardCounters> _counters = new("the kernel's counters", default);
    private readonly LastKnown<long> _memory = new("the memory in the kernel", 0);

    /// <summary>Reads the figures of this trail.</summary>
    public FigureReader(IAuditStore store) => _store = store;

    /// <summary>Reads all; without a kernel side its figures are 0.</summary>
    public StatusFigures Read(IKernelSide? kernel)
    {
        var reasons = new List<string>();
        var trail = _trail.Read(() => _store.Status, reasons);
        return kernel is null
            ? new StatusFigures(trail, default, 0, reasons)
            : new StatusFigures(trail, _counters.Read(kernel.ReadCounters, reasons), _memory.Read(kernel.MemoryBytes, reasons), reasons);
    }

    /// <summary>A figure and what it was when it could be read.</summary>
    private sealed class LastKnown<T>(string name, T first)
    {
        private readonly Lock _gate = new();
        private T _last = first;

        public T Read(Func<T> read, List<string> reasons)
        {
            try
            {
                var now = read();
                lock (_gate)
                {
                    return _last = now;
                }
            }
            catch (Exception e) when (e is AuditStoreException or KernelException or IOException or UnauthorizedAccessException)
            {
                reasons.Add($"{name} can't be read, an older figure is shown: {e.Message.Split('\n')[0]}");
                lock (_gate)
                {
                    return _last;
                }
            }
        }
    }
}
