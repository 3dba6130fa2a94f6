using System.Globalization;
using Guard.Engine.Audit;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;

namespace Guard.Engine.Events;

/// <summary>Events that never reached the trail, since the last report.</summary>
/// <param name="Ring">The ring: 0 decisions, 1 observed.</param>
/// <param name="Cause">Why.</param>
/// <param name="Count">How many.</param>
internal readonly record struct LossReport(int Ring, LossCause Cause, long Count)
{
    /// <summary>As records and status name it: <c>decisions.ring_full</c>.</summary>
    public string Name => $"{KernelNames.Ring(Ring)}.{(Cause == LossCause.RingFull ? "ring_full" : "unaccounted")}";
}

/// <summary>Why events were lost.</summary>
internal enum LossCause
{
    /// <summary>The kernel found the ring full, and counted.</summary>
    RingFull,

    /// <summary>The sequence numbers have a gap that the kernel's count doesn't explain: guardd died with them in hand.</summary>
    Unaccounted,
}

/// <summary>
/// Proves losses. The programs number each event per CPU and ring, also those they can't place, and count those: a gap
/// that the count explains was a full ring, any other gap is reported as well. A gap counts only after it has settled,
/// because a task that is preempted between taking its number and writing its record is overtaken. Its state fits into
/// the cursors of the trail, so that records that were read but not stored before a crash show up as a gap afterwards.
/// Not thread-safe.
/// </summary>
internal sealed class EventLoss
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly Func<string, long> _readCursor;
    private readonly RingLoss[] _rings;

    /// <summary>Begins with nothing seen: right after a fresh load.</summary>
    /// <param name="time">Settles gaps.</param>
    public EventLoss(TimeProvider time)
        : this(time, string.Empty, _ => 0)
    {
    }

    /// <summary>
    /// Goes on where an earlier guardd stopped. A trail that can't be read at the moment is asked again at each report;
    /// what is seen meanwhile is counted then.
    /// </summary>
    /// <param name="time">Settles gaps.</param>
    /// <param name="scope">Names what the numbers belong to: KernelMaps.LoadName. Another scope, another count.</param>
    /// <param name="readCursor">Reads what <see cref="Save"/> wrote; 0 for what was never written.</param>
    public EventLoss(TimeProvider time, string scope, Func<string, long> readCursor)
    {
        _time = time;
        _readCursor = readCursor;
        Scope = scope;
        _rings = new RingLoss[KernelAbi.Rings];
        for (var ring = 0; ring < _rings.Length; ring++)
        {
            _rings[ring] = new RingLoss();
        }

        _ = IsRestored();
    }

    /// <summary>What the numbers belong to.</summary>
    public string Scope { get; }

    /// <summary>Takes note of a decoded event.</summary>
    public void Observe(GuardEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        Observe(e.Ring, e.Cpu, e.Sequence);
    }

    /// <summary>Takes note of a number.</summary>
    public void Observe(int ring, int cpu, ulong sequence) => _rings[ring].Observe(cpu, (long)sequence, _time.GetTimestamp());

    /// <summary>Takes note of the kernel's count, summed over the CPUs since the load.</summary>
    public void ObserveKernelLost(int ring, long lost) => _rings[ring].KernelLost = Math.Max(_rings[ring].KernelLost, lost);

    /// <summary>Takes note of the kernel's counts, summed over the CPUs since the load.</summary>
    public void Observe(GuardCounters sum)
    {
        for (var ring = 0; ring < _rings.Length; ring++)
        {
            ObserveKernelLost(ring, (long)sum.Lost[ring]);
        }
    }

    /// <summary>What was lost since the last call; empty when nothing was, or when the trail can't say what was seen before.</summary>
    public IReadOnlyList<LossReport> Report()
    {
        var reports = new List<LossReport>();
        if (!IsRestored())
        {
            return reports;
        }

        for (var ring = 0; ring < _rings.Length; ring++)
        {
            var state = _rings[ring];
            state.SettleGaps(age => _time.GetElapsedTime(age) >= Settle);
            Add(reports, ring, LossCause.RingFull, state.TakeRingFull());
            Add(reports, ring, LossCause.Unaccounted, state.TakeUnaccounted());
        }

        return reports;
    }

    /// <summary>
    /// Hands over what is to be kept, name by name; nothing as long as it is not known what was kept before. Call it after
    /// the records observed so far are on disk.
    /// </summary>
    public void Save(Action<string, long> writeCursor)
    {
        ArgumentNullException.ThrowIfNull(writeCursor);
        if (!Array.TrueForAll(_rings, ring => ring.IsRestored))
        {
            return;
        }

        for (var ring = 0; ring < _rings.Length; ring++)
        {
            _rings[ring].Save(Key(ring), writeCursor);
        }
    }

    private bool IsRestored()
    {
        try
        {
            for (var ring = 0; ring < _rings.Length; ring++)
            {
                if (!_rings[ring].IsRestored)
                {
                    _rings[ring].Restore(Key(ring), _readCursor, _time.GetTimestamp());
                }
            }

            return true;
        }
        catch (AuditStoreException)
        {
            // The writer says that the trail fails.
            return false;
        }
    }

    private static void Add(List<LossReport> reports, int ring, LossCause cause, long count)
    {
        if (count > 0)
        {
            reports.Add(new LossReport(ring, cause, count));
        }
    }

    private string Key(int ring) => string.Create(CultureInfo.InvariantCulture, $"loss/{Scope}/{ring}");
}
