using Guard.Protocol;

namespace Guard.Engine.Forwarding;

/// <summary>A receiver of the trail. Used by one forwarder at a time.</summary>
internal interface IEventSink : IAsyncDisposable
{
    /// <summary>Its name in the configuration, and that of its cursor.</summary>
    string Name { get; }

    /// <summary>Where it sends, for people.</summary>
    string Target { get; }

    /// <summary>Whether the last attempt to reach it went through.</summary>
    bool Connected { get; }

    /// <summary>Sends records in ascending order, connecting first when necessary.</summary>
    /// <exception cref="SinkException">What was sent and not confirmed must be sent again.</exception>
    Task SendAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken);

    /// <summary>
    /// The newest number that the receiver has as far as the protocol can tell, 0 when nothing was confirmed on this
    /// connection.
    /// </summary>
    /// <exception cref="SinkException">The connection broke: what was not confirmed must be sent again.</exception>
    long Confirm();

    /// <summary>Drops the connection and everything that was not confirmed.</summary>
    void Reset();
}

/// <summary>The receiver could not be reached or went away.</summary>
internal sealed class SinkException : Exception
{
    /// <summary>Creates one with a sentence for people.</summary>
    public SinkException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
