using System.Globalization;

namespace Guard.Engine.Events;

/// <summary>The numbers of one ring: what was seen per CPU, which gaps are open, what was reported. Not thread-safe.</summary>
internal sealed class RingLoss
{
    /// <summary>More CPUs than this are not restored; Linux builds for servers go to 8192.</summary>
    private const int CpusMax = 8192;

    private readonly Dictionary<int, long> _last = [];
    private readonly Dictionary<int, long> _first = [];
    private readonly HashSet<int> _dirty = [];
    private readonly List<Gap> _gaps = [];
    private long _settled;
    private long _reportedRingFull;
    private long _reportedUnaccounted;

    /// <summary>The kernel's count of events that found the ring full.</summary>
    public long KernelLost { get; set; }

    /// <summary>True once it is known what was seen before: until then nothing tells a loss from what was stored.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>Reads what <see cref="Save"/> wrote, and counts from there on what was seen since; throws what the read throws.</summary>
    /// <param name="key">Begins the names.</param>
    /// <param name="read">Reads a number; 0 for what was never written.</param>
    /// <param name="now">When the gaps that come of it were seen.</param>
    public void Restore(string key, Func<string, long> read, long now)
    {
        var settled = read(key + "/settled");
        var ringFull = read(key + "/ring_full");
        var unaccounted = read(key + "/unaccounted");
        var cpus = Math.Min(CpusMax, read(key + "/cpus"));
        var stored = new Dictionary<int, long>();
        for (var cpu = 0; cpu < cpus; cpu++)
        {
            stored[cpu] = read(CpuKey(key, cpu));
        }

        // Nothing is changed before everything is read: the next attempt begins anew.
        IsRestored = true;
        (_settled, _reportedRingFull, _reportedUnaccounted) = (settled, ringFull, unaccounted);
        KernelLost = Math.Max(KernelLost, ringFull);
        foreach (var (cpu, first) in _first)
        {
            var before = stored.GetValueOrDefault(cpu, Before(first));
            AddGap(cpu, before + 1, first - 1, now);
        }

        foreach (var (cpu, last) in stored)
        {
            _last[cpu] = Math.Max(last, _last.GetValueOrDefault(cpu, last));
        }

        _first.Clear();
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
        _dirty.Add(cpu);
        if (!_last.TryGetValue(cpu, out var last))
        {
            last = IsRestored ? Before(sequence) : sequence - 1;
            _last[cpu] = last;
            if (!IsRestored)
            {
                _first[cpu] = sequence;
            }
        }

        if (sequence <= last)
        {
            Fill(cpu, sequence, now);
            return;
        }

        AddGap(cpu, last + 1, sequence - 1, now);
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

    /// <summary>What comes before the first number of a CPU, which is 0 or 1, as the programs count.</summary>
    private static long Before(long sequence) => sequence == 0 ? -1 : 0;

    private void AddGap(int cpu, long from, long to, long now)
    {
        if (from <= to)
        {
            _gaps.Add(new Gap(cpu, from, to, now));
        }
    }

    /// <summary>A number that came late: it closes its gap, or splits it, or is the first one after all.</summary>
    private void Fill(int cpu, long sequence, long now)
    {
        if (_first.TryGetValue(cpu, out var first) && sequence < first)
        {
            AddGap(cpu, sequence + 1, first - 1, now);
            _first[cpu] = sequence;
            return;
        }

        var index = _gaps.FindIndex(gap => gap.Cpu == cpu && gap.From <= sequence && sequence <= gap.To);
        if (index < 0)
        {
            return;
        }

        var gap = _gaps[index];
        _gaps.RemoveAt(index);
        AddGap(cpu, gap.From, sequence - 1, gap.Seen);
        AddGap(cpu, sequence + 1, gap.To, gap.Seen);
    }

    private readonly record struct Gap(int Cpu, long From, long To, long Seen)
    {
        public long Count => To - From + 1;
    }
}
