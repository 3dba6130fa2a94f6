using Guard.Engine.Control;
using Xunit;

namespace Guard.Engine.Tests.Control;

public sealed class ControlTurnsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly PeerIdentity Root = new(new ControlPeer(1, 0, 0), PeerAccess.Change);
    private static readonly PeerIdentity Ann = new(new ControlPeer(2, 1001, 1001), PeerAccess.Read);
    private static readonly PeerIdentity Ben = new(new ControlPeer(3, 1002, 1002), PeerAccess.Read);

    private readonly ControlTurns _turns = new(new ControlTurnLimits(), TimeProvider.System);
    private readonly ControlTurns _impatient = new(
        new ControlTurnLimits { Wait = TimeSpan.FromMilliseconds(50), WaitForChange = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);

    public void Dispose()
    {
        _turns.Dispose();
        _impatient.Dispose();
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_try_again_and_leaves_nothing_behind()
    {
        using (await _impatient.CheckAsync(Ann, default))
        using (await _impatient.QueryAsync(Ann, default))
        using (await _impatient.QueryAsync(Root, default))
        using (await _impatient.ChangeAsync(default))
        {
            await AssertBusyAsync(_impatient.CheckAsync(Ann, default));
            await AssertBusyAsync(_impatient.CheckAsync(Ben, default));
            await AssertBusyAsync(_impatient.QueryAsync(Ann, default));
            await AssertBusyAsync(_impatient.QueryAsync(Root, default));
            await AssertBusyAsync(_impatient.ChangeAsync(default));
            (await _impatient.CheckAsync(Root, default)).Dispose();
        }
        foreach (var peer in (PeerIdentity[])[Ann, Ben, Root])
        {
            (await _impatient.CheckAsync(peer, default)).Dispose();
            (await _impatient.QueryAsync(peer, default)).Dispose();
        }
        (await _impatient.ChangeAsync(default)).Dispose();
    }

    [Fact]
    public async Task Who_waits_more_than_once_stands_in_front_of_others_only_once()
    {
        var first = await _turns.CheckAsync(Ann, default);
        var again = _turns.CheckAsync(Ann, default);
        var ben = _turns.CheckAsync(Ben, default);
        first.Dispose();
        var bens = await ben.WaitAsync(Patience);
        Assert.False(again.IsCompleted);
        bens.Dispose();
        (await again.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Who_goes_while_he_waits_gives_up_his_place()
    {
        using var gone = new CancellationTokenSource();
        var first = await _turns.QueryAsync(Ann, default);
        var waiting = _turns.QueryAsync(Ann, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        first.Dispose();
        (await _turns.QueryAsync(Ann, default).WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task A_turn_ends_once()
    {
        var first = await _impatient.ChangeAsync(default);
        first.Dispose();
        first.Dispose();
        using var second = await _impatient.ChangeAsync(default);
        await AssertBusyAsync(_impatient.ChangeAsync(default));
    }

    [Fact]
    public void Streams_are_counted_by_uid_and_a_place_is_free_when_one_ends()
    {
        var anns = Enumerable.Range(0, 4).Select(_ => _turns.Stream(Ann)).ToList();
        Assert.Contains("you have 4 streams", Assert.Throws<ControlRequestException>(() => _turns.Stream(Ann)).Message, StringComparison.Ordinal);
        anns[0].Dispose();
        anns[0].Dispose();
        anns[0] = _turns.Stream(Ann);
        Assert.Throws<ControlRequestException>(() => _turns.Stream(Ann));
        var roots = Enumerable.Range(0, 12).Select(_ => _turns.Stream(Root)).ToList();
        Assert.Equal(429, Assert.Throws<ControlRequestException>(() => _turns.Stream(Root)).Status);
        Assert.Equal(429, Assert.Throws<ControlRequestException>(() => _turns.Stream(Ben)).Status);
        roots[0].Dispose();
        _turns.Stream(Ben).Dispose();
    }

    private static async Task AssertBusyAsync(Task<IDisposable> turn)
    {
        var refusal = await Assert.ThrowsAsync<ControlRequestException>(() => turn.WaitAsync(Patience));
        Assert.Equal((429, "try again later"), (refusal.Status, refusal.Hint));
    }
}
