using System.Net;
using System.Net.Sockets;
using Guard.Engine.Audit;
using Guard.Engine.Forwarding;
using Guard.Engine.Tests.Audit;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Forwarding;

public sealed class ForwarderTests : IDisposable
{
    private static readonly ForwarderOptions Fast = new()
    {
        BatchSize = 10,
        ConfirmInterval = TimeSpan.FromMilliseconds(10),
        Schedule = new DeliverySchedule { Min = TimeSpan.FromMilliseconds(5), Max = TimeSpan.FromMilliseconds(20) },
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("guard-forward-").FullName;
    private readonly SqliteAuditStore _store;
    private readonly TrailSignal _signal = new();

    public ForwarderTests() =>
        _store = SqliteAuditStore.Open(new SqliteAuditStoreOptions { Path = Path.Combine(_directory, "trail.db") }, TimeProvider.System);

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(1, 0, 0.5)]
    [InlineData(1, 1, 1)]
    [InlineData(4, 1, 8)]
    [InlineData(9, 1, 256)]
    [InlineData(10, 1, 300)]
    [InlineData(10, 0, 150)]
    [InlineData(100_000, 1, 300)]
    public void Waits_double_up_to_five_minutes_and_half_is_random(int failures, double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DeliverySchedule().WaitAfter(failures, random));

    [Fact]
    public async Task Records_are_sent_in_order_and_the_cursor_follows_what_is_confirmed()
    {
        var sink = new FakeSink();
        Append(35);
        await using var forwarder = Start(sink);
        await UntilAsync(() => sink.Sent.Count >= 35);
        Assert.Equal(Enumerable.Range(1, 35).Select(n => (long)n), sink.Sent);
        Assert.Equal((0, 35), (_store.ReadCursor("fake"), forwarder.Status.Lag));
        sink.Confirmed = 20;
        await UntilAsync(() => _store.ReadCursor("fake") == 20);
        sink.Confirmed = 35;
        await UntilAsync(() => forwarder.Status.Lag == 0);
        Append(1);
        await UntilAsync(() => sink.Sent.Count == 36);
    }

    [Fact]
    public async Task After_a_break_everything_that_was_not_confirmed_is_sent_again()
    {
        var sink = new FakeSink { Confirmed = 10 };
        Append(30);
        await using var forwarder = Start(sink);
        await UntilAsync(() => sink.Sent.Count == 30 && _store.ReadCursor("fake") == 10);
        sink.Break = true;
        await UntilAsync(() => sink.Sent.Count == 50);
        Assert.Equal(Enumerable.Range(11, 20).Select(n => (long)n), sink.Sent[30..]);
    }

    [Fact]
    public async Task A_new_forwarder_goes_on_behind_the_cursor()
    {
        Append(30);
        _store.WriteCursor("fake", 25);
        var sink = new FakeSink();
        await using var forwarder = Start(sink);
        await UntilAsync(() => sink.Sent.Count == 5);
        Assert.Equal(26, sink.Sent[0]);
    }

    [Fact]
    public async Task Records_that_retention_took_are_counted()
    {
        Append(30);
        _store.Prune(12);
        var sink = new FakeSink();
        await using var forwarder = Start(sink);
        await UntilAsync(() => sink.Sent.Count == 18);
        Assert.Equal((12, 12), (forwarder.Skipped, forwarder.Status.Skipped));
    }

    [Fact]
    public async Task Records_that_retention_took_are_counted_once_however_often_they_are_missed()
    {
        Append(30);
        _store.Prune(12);
        var sink = new FakeSink();
        await using var forwarder = Start(sink);
        await UntilAsync(() => sink.Sent.Count == 18);
        sink.Break = true;
        await UntilAsync(() => sink.Sent.Count == 36);
        Assert.Equal(12, forwarder.Status.Skipped);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    public async Task A_record_that_cannot_be_read_is_forwarded_as_damaged_and_holds_up_nothing(string text)
    {
        Append(30);
        AuditSamples.Damage(Path.Combine(_directory, "trail.db"), 7, text);
        var sink = new FakeSink();
        await using var forwarder = Start(sink);
        await UntilAsync(() => sink.Sent.Count == 30);
        Assert.Equal(Enumerable.Range(1, 30).Select(n => (long)n), sink.Sent);
        Assert.Equal((0, AuditKinds.TrailDamaged), (forwarder.Skipped, sink.Kinds[6]));
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_an_error_in_the_status()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Append(1);
        await using var forwarder = Start(
            new SyslogSink(new SyslogSinkOptions { Name = "siem", Host = "127.0.0.1", Port = port }, TimeProvider.System));
        await UntilAsync(() => forwarder.Status.Error is not null);
        Assert.False(forwarder.Status.Connected);
        Assert.Equal(1, forwarder.Status.Lag);
        Assert.Contains("refused", forwarder.Status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_receivers_kernel_has_not_acknowledged_is_never_confirmed()
    {
        // The receiver never reads and its buffer is small: what does not fit stays unacknowledged here.
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        await using var sink = new SyslogSink(
            new SyslogSinkOptions { Name = "s", Host = "127.0.0.1", Port = port, ConfirmAfter = TimeSpan.Zero }, TimeProvider.System);
        await sink.SendAsync([SyslogFormatterTests.Plain with { Seq = 1 }], default);
        await UntilAsync(() => sink.Confirm() == 1);
        var big = Enumerable.Repeat(SyslogFormatterTests.Hostile[4], 100).Select(record => record with { Seq = 2 }).ToList();
        await sink.SendAsync(big, default);
        await Task.Delay(300);
        Assert.Equal(1, sink.Confirm());
    }

    [Fact]
    public async Task A_receiver_that_closes_is_noticed_without_sending()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new SyslogSinkOptions { Name = "s", Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port };
        await using var sink = new SyslogSink(options, TimeProvider.System);
        await sink.SendAsync([SyslogFormatterTests.Plain], default);
        using (await listener.AcceptTcpClientAsync())
        {
        }

        await Task.Delay(50);
        Assert.Throws<SinkException>(() => sink.Confirm());
        Assert.False(sink.Connected);
    }

    private Forwarder Start(IEventSink sink)
    {
        var forwarder = new Forwarder(_store, sink, Fast, _signal, TimeProvider.System, () => 0);
        forwarder.Start();
        return forwarder;
    }

    private void Append(int count) =>
        _signal.Announce(_store.Append([.. Enumerable.Repeat(SyslogFormatterTests.Plain, count)]));

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        Assert.True(condition());
    }

    private sealed class FakeSink : IEventSink
    {
        private readonly Lock _gate = new();
        private readonly List<long> _sent = [];

        public List<string> Kinds { get; } = [];

        public string Name => "fake";

        public string Target => "fake://";

        public bool Connected => true;

        public long Confirmed { get; set; }

        public bool Break { get; set; }

        public List<long> Sent
        {
            get
            {
                lock (_gate)
                {
                    return [.. _sent];
                }
            }
        }

        public Task SendAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                Kinds.AddRange(records.Select(r => r.Kind));
                _sent.AddRange(records.Select(r => r.Seq));
            }

            return Task.CompletedTask;
        }

        public long Confirm()
        {
            if (Break)
            {
                Break = false;
                throw new SinkException("broken");
            }

            return Confirmed;
        }

        public void Reset()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
