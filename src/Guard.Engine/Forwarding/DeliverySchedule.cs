namespace Guard.Engine.Forwarding;

/// <summary>When to try again. Pure: the random number comes from the caller.</summary>
internal sealed record DeliverySchedule
{
    /// <summary>The first wait.</summary>
    public TimeSpan Min { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The wait after this many failures in a row: doubling from <see cref="Min"/> to <see cref="Max"/>, of which the
    /// upper half is random, so that a thousand servers do not come back at the same moment.
    /// </summary>
    /// <param name="failures">From 1.</param>
    /// <param name="random">0 to 1.</param>
    public TimeSpan WaitAfter(int failures, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var full = Math.Min(Max.TotalSeconds, Min.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 40)));
        return TimeSpan.FromSeconds(full * (0.5 + (0.5 * Math.Clamp(random, 0, 1))));
    }
}
