using System.Runtime.InteropServices;

namespace Guard.Engine.Enrichment;

/// <summary>
/// Turns the kernel's boot clock into wall-clock time. The difference is taken anew for each event, so that a step of
/// the wall clock or a suspend leaves no lasting error.
/// </summary>
internal sealed partial class BootClock
{
    private const int ClockBootTime = 7;
    private const long NanosecondsPerTick = 100;

    private readonly TimeProvider _time;
    private readonly Func<ulong> _bootNs;

    /// <summary>Takes the wall clock and a reading of CLOCK_BOOTTIME in nanoseconds.</summary>
    public BootClock(TimeProvider time, Func<ulong>? bootNs = null)
    {
        _time = time;
        _bootNs = bootNs ?? ReadBootTime;
    }

    /// <summary>The wall-clock time of a boot-clock reading; a reading from the future is now.</summary>
    public DateTimeOffset ToTime(ulong bootNs)
    {
        var now = _bootNs();
        var age = bootNs < now ? (long)Math.Min((now - bootNs) / NanosecondsPerTick, (ulong)TimeSpan.FromDays(36_500).Ticks) : 0;
        return _time.GetUtcNow() - TimeSpan.FromTicks(age);
    }

    private static ulong ReadBootTime()
    {
        if (clock_gettime(ClockBootTime, out var time) != 0)
        {
            throw new InvalidOperationException("clock_gettime(CLOCK_BOOTTIME) failed");
        }

        return ((ulong)time.Seconds * 1_000_000_000) + (ulong)time.Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
