namespace Guard.Engine.Tests;

/// <summary>Real time whose timers go off a hundred times sooner, and whose wall clock can break.</summary>
internal sealed class QuickTime : TimeProvider
{
    private const int Times = 100;
    private int _refused;

    /// <summary>From now on asking for the time throws.</summary>
    public bool Broken { get; set; }

    /// <summary>How often it was asked for while it was broken.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        if (Broken)
        {
            Interlocked.Increment(ref _refused);
            throw new InvalidOperationException("no time");
        }

        return base.GetUtcNow();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Sooner(dueTime), Sooner(period));

    private static TimeSpan Sooner(TimeSpan time) =>
        time <= TimeSpan.Zero ? time : TimeSpan.FromMilliseconds(Math.Max(1, time.TotalMilliseconds / Times));
}
