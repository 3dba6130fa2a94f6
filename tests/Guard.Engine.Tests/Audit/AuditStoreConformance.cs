using Guard.Engine.Audit;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Audit;

/// <summary>What every <see cref="IAuditStore"/> must do. A store's tests derive from this and say how it is opened.</summary>
public abstract class AuditStoreConformance : IDisposable
{
    private static readonly DateTimeOffset Start = AuditSamples.Start;

    /// <summary>An empty trail at a new place.</summary>
    protected abstract IAuditStore Create();

    /// <summary>The trail that <see cref="Create"/> made last, opened once more after its Dispose.</summary>
    protected abstract IAuditStore Reopen();

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected static AuditRecord Sample(int n) => AuditSamples.One(n);

    protected static List<AuditRecord> Samples(int count) => AuditSamples.Many(count);

    [Fact]
    public void An_empty_trail_has_nothing()
    {
        using var store = Create();
        Assert.Equal(0, store.LastSeq);
        Assert.Empty(store.ReadAfter(0, 10));
        Assert.Empty(store.Query(new AuditQuery { Newest = true }));
        Assert.Equal((0, 0), (store.Status.Records, store.Status.Last));
        Assert.Equal(0, store.Prune(10));
    }

    [Fact]
    public void Append_numbers_from_one_without_gaps_and_returns_the_last()
    {
        using var store = Create();
        Assert.Equal(3, store.Append(Samples(3)));
        Assert.Equal(5, store.Append(Samples(2)));
        Assert.Equal([1, 2, 3, 4, 5], store.ReadAfter(0, 100).Select(r => r.Seq));
        Assert.Equal(5, store.LastSeq);
        Assert.Equal((5, 5), (store.Status.Records, store.Status.Last));
        Assert.True(store.Status.Bytes > 0);
    }

    [Fact]
    public void Append_of_nothing_is_refused()
    {
        using var store = Create();
        Assert.ThrowsAny<ArgumentException>(() => store.Append([]));
    }

    [Fact]
    public void A_record_comes_back_as_it_was_but_for_its_number()
    {
        using var store = Create();
        var record = Sample(1) with { Seq = 99, Detail = new Dictionary<string, string> { ["k"] = "v\0w" } };
        store.Append([record]);
        var back = Assert.Single(store.ReadAfter(0, 1));
        Assert.Equal(1, back.Seq);
        Assert.Equal(record.Time, back.Time);
        Assert.Equal(record.Args, back.Args);
        Assert.Equal(record.Process, back.Process);
        Assert.Equal(record.Rule, back.Rule);
        Assert.Equal(record.File, back.File);
        Assert.Equal("v\0w", back.Detail!["k"]);
    }

    [Fact]
    public void Records_numbers_and_cursors_survive_closing()
    {
        using (var store = Create())
        {
            store.Append(Samples(4));
            store.WriteCursor("siem", 3);
        }

        using var again = Reopen();
        Assert.Equal(4, again.LastSeq);
        Assert.Equal(3, again.ReadCursor("siem"));
        Assert.Equal(5, again.Append([Sample(5)]));
    }

