using System.Collections.Concurrent;
using System.Net.Sockets;
using Guard.Engine.Audit;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Guard.Engine.Control;

/// <summary>What the control server needs besides the engine.</summary>
internal sealed record ControlServerOptions
{
    /// <summary>Where it listens.</summary>
    public required string Socket { get; init; }

    /// <summary>gid of the group that may read; null = root alone.</summary>
    public uint? Group { get; init; }

    /// <summary>Silence on a stream after which an empty line is sent.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a follower looks for new records.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a client may take for its headers.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// The control API: Kestrel alone, on a Unix socket, without configuration files, environment or TCP. Every connection
/// gets its identity from the kernel before its first byte is read.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int MostConnections = 128;
    private const int MostConnectionsOfOneUser = 32;

    private readonly ControlServerOptions _options;
    private readonly IPeerAuthorisation _authorisation;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<uint, int> _connections = new();
    private readonly ControlEndpoints _endpoints;
    private readonly ControlApplication _application;
    private readonly KestrelServer _server;
    private bool _listens;
    private bool _disposed;

    /// <summary>Creates a server that does not listen yet.</summary>
    public ControlServer(
        ControlServerOptions options,
        IEngineControl control,
        IAuditStore trail,
        ILoggerFactory loggers,
        IPeerAuthorisation? authorisation = null,
        TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        _options = options;
        _authorisation = authorisation ?? new PeerAuthorisation(options.Group);
        _log = loggers.CreateLogger("control");
        var streams = new ControlStreams(control, trail, clock, options.Heartbeat, options.Poll);
        _endpoints = new ControlEndpoints(control, trail, streams, clock);
        _application = new ControlApplication(_endpoints, new DenialRecorder(control, clock), _log, _stopping.Token);
        // Kestrel's own lines speak of clients' mistakes; they are not the log's business.
        var quiet = NullLoggerFactory.Instance;
        var transport = new SocketTransportFactory(Options.Create(Listening()), quiet);
        _server = new KestrelServer(Options.Create(Configure()), transport, quiet);
    }

    /// <summary>Claims the socket and listens.</summary>
    /// <exception cref="AlreadyRunningException">A living guardd has it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        SocketFile.Claim(_options.Socket);
        await _server.StartAsync(_application, cancellationToken).ConfigureAwait(false);
        _listens = true;
        SocketFile.Restrict(_options.Socket, _options.Group);
    }

    /// <summary>From now on everything is served, not only the status.</summary>
    public void EngineHasStarted() => _application.EngineHasStarted();

    /// <summary>Ends streams and connections, and removes the socket.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_listens)
        {
            _listens = false;
            File.Delete(_options.Socket);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await StopAsync(soon.Token).ConfigureAwait(false);
        _server.Dispose();
        _endpoints.Dispose();
        _stopping.Dispose();
    }

    private static SocketTransportOptions Listening() => new()
    {
        Backlog = MostConnections,
        CreateBoundListenSocket = place => ListeningEndPoint.Bind((UnixDomainSocketEndPoint)place),
    };

    private KestrelServerOptions Configure()
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        var limits = options.Limits;
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestBodySize = 64 << 10;
        limits.MaxRequestHeaderCount = 32;
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        limits.MaxRequestLineSize = 64 << 10;
        limits.MaxRequestBufferSize = 256 << 10;
        limits.RequestHeadersTimeout = _options.HeaderTimeout;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(1024, TimeSpan.FromSeconds(5));
        options.ListenUnixSocket(_options.Socket, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => AdmitAsync(connection, next));
        });
        return options;
    }

    private async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            connection.Abort();
            return;
        }
        PeerIdentity identity;
        try
        {
            identity = _authorisation.Identify(socket);
        }
        catch (SocketException)
        {
            connection.Abort();
            return;
        }
        var uid = identity.Peer.Uid;
        var open = _connections.AddOrUpdate(uid, 1, (_, count) => count + 1);
        try
        {
            if (uid != 0 && open > MostConnectionsOfOneUser)
            {
                connection.Abort(new ConnectionAbortedException("too many connections of one user"));
                return;
            }
            connection.Features.Set(identity);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _connections.AddOrUpdate(uid, 0, (_, count) => count - 1);
        }
    }
}
