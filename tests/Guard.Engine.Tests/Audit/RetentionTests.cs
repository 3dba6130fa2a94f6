using Guard.Engine.Audit;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Audit;

public sealed class RetentionTests : IDisposable
{
    private static readonly RetentionOptions Unbounded = new() { MaxBytes = null, MaxAge = null };

    private readonly string _directory = Directory.CreateTempSubdirectory("guard-retention-").FullName;
    private readonly SqliteAuditStore _store;
    private readonly FixedTime _time = new(AuditSamples.Start.AddSeconds(100));

    private string TrailPath => Path.Combine(_directory, "trail.db");

    public RetentionTests() =>
        _store = SqliteAuditStore.Open(new SqliteAuditStoreOptions { Path = TrailPath }, _time);

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Retention Create(RetentionOptions options, params ReadOnlySpan<string> sinks) => new(_store, options, [.. sinks], _time);

    [Fact]
    public void Within_its_bounds_nothing_happens()
    {
        Assert.Equal(0, Create(Unbounded with { MaxRecords = 100 }).Run());
        _store.Append(AuditSamples.Many(100));
        Assert.Equal(0, Create(Unbounded with { MaxRecords = 100, MaxBytes = 1 << 30, MaxAge = TimeSpan.FromSeconds(100) }).Run());
        Assert.Equal(100, _store.LastSeq);
    }

    [Fact]
    public void Too_many_records_go_oldest_first_and_a_record_says_so()
    {
        _store.Append(AuditSamples.Many(200));
        Assert.Equal(105, Create(Unbounded with { MaxRecords = 100 }).Run());
        var kept = _store.ReadAfter(0, 1000);
        Assert.Equal((106, 201), (kept[0].Seq, kept[^1].Seq));
        Assert.Equal(AuditKinds.TrailPruned, kept[^1].Kind);
        Assert.Equal(("1", "105", "max_records", "0"), Detail(kept[^1]));
    }

    [Fact]
    public void Old_records_go()
    {
        _store.Append(AuditSamples.Many(50));
        Assert.Equal(29, Create(Unbounded with { MaxAge = TimeSpan.FromSeconds(70) }).Run());
        Assert.Equal(30, _store.ReadAfter(0, 1)[0].Seq);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    public void Old_records_go_also_when_the_first_that_stays_cannot_be_read(string text)
    {
        _store.Append(AuditSamples.Many(50));
        AuditSamples.Damage(TrailPath, 30, text);
        Assert.Equal(29, Create(Unbounded with { MaxAge = TimeSpan.FromSeconds(70), MaxRecords = 1000 }).Run());
        Assert.Equal(29, _store.Status.Last - _store.Status.Records);
    }

    [Fact]
    public void When_all_records_are_old_the_one_that_says_so_stays()
    {
        _store.Append(AuditSamples.Many(50));
        Assert.Equal(50 - 1, Create(Unbounded with { MaxAge = TimeSpan.FromSeconds(1) }).Run());
    }

    [Fact]
    public void A_trail_that_is_too_big_shrinks_on_disk()
    {
        for (var i = 0; i < 20; i++)
        {
            _store.Append(AuditSamples.Many(500));
        }

        var bound = _store.Status.Bytes / 2;
        var retention = Create(Unbounded with { MaxBytes = bound });
        var runs = 0;
        while (retention.Run() > 0)
        {
            runs++;
        }

        // Pages of indexes are not given back with the first records, so it may take more than one look.
        Assert.InRange(runs, 1, 3);
        Assert.InRange(_store.Status.Bytes, bound / 2, bound);
    }

    [Fact]
    public void What_no_sink_has_taken_is_counted_by_sink()
    {
        _store.Append(AuditSamples.Many(200));
        _store.WriteCursor("fast", 200);
        _store.WriteCursor("slow", 40);
        Create(Unbounded with { MaxRecords = 100 }, "fast", "slow", "new").Run();
        var record = _store.ReadAfter(200, 1)[0];
        Assert.Equal("105", record.Detail!["unforwarded"]);
        Assert.Equal(("0", "65", "105"), (record.Detail["unforwarded.fast"], record.Detail["unforwarded.slow"], record.Detail["unforwarded.new"]));
        Assert.Contains("105 of them had not been forwarded", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_record_always_stays()
    {
        _store.Append(AuditSamples.Many(10));
        Create(Unbounded with { MaxRecords = 0, MaxAge = TimeSpan.Zero }).Run();
        Assert.NotEmpty(_store.ReadAfter(0, 10));
        Assert.Equal(11, _store.LastSeq);
    }

    private static (string, string, string, string) Detail(AuditRecord record) =>
        (record.Detail!["from"], record.Detail["through"], record.Detail["reason"], record.Detail["unforwarded"]);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