    [Fact]
    public void ReadAfter_pages_through_everything_once()
    {
        using var store = Create();
        store.Append(Samples(25));
        var seen = new List<long>();
        for (IReadOnlyList<AuditRecord> page = store.ReadAfter(0, 10); page.Count > 0; page = store.ReadAfter(page[^1].Seq, 10))
        {
            seen.AddRange(page.Select(r => r.Seq));
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(n => (long)n), seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void A_limit_out_of_range_is_refused(int limit)
    {
        using var store = Create();
        Assert.ThrowsAny<ArgumentException>(() => store.ReadAfter(0, limit));
    }

    [Fact]
    public void Newest_gives_the_end_in_ascending_order()
    {
        using var store = Create();
        store.Append(Samples(20));
        Assert.Equal([18, 19, 20], store.Query(new AuditQuery { Newest = true, Limit = 3 }).Select(r => r.Seq));
        Assert.Equal([16, 18, 20], store.Query(new AuditQuery { Newest = true, Limit = 3, Verdict = "block" }).Select(r => r.Seq));
    }

    public static TheoryData<AuditQuery, long[]> Queries => new()
    {
        { new AuditQuery { Kind = "exec.denied" }, [2, 4, 6, 8, 10, 12] },
        { new AuditQuery { Kind = "exec.*" }, [2, 4, 6, 8, 10, 12] },
        { new AuditQuery { Kind = "exec.%" }, [] },
        { new AuditQuery { Kind = "*" }, [] },
        { new AuditQuery { Verdict = "audit", After = 8 }, [9, 11] },
        { new AuditQuery { Rule = "rule-1" }, [1, 4, 7, 10] },
        { new AuditQuery { Rule = "Title 2" }, [2, 5, 8, 11] },
        { new AuditQuery { Rule = "' OR 1=1 --" }, [] },
        { new AuditQuery { Path = "/srv/data/3.txt" }, [3] },
        { new AuditQuery { Path = "/srv/*/1?.txt" }, [10, 11, 12] },
        { new AuditQuery { Path = "*" }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
        { new AuditQuery { Path = "/srv/data/[1-3].*" }, [] },
        { new AuditQuery { Path = "/srv/data/%.txt" }, [] },
        { new AuditQuery { Path = "/SRV/*" }, [] },
        { new AuditQuery { Path = "*' OR '1'='1" }, [] },
        { new AuditQuery { Pid = 105 }, [5] },
        { new AuditQuery { User = "user2" }, [2, 6, 10] },
        { new AuditQuery { User = "2" }, [2, 6, 10] },
        { new AuditQuery { User = "7" }, [] },
        { new AuditQuery { Since = Start.AddSeconds(4), Until = Start.AddSeconds(6) }, [4, 5] },
        { new AuditQuery { Since = Start.AddSeconds(10).ToOffset(TimeSpan.FromHours(5)) }, [10, 11, 12] },
        { new AuditQuery { Kind = "exec.*", Rule = "rule-1", Limit = 1 }, [4] },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_selects_what_it_says(AuditQuery query, long[] expected)
    {
        using var store = Create();
        store.Append(Samples(12));
        Assert.Equal(expected, store.Query(query).Select(r => r.Seq));
    }

    [Theory]
    [InlineData(-5, 3)]
    [InlineData(4, 4)]
    [InlineData(12, 12)]
    [InlineData(13, 0)]
    public void The_first_record_since_a_time_is_the_first_by_number(int seconds, long expected)
    {
        using var store = Create();
        store.Append(Samples(12));
        store.Prune(2);
        Assert.Equal(expected, store.FirstSince(Start.AddSeconds(seconds)));
        store.Append([Sample(1), Sample(12)]);
        Assert.Equal(expected, store.FirstSince(Start.AddSeconds(seconds)));
    }

    [Fact]
    public void A_bracket_in_a_path_stands_for_itself()
    {
        using var store = Create();
        store.Append([Sample(1) with { File = new FileInfoRecord { Path = "/tmp/[ab]x" } }, Sample(2) with { File = new FileInfoRecord { Path = "/tmp/ax" } }]);
        Assert.Equal([1], store.Query(new AuditQuery { Path = "/tmp/[ab]*" }).Select(r => r.Seq));
    }

    [Fact]
    public void A_rule_and_a_user_are_found_by_either_name_also_when_both_occur()
    {
        using var store = Create();
        var byId = Sample(1) with { Rule = new RuleReference { Id = "x", Title = "t" }, Process = new ProcessInfo { Euid = 33, User = "w" } };
        var byTitle = Sample(2) with { Rule = new RuleReference { Id = "y", Title = "x" }, Process = new ProcessInfo { Euid = 1, User = "33" } };
        store.Append([byId, byTitle, Sample(3)]);
        Assert.Equal([1, 2], store.Query(new AuditQuery { Rule = "x" }).Select(r => r.Seq));
        Assert.Equal([1, 2], store.Query(new AuditQuery { User = "33" }).Select(r => r.Seq));
        Assert.Equal([1], store.Query(new AuditQuery { Rule = "t" }).Select(r => r.Seq));
    }

    [Fact]
    public void Cursors_are_independent_and_may_move_back()
    {
        using var store = Create();
        Assert.Equal(0, store.ReadCursor("a"));
        store.WriteCursor("a", 10);
        store.WriteCursor("b'; DROP TABLE cursors; --", 4);
        store.WriteCursor("a", 7);
        Assert.Equal((7, 4), (store.ReadCursor("a"), store.ReadCursor("b'; DROP TABLE cursors; --")));
    }

    [Fact]
    public void Prune_removes_the_oldest_and_never_the_newest()
    {
        using var store = Create();
        store.Append(Samples(10));
        Assert.Equal(4, store.Prune(4));
        Assert.Equal([5, 6], store.ReadAfter(0, 2).Select(r => r.Seq));
        Assert.Equal((6, 10), (store.Status.Records, store.Status.Last));
        Assert.Equal(5, store.Prune(1000));
        Assert.Equal(10, Assert.Single(store.ReadAfter(0, 10)).Seq);
    }

    [Fact]
    public void Numbers_go_on_after_pruning_and_closing()
    {
        using (var store = Create())
        {
            store.Append(Samples(3));
            store.Prune(3);
        }

        using var again = Reopen();
        Assert.Equal(4, again.Append([Sample(4)]));
    }

    [Fact]
    public async Task Readers_see_whole_batches_while_one_writes()
    {
        using var store = Create();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var page = store.ReadAfter(0, 10_000);
                Assert.Equal(0, page.Count % 10);
                Assert.Equal(page.Count, page.Count == 0 ? 0 : page[^1].Seq);
            }
        })).ToArray();
        for (var i = 0; i < 50; i++)
        {
            store.Append(Samples(10));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(500, store.LastSeq);
    }
}
