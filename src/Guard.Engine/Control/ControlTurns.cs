using Microsoft.AspNetCore.Http;

namespace Guard.Engine.Control;

/// <summary>How many may do what at once, and how long the others wait.</summary>
internal sealed record ControlTurnLimits
{
    /// <summary>Queries of the trail at once.</summary>
    public int Queries { get; init; } = 2;

    /// <summary>Streams at once.</summary>
    public int Streams { get; init; } = 16;

    /// <summary>Of these, streams of all who may not change anything: root finds one free.</summary>
    public int StreamsOfReaders { get; init; } = 12;

    /// <summary>Of these, streams of one of them.</summary>
    public int StreamsOfOneReader { get; init; } = 4;

    /// <summary>Longest wait for a check or a query; shorter than the 30 s that guardctl waits for an answer.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for a change, behind other changes alone; shorter than the 5 minutes that guardctl waits.</summary>
    public TimeSpan WaitForChange { get; init; } = TimeSpan.FromMinutes(4);
}

/// <summary>
/// Whose turn it is with what takes processors, memory or a place. Changes, root's checks, the checks of all others and
/// queries each have turns of their own, so that nobody who may only read stands in front of a push; and of those who may
/// only read each has one check and one query at a time, so that nobody stands in front of the others more than once.
/// Disposing what is returned ends the turn. Safe from any thread.
/// </summary>
internal sealed class ControlTurns : IDisposable
{
    private readonly ControlTurnLimits _limits;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _changes = new(1, 1);
    private readonly SemaphoreSlim _checks = new(1, 1);
    private readonly SemaphoreSlim _readersChecks = new(1, 1);
    private readonly SemaphoreSlim _queries;
    private readonly TurnsByUser _checksByUser = new();
    private readonly TurnsByUser _queriesByUser = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, int> _readersStreams = [];
    private int _streams;

    /// <summary>Turns within limits; waiting is measured with a clock.</summary>
    public ControlTurns(ControlTurnLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _queries = new SemaphoreSlim(limits.Queries, limits.Queries);
    }

    /// <summary>To change what is in force, or to go over all processes.</summary>
    /// <exception cref="ControlRequestException">429: others took too long.</exception>
    public Task<IDisposable> ChangeAsync(CancellationToken cancellationToken)
        => TakeAsync(null, _changes, _limits.WaitForChange, "guardd is still at the changes before this one; nothing was changed", cancellationToken);

    /// <summary>To compile what stays out of force. It is taken before the bundle is read.</summary>
    /// <exception cref="ControlRequestException">429: others took too long.</exception>
    public Task<IDisposable> CheckAsync(PeerIdentity peer, CancellationToken cancellationToken)
    {
        const string Busy = "guardd is still at the checks before this one";
        return MayChange(peer)
            ? TakeAsync(null, _checks, _limits.Wait, Busy, cancellationToken)
            : TakeAsync(_checksByUser.Enter(peer.Peer.Uid), _readersChecks, _limits.Wait, Busy, cancellationToken);
    }

    /// <summary>To search the trail.</summary>
    /// <exception cref="ControlRequestException">429: others took too long.</exception>
    public Task<IDisposable> QueryAsync(PeerIdentity peer, CancellationToken cancellationToken)
    {
        var own = MayChange(peer) ? null : _queriesByUser.Enter(peer.Peer.Uid);
        return TakeAsync(own, _queries, _limits.Wait, "guardd is still searching the trail for the queries before this one", cancellationToken);
    }

    /// <summary>The place of a stream.</summary>
    /// <exception cref="ControlRequestException">429: there is none; nobody waits for a stream to end.</exception>
    public IDisposable Stream(PeerIdentity peer)
    {
        var uid = peer.Peer.Uid;
        lock (_gate)
        {
            if (!MayChange(peer))
            {
                CountReader(uid);
            }
            else if (_streams >= _limits.Streams)
            {
                throw NoStream($"{_limits.Streams} streams are open already", "end a guardctl audit follow or guardctl trace exec");
            }
            _streams++;
        }
        return new Turn(() => CloseStream(peer));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _changes.Dispose();
        _checks.Dispose();
        _readersChecks.Dispose();
        _queries.Dispose();
    }

    private static bool MayChange(PeerIdentity peer) => peer.Access >= PeerAccess.Change;

    private void CountReader(uint uid)
    {
        var own = _readersStreams.GetValueOrDefault(uid);
        if (own >= _limits.StreamsOfOneReader)
        {
            throw NoStream($"you have {own} streams open already", "end one of your guardctl audit follow or guardctl trace exec");
        }
        if (_streams >= _limits.Streams || _readersStreams.Values.Sum() >= _limits.StreamsOfReaders)
        {
            throw NoStream($"the {_limits.StreamsOfReaders} streams of who may only read are open already", "try again later");
        }
        _readersStreams[uid] = own + 1;
    }

    private void CloseStream(PeerIdentity peer)
    {
        lock (_gate)
        {
            _streams--;
            if (!MayChange(peer) && --_readersStreams[peer.Peer.Uid] == 0)
            {
                _readersStreams.Remove(peer.Peer.Uid);
            }
        }
    }

    private static ControlRequestException NoStream(string error, string hint) => new(StatusCodes.Status429TooManyRequests, error, hint);

    /// <summary>First the caller's own turn among his requests, then the one that he shares with others.</summary>
    private async Task<IDisposable> TakeAsync(TurnsByUser.Place? own, SemaphoreSlim shared, TimeSpan wait, string busy, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (own is not null)
            {
                await own.WaitAsync(either.Token).ConfigureAwait(false);
            }
            await shared.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            own?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ControlRequestException(StatusCodes.Status429TooManyRequests, busy, "try again later");
        }
        return new Turn(() =>
        {
            shared.Release();
            own?.Dispose();
        });
    }

    /// <summary>Ends once, however often it is disposed.</summary>
    private sealed class Turn(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
