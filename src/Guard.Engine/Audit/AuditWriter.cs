using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Guard.Protocol;

namespace Guard.Engine.Audit;

/// <summary>Bounds of the queue in front of the trail.</summary>
internal sealed record AuditWriterOptions
{
    /// <summary>Records that may wait.</summary>
    public int QueueCapacity { get; init; } = 16_384;

    /// <summary>Most records of one transaction.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>How long a batch that is not full waits for more.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>First wait after a failure of the store; doubles with each further one.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop goes on trying when the store fails.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What the writer is doing.</summary>
/// <param name="Queued">Records that wait.</param>
/// <param name="FailingSince">Since when the store refuses, or null.</param>
/// <param name="Error">What it said last, or null.</param>
/// <param name="Losses">Records lost here since guardd started, by cause.</param>
internal sealed record AuditWriterStatus(
    long Queued,
    DateTimeOffset? FailingSince,
    string? Error,
    ImmutableDictionary<string, long> Losses);

/// <summary>
/// Brings records into the trail in batches. A full queue makes callers wait, so that pressure reaches the kernel's
/// ring, which counts what it loses. Only while the store fails and the queue is full are records dropped; they are
/// counted by cause and the count becomes an <c>events.lost</c> record once the store works again. Callers may be on
/// any thread.
/// </summary>
internal sealed class AuditWriter : IAsyncDisposable
{
    /// <summary>The queue was full while the store failed.</summary>
    public const string CauseStoreFailing = "store_failing";

    /// <summary>guardd stopped while the store failed.</summary>
    public const string CauseStopped = "stopped";

    /// <summary>The store cannot take this record at all: a defect.</summary>
    public const string CauseRefused = "refused";

    private const long NoAttempt = -1;
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(3);

    private readonly IAuditStore _store;
    private readonly AuditWriterOptions _options;
    private readonly TimeProvider _time;
    private readonly TrailSignal _signal;
    private readonly Channel<Entry> _queue;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _loop;
    private ImmutableDictionary<string, long> _losses = ImmutableDictionary<string, long>.Empty;
    private ImmutableDictionary<string, long> _unreported = ImmutableDictionary<string, long>.Empty;
    private TaskCompletionSource _failing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _failingSince;
    private string? _error;
    private long _queued;
    private long _attempt = NoAttempt;

