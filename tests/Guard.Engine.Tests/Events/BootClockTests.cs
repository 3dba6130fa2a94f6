using Guard.Engine.Events;
using Xunit;

namespace Guard.Engine.Tests.Events;

public sealed class BootClockTests
{
    private readonly ManualTime _time = new();
    private long _boot = 100_000_000_000;

    [Fact]
    public void Now_is_now() => Assert.Equal(_time.GetUtcNow(), Clock().ToTime((ulong)_boot));

    [Fact]
    public void Earlier_is_earlier_by_as_much() =>
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromSeconds(40), Clock().ToTime((ulong)_boot - 40_000_000_000));

    [Fact]
    public void A_step_of_the_wall_clock_is_followed_within_a_second()
    {
        var clock = Clock();
        clock.ToTime(0);
        _time.Step(TimeSpan.FromHours(1));
        _boot += 1_000_000_000;
        Assert.Equal(_time.GetUtcNow(), clock.ToTime((ulong)_boot));
    }

    [Fact]
    public void No_number_makes_it_throw() => Assert.True(Clock().ToTime(ulong.MaxValue) > _time.GetUtcNow());

    [Fact]
    public void This_machine_has_such_a_clock() =>
        Assert.Equal(DateTimeOffset.UtcNow, new BootClock(TimeProvider.System).ToTime((ulong)Guard.Engine.Interop.Libc.BootTimeNanoseconds()), TimeSpan.FromSeconds(5));

    private BootClock Clock() => new(_time, () => _boot);
}
