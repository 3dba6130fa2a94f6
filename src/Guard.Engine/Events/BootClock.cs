using Guard.Engine.Interop;

namespace Guard.Engine.Events;

/// <summary>
/// Time since boot, as the kernel stamps events, to the time of day. The distance between the two clocks is measured
/// anew at most once a second, so that events keep their order and a step of the wall clock is followed. Thread-safe.
/// </summary>
internal sealed class BootClock
{
    private static readonly long RefreshNanoseconds = 1_000_000_000;

    private readonly TimeProvider _time;
    private readonly Func<long> _bootNanoseconds;
    private readonly Lock _gate = new();
    private DateTimeOffset _boot;
    private long _measuredAt;
    private bool _measured;

    /// <summary>A clock of this machine.</summary>
    public BootClock(TimeProvider time)
        : this(time, Libc.BootTimeNanoseconds)
    {
    }

    /// <summary>A clock with both sources given.</summary>
    public BootClock(TimeProvider time, Func<long> bootNanoseconds)
    {
        _time = time;
        _bootNanoseconds = bootNanoseconds;
    }

    /// <summary>When that was. Values that no calendar holds become its end.</summary>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    public DateTimeOffset ToTime(ulong bootTimeNs)
    {
        var boot = BootTime();
        var ticks = bootTimeNs / 100;
        var most = (ulong)(DateTimeOffset.MaxValue.UtcTicks - boot.UtcTicks);
        return boot.AddTicks((long)Math.Min(ticks, most));
    }

    private DateTimeOffset BootTime()
    {
        lock (_gate)
        {
            var now = _bootNanoseconds();
            if (!_measured || now - _measuredAt >= RefreshNanoseconds || now < _measuredAt)
            {
                _boot = _time.GetUtcNow().AddTicks(-(now / 100));
                _measuredAt = now;
                _measured = true;
            }

            return _boot;
        }
    }
}