    /// <summary>Starts to write.</summary>
    public AuditWriter(IAuditStore store, AuditWriterOptions options, TimeProvider time, TrailSignal signal)
    {
        _store = store;
        _options = options;
        _time = time;
        _signal = signal;
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How it stands.</summary>
    public AuditWriterStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new AuditWriterStatus(Interlocked.Read(ref _queued), _failingSince, _error, _losses);
            }
        }
    }

    /// <summary>
    /// False when the store has not come back from one batch for minutes, or nothing is written any more. A store that
    /// refuses is tried again and again, which is moving.
    /// </summary>
    public bool IsMoving
    {
        get
        {
            var attempt = Interlocked.Read(ref _attempt);
            return !_loop.IsCompleted && (attempt == NoAttempt || _time.GetElapsedTime(attempt) < StallLimit);
        }
    }

    /// <summary>Queues a record; waits while the queue is full and the store works.</summary>
    /// <returns>False: the store fails, the queue is full, the record is dropped and counted.</returns>
    public ValueTask<bool> WriteAsync(AuditRecord record, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _queued);
        return _queue.Writer.TryWrite(new Entry(record, null))
            ? ValueTask.FromResult(true)
            : WaitAndWriteAsync(new Entry(record, null), cancellationToken);
    }

    /// <summary>The same for a thread that may block, such as the ring's.</summary>
    public bool Write(AuditRecord record)
    {
        var queued = WriteAsync(record);
        return queued.IsCompleted ? queued.Result : queued.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Returns when everything queued before is on disk.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Entry(null, done), cancellationToken).ConfigureAwait(false);
        await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same, for who must go on when the store fails: waits no longer than <see cref="AuditWriterOptions.StopTimeout"/>.</summary>
    /// <returns>False: not everything is on disk; it stays queued.</returns>
    public async Task<bool> TryFlushAsync(CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(_options.StopTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await FlushAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is AuditStoreException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Takes no more, writes what waits, and gives up after <see cref="AuditWriterOptions.StopTimeout"/>.</summary>
    public async Task StopAsync()
    {
        _queue.Writer.TryComplete();
        try
        {
            await _loop.WaitAsync(_options.StopTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _giveUp.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _giveUp.Dispose();
    }

    private async ValueTask<bool> WaitAndWriteAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            while (!_queue.Writer.TryWrite(entry))
            {
                var failing = FailingTask();
                if (failing.IsCompleted)
                {
                    Lose(CauseStoreFailing, 1);
                    return false;
                }

                var room = _queue.Writer.WaitToWriteAsync(cancellationToken).AsTask();
                await Task.WhenAny(room, failing).ConfigureAwait(false);
                if (room.IsCompleted && !await room.ConfigureAwait(false))
                {
                    Lose(CauseStopped, 1);
                    return false;
                }
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _queued);
            throw;
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<Entry>(_options.BatchSize);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await CollectAsync(batch).ConfigureAwait(false);
            await StoreAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }

        ReportLosses();
    }

    private async Task CollectAsync(List<Entry> batch)
    {
        TakeQueued(batch);
        var urgent = batch.Exists(entry => entry.Flushed is not null) || _queue.Reader.Completion.IsCompleted;
        if (batch.Count < _options.BatchSize && !urgent)
        {
            await Task.Delay(_options.Linger, _time).ConfigureAwait(false);
            TakeQueued(batch);
        }
    }

    private void TakeQueued(List<Entry> batch)
    {
        while (batch.Count < _options.BatchSize && _queue.Reader.TryRead(out var entry))
        {
            batch.Add(entry);
        }
    }

    private async Task StoreAsync(List<Entry> batch)
    {
        var records = batch.Where(entry => entry.Record is not null).Select(entry => entry.Record!).ToList();
        for (var wait = _options.RetryMin; records.Count > 0 && !TryAppend(records);)
        {
            if (_giveUp.IsCancellationRequested)
            {
                Lose(CauseStopped, records.Count);
                Complete(batch, stored: false);
                return;
            }

            await DelayAsync(wait).ConfigureAwait(false);
            wait = wait * 2 < _options.RetryMax ? wait * 2 : _options.RetryMax;
        }

        ReportLosses();
        Complete(batch, stored: true);
    }

    private static void Complete(List<Entry> batch, bool stored)
    {
        foreach (var entry in batch)
        {
            if (stored)
            {
                entry.Flushed?.TrySetResult();
            }
            else
            {
                entry.Flushed?.TrySetException(new AuditStoreException("guardd stopped before the trail could be written"));
            }
        }
    }

    private bool TryAppend(List<AuditRecord> records)
    {
        Interlocked.Exchange(ref _attempt, _time.GetTimestamp());
        try
        {
            Append(records);
            return true;
        }
        catch (AuditStoreException e)
        {
            SetFailing(e.Message);
            return false;
        }
        finally
        {
            Interlocked.Exchange(ref _attempt, NoAttempt);
        }
    }

    /// <summary>Takes from the list what is stored. One record that the store chokes on costs that record only.</summary>
    private void Append(List<AuditRecord> records)
    {
        try
        {
            Stored(_store.Append(records), records.Count);
            records.Clear();
        }
        catch (Exception e) when (e is not AuditStoreException)
        {
            while (records.Count > 0)
            {
                AppendOrRefuse(records[0]);
                records.RemoveAt(0);
            }
        }
    }

    private void AppendOrRefuse(AuditRecord record)
    {
        try
        {
            Stored(_store.Append([record]), 1);
        }
        catch (Exception e) when (e is not AuditStoreException)
        {
            Lose(CauseRefused, 1);
        }
    }

    private void Stored(long last, int count)
    {
        Interlocked.Add(ref _queued, -count);
        _signal.Announce(last);
        SetFailing(null);
    }

    private async Task DelayAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _time, _giveUp.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The next attempt is the last one.
        }
    }

    private Task FailingTask()
    {
        lock (_gate)
        {
            return _failing.Task;
        }
    }

    private void SetFailing(string? error)
    {
        lock (_gate)
        {
            _error = error;
            if (error is not null)
            {
                _failingSince ??= _time.GetUtcNow();
                _failing.TrySetResult();
            }
            else if (_failingSince is not null)
            {
                _failingSince = null;
                _failing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private void Lose(string cause, long count)
    {
        Interlocked.Add(ref _queued, -count);
        lock (_gate)
        {
            _losses = _losses.SetItem(cause, _losses.GetValueOrDefault(cause) + count);
            _unreported = _unreported.SetItem(cause, _unreported.GetValueOrDefault(cause) + count);
        }
    }

    /// <summary>What was lost becomes a record; when that fails too, the counts wait for the next success.</summary>
    private void ReportLosses()
    {
        ImmutableDictionary<string, long> losses;
        lock (_gate)
        {
            losses = _unreported;
            if (losses.IsEmpty || _failingSince is not null)
            {
                return;
            }

            _unreported = ImmutableDictionary<string, long>.Empty;
        }

        Interlocked.Increment(ref _queued);
        if (!TryAppend([ToRecord(losses)]))
        {
            Interlocked.Decrement(ref _queued);
            lock (_gate)
            {
                foreach (var (cause, count) in losses)
                {
                    _unreported = _unreported.SetItem(cause, _unreported.GetValueOrDefault(cause) + count);
                }
            }
        }
    }

    private AuditRecord ToRecord(ImmutableDictionary<string, long> losses) => new()
    {
        Time = _time.GetUtcNow(),
        Kind = AuditKinds.EventsLost,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{losses.Values.Sum()} records could not be stored while the trail was failing."),
        Detail = losses.ToDictionary(loss => loss.Key, loss => loss.Value.ToString(CultureInfo.InvariantCulture)),
    };

    /// <summary>A record to store, or somebody who waits for everything before.</summary>
    private readonly record struct Entry(AuditRecord? Record, TaskCompletionSource? Flushed);
}
