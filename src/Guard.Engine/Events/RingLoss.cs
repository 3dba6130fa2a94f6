using System.Globalization;

namespace Guard.Engine.Events;

/// <summary>The numbers of one ring: what was seen per CPU, which gaps are open, what was reported. Not thread-safe.</summary>
internal sealed class RingLoss
{
    /// <summary>More CPUs than this are not restored; Linux builds for servers go to 8192.</summary>
    private const int CpusMax = 8192;

    private readonly Dictionary<int, long> _last = [];
    private readonly HashSet<int> _dirty = [];
    private readonly List<Gap> _gaps = [];
    private long _settled;
    private long _reportedRingFull;
    private long _reportedUnaccounted;

    /// <summary>The kernel's count of events that found the ring full.</summary>
    public long KernelLost { get; set; }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static RingLoss Restore(string key, Func<string, long> read)
    {
        var state = new RingLoss
        {
            _settled = read(key + "/settled"),
            _reportedRingFull = read(key + "/ring_full"),
            _reportedUnaccounted = read(key + "/unaccounted"),
        };
        state.KernelLost = state._reportedRingFull;
        var cpus = Math.Min(CpusMax, read(key + "/cpus"));
        for (var cpu = 0; cpu < cpus; cpu++)
        {
            state._last[cpu] = read(CpuKey(key, cpu));
        }

        return state;
    }

    /// <summary>Hands over what is to be kept.</summary>
    public void Save(string key, Action<string, long> write)
    {
        foreach (var cpu in _dirty)
        {
            write(CpuKey(key, cpu), _last[cpu]);
        }

        _dirty.Clear();
        write(key + "/cpus", _last.Count == 0 ? 0 : _last.Keys.Max() + 1);
        // Gaps that are still open count as settled for whoever goes on from here: what overtakes a restart is lost.
        write(key + "/settled", _settled + _gaps.Sum(gap => gap.Count));
        write(key + "/ring_full", _reportedRingFull);
        write(key + "/unaccounted", _reportedUnaccounted);
    }

    /// <summary>Takes note of a number.</summary>
    public void Observe(int cpu, long sequence, long now)
    {
        if (!_last.TryGetValue(cpu, out var last))
        {
            // The first number of a CPU is 0 or 1, as the programs count.
            last = sequence == 0 ? -1 : 0;
        }

        _dirty.Add(cpu);
        if (sequence <= last)
        {
            Fill(cpu, sequence);
            _last.TryAdd(cpu, last);
            return;
        }

        if (sequence > last + 1)
        {
            _gaps.Add(new Gap(cpu, last + 1, sequence - 1, now));
        }

        _last[cpu] = sequence;
    }

    /// <summary>Counts the gaps that are old enough.</summary>
    public void SettleGaps(Func<long, bool> isOld)
    {
        _gaps.RemoveAll(gap =>
        {
            var old = isOld(gap.Seen);
            _settled += old ? gap.Count : 0;
            return old;
        });
    }

    /// <summary>What the kernel counted since the last call.</summary>
    public long TakeRingFull()
    {
        var count = KernelLost - _reportedRingFull;
        _reportedRingFull = KernelLost;
        return count;
    }

    /// <summary>What the gaps have beyond the kernel's count since the last call.</summary>
    public long TakeUnaccounted()
    {
        var total = Math.Max(_reportedUnaccounted, _settled - KernelLost);
        var count = total - _reportedUnaccounted;
        _reportedUnaccounted = total;
        return count;
    }

    private static string CpuKey(string key, int cpu) => string.Create(CultureInfo.InvariantCulture, $"{key}/cpu{cpu}");

    /// <summary>A number that came late: it closes its gap, or splits it.</summary>
    private void Fill(int cpu, long sequence)
    {
        var index = _gaps.FindIndex(gap => gap.Cpu == cpu && gap.From <= sequence && sequence <= gap.To);
        if (index < 0)
        {
            return;
        }

        var gap = _gaps[index];
        _gaps.RemoveAt(index);
        if (gap.From < sequence)
        {
            _gaps.Add(gap with { To = sequence - 1 });
        }

        if (sequence < gap.To)
        {
            _gaps.Add(gap with { From = sequence + 1 });
        }
    }

    private readonly record struct Gap(int Cpu, long From, long To, long Seen)
    {
        public long Count => To - From + 1;
    }
}
