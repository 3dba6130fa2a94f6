using Guard.Engine.Audit;
using Guard.Protocol;

namespace Guard.Engine.Forwarding;

/// <summary>How a forwarder works.</summary>
internal sealed record ForwarderOptions
{
    /// <summary>Most records that are sent at once.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>How often to look whether what was sent arrived, and to move the cursor.</summary>
    public TimeSpan ConfirmInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When to try again after a failure.</summary>
    public DeliverySchedule Schedule { get; init; } = new();
}

/// <summary>
/// Brings the trail to one sink, in order and at least once. The trail is the queue: the cursor moves only to what the
/// sink has confirmed, and after any failure everything behind it is sent again.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly IAuditStore _store;
    private readonly IEventSink _sink;
    private readonly ForwarderOptions _options;
    private readonly TrailSignal _signal;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private long _cursor;
    private long _sent;
    private long _skipped;
    private long _skippedThrough;
    private int _failures;
    private string? _error;
    private long _lastConfirm;

    public Forwarder(
        IAuditStore store,
        IEventSink sink,
        ForwarderOptions options,
        TrailSignal signal,
        TimeProvider time,
        Func<double> random)
    {
        _store = store;
        _sink = sink;
        _options = options;
        _signal = signal;
        _time = time;
        _random = random;
    }

    /// <summary>For status. The cursor is what the sink has confirmed.</summary>
    public SinkStatus Status
    {
        get
        {
            lock (_gate)
            {
                var lag = Math.Max(0, _store.LastSeq - _cursor);
                return new SinkStatus(_sink.Name, _sink.Target, _sink.Connected && _error is null, _cursor, lag, _error) { Skipped = Skipped };
            }
        }
    }

    /// <summary>Records that retention removed before they could be sent, since guardd started, each once.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Begins at the durable cursor.</summary>
    public void Start() => _loop = Task.Run(() => RunAsync(_stop.Token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _sink.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var begun = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!begun)
                {
                    Rewind(_store.ReadCursor(_sink.Name));
                    begun = true;
                }

                await StepAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Also what nobody foresaw: a forwarder that ends in silence would be worse than one that says why.
                await RecoverAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one batch, or waits until there is one; now and then moves the cursor.</summary>
    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var batch = _store.ReadAfter(_sent, _options.BatchSize);
        if (batch.Count > 0)
        {
            CountSkipped(batch[0].Seq - 1);
            await _sink.SendAsync(batch, cancellationToken).ConfigureAwait(false);
            _sent = batch[^1].Seq;
        }

        ConfirmWhenDue();
        if (batch.Count == 0)
        {
            await _signal.WaitAsync(_sent, _options.ConfirmInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>After a break the same gap is met again.</summary>
    private void CountSkipped(long through)
    {
        var from = Math.Max(_sent, _skippedThrough);
        if (through > from)
        {
            Interlocked.Add(ref _skipped, through - from);
            _skippedThrough = through;
        }
    }

    private void ConfirmWhenDue()
    {
        var now = _time.GetTimestamp();
        if (_lastConfirm != 0 && _time.GetElapsedTime(_lastConfirm, now) < _options.ConfirmInterval)
        {
            return;
        }

        _lastConfirm = now;
        var confirmed = _sink.Confirm();
        if (confirmed > _cursor)
        {
            _store.WriteCursor(_sink.Name, confirmed);
            SetState(confirmed, null);
            _failures = 0;
        }
        else if (_sink.Connected)
        {
            SetState(_cursor, null);
        }
    }

    private async Task RecoverAsync(Exception failure, CancellationToken cancellationToken)
    {
        _sink.Reset();
        Rewind(_cursor);
        SetState(_cursor, failure.Message);
        _failures++;
        try
        {
            var wait = _options.Schedule.WaitAfter(_failures, _random());
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }

    private void Rewind(long cursor)
    {
        SetState(cursor, _error);
        _sent = cursor;
        _lastConfirm = 0;
    }

    private void SetState(long cursor, string? error)
    {
        lock (_gate)
        {
            _cursor = cursor;
            _error = error;
        }
    }
}
