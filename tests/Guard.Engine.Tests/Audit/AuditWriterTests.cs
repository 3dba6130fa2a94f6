using Guard.Engine.Audit;
using Guard.Engine.Tests.Events;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Audit;

public sealed class AuditWriterTests : IDisposable
{
    private static readonly AuditWriterOptions Small = new()
    {
        QueueCapacity = 8,
        BatchSize = 4,
        Linger = TimeSpan.FromMilliseconds(5),
        RetryMin = TimeSpan.FromMilliseconds(5),
        RetryMax = TimeSpan.FromMilliseconds(20),
        StopTimeout = TimeSpan.FromMinutes(1),
    };

    private static readonly AuditWriterOptions Impatient = Small with { StopTimeout = TimeSpan.FromMilliseconds(300) };

    private readonly FakeStore _store = new();

    public void Dispose() => _store.Dispose();

    private AuditWriter Start(AuditWriterOptions? options = null) => new(_store, options ?? Small, TimeProvider.System, new TrailSignal());

    [Fact]
    public async Task Records_are_stored_in_order_in_batches_that_are_not_too_big()
    {
        await using var writer = Start();
        for (var n = 1; n <= 100; n++)
        {
            Assert.True(await writer.WriteAsync(AuditSamples.One(n)));
        }

        await writer.FlushAsync();
        Assert.Equal(Enumerable.Range(1, 100).Select(n => $"record {n}"), _store.Stored.Select(r => r.Message));
        Assert.InRange(_store.LargestBatch, 1, 4);
        Assert.Equal(0, writer.Status.Queued);
    }

