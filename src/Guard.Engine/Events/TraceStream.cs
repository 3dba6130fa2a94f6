using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Guard.Protocol;

namespace Guard.Engine.Events;

/// <summary>
/// Launches, to whoever listens. A listener that does not keep up loses the newest launches and is told how many; it
/// never slows the engine. Safe from any thread.
/// </summary>
internal sealed class TraceStream
{
    private const int Waiting = 8192;

    private ImmutableArray<Listener> _listeners = [];

    /// <summary>Whether anybody listens, so that nobody composes what nobody reads.</summary>
    public bool HasListeners => !_listeners.IsEmpty;

    /// <summary>To all listeners. Never waits.</summary>
    public void Publish(ExecTrace trace)
    {
        foreach (var listener in _listeners)
        {
            if (!listener.Queue.Writer.TryWrite(trace))
            {
                Interlocked.Increment(ref listener.Lost);
            }
        }
    }

    /// <summary>Events were lost before they came here: every listener's count grows.</summary>
    public void CountLost(long lost)
    {
        foreach (var listener in _listeners)
        {
            Interlocked.Add(ref listener.Lost, lost);
        }
    }

    /// <summary>Launches from now on, until cancelled.</summary>
    public async IAsyncEnumerable<ExecTrace> Listen([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listener = new Listener();
        ImmutableInterlocked.Update(ref _listeners, all => all.Add(listener));
        try
        {
            await foreach (var trace in listener.Queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return trace with { Lost = Interlocked.Read(ref listener.Lost) };
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _listeners, all => all.Remove(listener));
        }
    }

    private sealed class Listener
    {
        public long Lost;

        public Channel<ExecTrace> Queue { get; } = Channel.CreateBounded<ExecTrace>(
            new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }
}
