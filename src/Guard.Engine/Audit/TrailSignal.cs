namespace Guard.Engine.Audit;

/// <summary>Tells those who follow the trail that it has grown. Safe from any thread.</summary>
internal sealed class TrailSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;

    /// <summary>Says that records up to <paramref name="seq"/> are on disk.</summary>
    public void Announce(long seq)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            _last = Math.Max(_last, seq);
            grown = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        grown.TrySetResult();
    }

    /// <summary>Returns when a record after <paramref name="seq"/> was announced, or the time is over.</summary>
    public async Task WaitAsync(long seq, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        Task next;
        lock (_gate)
        {
            if (_last > seq)
            {
                return;
            }

            next = _next.Task;
        }

        try
        {
            await next.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller looks by itself then.
        }
    }
}
