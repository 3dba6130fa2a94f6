using Guard.Engine.Audit;
using Guard.Engine.Events;
using Guard.Engine.Kernel.Abi;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Events;

public sealed class FailureReportTests
{
    private const int NoScratch = 2;
    private readonly Dictionary<string, long> _cursors = [];

    [Fact]
    public void A_failure_is_reported_once_with_its_hook_reason_and_count()
    {
        var report = Create("boot.1");
        var counters = default(GuardCounters);
        Assert.Empty(report.Take(counters));

        counters.Failures[NoScratch] = 3;
        var record = Assert.Single(report.Take(counters));
        Assert.Equal(AuditKinds.EngineFailure, record.Kind);
        Assert.Equal("bprm_check_security", record.Detail!["hook"]);
        Assert.Equal("no_scratch", record.Detail["reason"]);
        Assert.Equal("3", record.Detail["count"]);
        Assert.Empty(report.Take(counters));
    }

    [Fact]
    public void What_happened_while_guardd_was_away_is_reported_by_the_next_one()
    {
        var counters = default(GuardCounters);
        counters.Failures[NoScratch] = 3;
        Assert.Single(Create("boot.1").Take(counters));

        counters.Failures[NoScratch] = 5;
        Assert.Equal("2", Assert.Single(Create("boot.1").Take(counters)).Detail!["count"]);
    }

    [Fact]
    public void A_new_load_counts_from_nothing()
    {
        var counters = default(GuardCounters);
        counters.Failures[NoScratch] = 3;
        Assert.Single(Create("boot.1").Take(counters));
        Assert.Equal("3", Assert.Single(Create("boot.2").Take(counters)).Detail!["count"]);
    }

    [Fact]
    public void What_a_failing_store_does_not_note_is_reported_at_the_next_look()
    {
        var counters = default(GuardCounters);
        counters.Failures[NoScratch] = 3;
        var fails = true;
        var report = new FailureReport(
            "boot.1",
            name => _cursors.GetValueOrDefault(name),
            (name, value) => _cursors[name] = fails ? throw new AuditStoreException("the disk is full") : value,
            TimeProvider.System);

        Assert.Throws<AuditStoreException>(() => report.Take(counters).ToList());
        fails = false;
        Assert.Equal("3", Assert.Single(report.Take(counters)).Detail!["count"]);
    }

    private FailureReport Create(string scope) => new(
        scope,
        name => _cursors.GetValueOrDefault(name),
        (name, value) => _cursors[name] = value,
        TimeProvider.System);
}
