using Guard.Engine.Audit;
using Guard.Engine.Events;
using Xunit;

namespace Guard.Engine.Tests.Events;

public sealed class EventLossTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Numbers_in_order_are_no_loss()
    {
        var loss = new EventLoss(_time);
        Feed(loss, 0, 0, 1, 2, 3);
        Feed(loss, 0, 1, 0, 1, 2);
        Assert.Empty(Settled(loss));
    }

    [Fact]
    public void A_gap_that_the_kernel_counted_is_a_full_ring()
    {
        var loss = new EventLoss(_time);
        Feed(loss, 0, 3, 1, 2, 6);
        loss.ObserveKernelLost(0, 3);
        Assert.Equal([new LossReport(0, LossCause.RingFull, 3)], Settled(loss));
        Assert.Empty(Settled(loss));
    }

    [Fact]
    public void A_gap_that_nobody_counted_is_unaccounted()
    {
        var loss = new EventLoss(_time);
        Feed(loss, 1, 0, 1, 10);
        loss.ObserveKernelLost(1, 5);
        Assert.Equal(
            [new LossReport(1, LossCause.RingFull, 5), new LossReport(1, LossCause.Unaccounted, 3)], Settled(loss));
        Assert.Empty(Settled(loss));
    }

    [Fact]
    public void Losses_at_the_very_beginning_are_seen()
    {
        var loss = new EventLoss(_time);
        Feed(loss, 0, 0, 5);
        Assert.Equal([new LossReport(0, LossCause.Unaccounted, 4)], Settled(loss));
    }

    [Fact]
    public void A_loss_without_a_later_event_is_known_from_the_kernel()
    {
        var loss = new EventLoss(_time);
        loss.ObserveKernelLost(0, 7);
        Assert.Equal([new LossReport(0, LossCause.RingFull, 7)], Settled(loss));
    }

    [Theory]
    [InlineData(new long[] { 1, 3, 2, 4 })]
    [InlineData(new long[] { 1, 6, 4, 2, 3, 5 })]
    [InlineData(new long[] { 2, 1 })]
    [InlineData(new long[] { 1, 1, 2, 2 })]
    public void An_event_that_was_overtaken_is_no_loss(long[] numbers)
    {
        var loss = new EventLoss(_time);
        Feed(loss, 0, 0, numbers);
        Assert.Empty(Settled(loss));
    }

    [Fact]
    public void A_fresh_gap_is_not_reported_before_it_has_settled()
    {
        var loss = new EventLoss(_time);
        Feed(loss, 0, 0, 1, 3);
        Assert.Empty(loss.Report());
        Feed(loss, 0, 0, 2);
        Assert.Empty(Settled(loss));
    }

    [Fact]
    public void A_restart_goes_on_counting()
    {
        var cursors = new Dictionary<string, long>();
        var first = new EventLoss(_time, "boot.object", Read);
        Feed(first, 0, 2, 1, 2, 5);
        first.ObserveKernelLost(0, 2);
        Settled(first);
        first.Save((name, value) => cursors[name] = value);

        var second = new EventLoss(_time, "boot.object", Read);
        Feed(second, 0, 2, 6);
        second.ObserveKernelLost(0, 2);
        Assert.Empty(Settled(second));

        // 7 and 8 were read by a guardd that died before it stored them.
        Feed(second, 0, 2, 9);
        Assert.Equal([new LossReport(0, LossCause.Unaccounted, 2)], Settled(second));

        long Read(string name) => cursors.GetValueOrDefault(name);
    }

    [Fact]
    public void What_was_seen_before_is_asked_again_until_the_trail_can_be_read()
    {
        var cursors = new Dictionary<string, long>();
        var readable = true;
        var first = new EventLoss(_time, "boot.object", Read);
        Feed(first, 0, 1, 1, 2, 5);
        Feed(first, 0, 2, 1);
        first.ObserveKernelLost(0, 2);
        Settled(first);
        first.Save((name, value) => cursors[name] = value);

        readable = false;
        var second = new EventLoss(_time, "boot.object", Read);
        Feed(second, 0, 1, 9, 8, 10, 14);
        Feed(second, 0, 3, 3);
        second.ObserveKernelLost(0, 3);
        Assert.Empty(Settled(second));
        second.Save((name, _) => Assert.Fail($"{name} must not be overwritten"));

        // Of CPU 1 6, 7 and 11 to 13, of CPU 3 1 and 2; the kernel counted one since.
        readable = true;
        Assert.Equal([new LossReport(0, LossCause.RingFull, 1), new LossReport(0, LossCause.Unaccounted, 2)], second.Report());
        Assert.Equal([new LossReport(0, LossCause.Unaccounted, 4)], Settled(second));
        Feed(second, 0, 2, 2);
        Assert.Empty(Settled(second));

        long Read(string name) => readable ? cursors.GetValueOrDefault(name) : throw new AuditStoreException("the disk is full");
    }

    [Fact]
    public void Another_boot_or_object_counts_anew()
    {
        var cursors = new Dictionary<string, long>();
        var first = new EventLoss(_time, "one", name => cursors.GetValueOrDefault(name));
        Feed(first, 0, 0, 1, 2, 3);
        first.Save((name, value) => cursors[name] = value);

        var second = new EventLoss(_time, "two", name => cursors.GetValueOrDefault(name));
        Feed(second, 0, 0, 1, 2);
        Assert.Empty(Settled(second));
    }

    [Fact]
    public void A_number_that_overflows_harms_nothing()
    {
        var loss = new EventLoss(_time);
        loss.Observe(0, 0, ulong.MaxValue);
        loss.Observe(0, 0, 1);
        Assert.Empty(Settled(loss));
    }

    private static void Feed(EventLoss loss, int ring, int cpu, params long[] numbers)
    {
        foreach (var number in numbers)
        {
            loss.Observe(ring, cpu, (ulong)number);
        }
    }

    private IReadOnlyList<LossReport> Settled(EventLoss loss)
    {
        _time.Advance(TimeSpan.FromSeconds(3));
        return loss.Report();
    }
}
