using Xunit;

namespace Guard.Engine.Tests;

public sealed class EngineStateTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Now = Then.AddMinutes(1);

    [Fact]
    public void Without_reasons_it_is_enforcing() =>
        Assert.Equal(EngineState.Enforcing, new EngineState(EngineState.Starting, [], Then).Next([], Now).Name);

    [Fact]
    public void Any_reason_makes_it_degraded()
    {
        var state = new EngineState(EngineState.Enforcing, [], Then).Next(["a denial did not deny"], Now);
        Assert.Equal(EngineState.Degraded, state.Name);
        Assert.Equal(Now, state.Since);
    }

    [Fact]
    public void The_same_again_is_no_change()
    {
        var state = new EngineState(EngineState.Degraded, ["x"], Then);
        Assert.Same(state, state.Next(["x"], Now));
        Assert.NotSame(state, state.Next(["y"], Now));
    }
}