    [Fact]
    public async Task A_slow_store_makes_callers_wait_and_loses_nothing()
    {
        _store.Delay = TimeSpan.FromMilliseconds(5);
        await using var writer = Start();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var n = 0; n < 50; n++)
            {
                Assert.True(writer.Write(AuditSamples.One(n)));
            }
        })));
        await writer.FlushAsync();
        Assert.Equal(200, _store.Stored.Count);
        Assert.Empty(writer.Status.Losses);
    }

    [Fact]
    public async Task A_failing_store_is_tried_again_with_the_same_records()
    {
        _store.Fail = true;
        await using var writer = Start();
        await writer.WriteAsync(AuditSamples.One(1));
        await UntilAsync(() => _store.Attempts > 3);
        Assert.NotNull(writer.Status.FailingSince);
        Assert.Equal("disk full", writer.Status.Error);
        _store.Fail = false;
        await writer.FlushAsync();
        Assert.Equal("record 1", Assert.Single(_store.Stored).Message);
        Assert.Null(writer.Status.FailingSince);
    }

    [Fact]
    public async Task What_a_full_queue_loses_is_counted_and_recorded_once_the_store_works()
    {
        _store.Fail = true;
        await using var writer = Start();
        var kept = 0;
        for (var n = 0; n < 50; n++)
        {
            kept += await writer.WriteAsync(AuditSamples.One(n)) ? 1 : 0;
        }

        Assert.Equal(50 - kept, writer.Status.Losses[AuditWriter.CauseStoreFailing]);
        Assert.InRange(kept, Small.QueueCapacity, Small.QueueCapacity + Small.BatchSize);
        _store.Fail = false;
        await writer.FlushAsync();
        await UntilAsync(() => _store.Stored.Count == kept + 1);
        var lost = Assert.Single(_store.Stored, record => record.Kind == AuditKinds.EventsLost);
        Assert.Equal($"{50 - kept}", lost.Detail![AuditWriter.CauseStoreFailing]);
        Assert.Equal(0, writer.Status.Queued);
    }

    [Fact]
    public async Task Stopping_stores_what_waits()
    {
        var writer = Start();
        for (var n = 0; n < 8; n++)
        {
            await writer.WriteAsync(AuditSamples.One(n));
        }

        await writer.DisposeAsync();
        Assert.Equal(8, _store.Stored.Count);
        Assert.False(await writer.WriteAsync(AuditSamples.One(9)));
    }

    [Fact]
    public async Task Stopping_gives_up_on_a_store_that_fails_and_counts()
    {
        _store.Fail = true;
        var writer = Start(Impatient);
        for (var n = 0; n < 8; n++)
        {
            await writer.WriteAsync(AuditSamples.One(n));
        }

        await writer.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(8, writer.Status.Losses[AuditWriter.CauseStopped]);
    }

    [Fact]
    public async Task Who_can_not_wait_for_a_store_that_fails_goes_on()
    {
        _store.Fail = true;
        await using var writer = Start(Impatient);
        await writer.WriteAsync(AuditSamples.One(1));
        Assert.False(await writer.TryFlushAsync().WaitAsync(TimeSpan.FromSeconds(30)));

        _store.Fail = false;
        var flushed = false;
        for (var i = 0; i < 100 && !flushed; i++)
        {
            flushed = await writer.TryFlushAsync();
        }

        Assert.True(flushed);
        Assert.Equal("record 1", Assert.Single(_store.Stored).Message);
    }

    [Fact]
    public async Task A_record_that_the_store_chokes_on_costs_that_record_only()
    {
        _store.Poison = "record 3";
        await using var writer = Start();
        for (var n = 1; n <= 8; n++)
        {
            await writer.WriteAsync(AuditSamples.One(n));
        }

        await writer.FlushAsync();
        Assert.Equal(["record 1", "record 2", "record 4"], _store.Stored.Select(r => r.Message).Take(3));
        Assert.Equal(1, writer.Status.Losses[AuditWriter.CauseRefused]);
        Assert.Contains(_store.Stored, record => record.Kind == AuditKinds.EventsLost);
        Assert.Equal(0, writer.Status.Queued);
    }

    [Fact]
    public async Task A_store_that_does_not_come_back_is_no_moving_writer()
    {
        var time = new ManualTime();
        using var letGo = new ManualResetEventSlim();
        using var store = new HeldStore(letGo);
        await using var writer = new AuditWriter(store, Small, time, new TrailSignal());
        await writer.WriteAsync(AuditSamples.One(1));
        await UntilAsync(() => store.Attempts == 1);
        time.Advance(TimeSpan.FromMinutes(2));
        var afterTwo = writer.IsMoving;
        time.Advance(TimeSpan.FromMinutes(2));
        var afterFour = writer.IsMoving;
        letGo.Set();

        Assert.Equal((true, false), (afterTwo, afterFour));
        await writer.FlushAsync();
        Assert.True(writer.IsMoving);
        await writer.StopAsync();
        Assert.False(writer.IsMoving);
    }

    [Fact]
    public async Task A_store_that_refuses_for_long_leaves_the_writer_moving()
    {
        var time = new ManualTime();
        _store.Fail = true;
        await using var writer = new AuditWriter(_store, Small, time, new TrailSignal());
        await writer.WriteAsync(AuditSamples.One(1));
        await UntilAsync(() => _store.Attempts > 1);
        time.Advance(TimeSpan.FromHours(1));
        var attempts = _store.Attempts;
        await UntilAsync(() => _store.Attempts > attempts + 1);
        Assert.True(writer.IsMoving);
        _store.Fail = false;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private sealed class FakeStore : IAuditStore
    {
        private readonly Lock _gate = new();
        private readonly List<AuditRecord> _stored = [];
        private int _attempts;

        public bool Fail { get; set; }

        public TimeSpan Delay { get; set; }

        public string? Poison { get; set; }

        public int LargestBatch { get; private set; }

        public int Attempts => Volatile.Read(ref _attempts);

        public List<AuditRecord> Stored
        {
            get
            {
                lock (_gate)
                {
                    return [.. _stored];
                }
            }
        }

        public long FirstSince(DateTimeOffset since) => Stored.FindIndex(record => record.Time >= since) + 1;

        public long LastSeq => Stored.Count;

        public TrailStatus Status => new(LastSeq, LastSeq, 0);

        public long Append(IReadOnlyList<AuditRecord> records)
        {
            Interlocked.Increment(ref _attempts);
            Thread.Sleep(Delay);
            if (Fail)
            {
                throw new AuditStoreException("disk full");
            }

            if (Poison is not null && records.Any(record => record.Message == Poison))
            {
                throw new InvalidOperationException("cannot be written");
            }

            lock (_gate)
            {
                LargestBatch = Math.Max(LargestBatch, records.Count);
                _stored.AddRange(records);
                return _stored.Count;
            }
        }

        public IReadOnlyList<AuditRecord> ReadAfter(long after, int limit) => throw new NotSupportedException();

        public IReadOnlyList<AuditRecord> Query(AuditQuery query) => throw new NotSupportedException();

        public long ReadCursor(string name) => throw new NotSupportedException();

        public void WriteCursor(string name, long seq) => throw new NotSupportedException();

        public long Prune(long through) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
