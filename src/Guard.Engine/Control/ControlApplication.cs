using System.Text.Json;
using Guard.Engine.Audit;
using Guard.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Guard.Engine.Control;

/// <summary>From a request to its endpoint: who asks, may he, is there such a thing. Whatever goes wrong becomes an answer.</summary>
internal sealed class ControlApplication : IHttpApplication<HttpContext>
{
    private readonly ControlEndpoints _endpoints;
    private readonly DenialRecorder _denials;
    private readonly ILogger _log;
    private readonly CancellationToken _stopping;
    private volatile bool _started;

    /// <summary>Serves endpoints until it is stopped.</summary>
    public ControlApplication(ControlEndpoints endpoints, DenialRecorder denials, ILogger log, CancellationToken stopping)
    {
        _endpoints = endpoints;
        _denials = denials;
        _log = log;
        _stopping = stopping;
    }

    /// <summary>From now on everything is served, not only the status.</summary>
    public void EngineHasStarted() => _started = true;

    /// <inheritdoc />
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc />
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc />
    public async Task ProcessRequestAsync(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        try
        {
            await DispatchAsync(context, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !context.Response.HasStarted)
        {
            // Returning would make it an empty 200, which a script takes for a push that is in force.
            var stopping = new ControlRequestException(StatusCodes.Status503ServiceUnavailable, "guardd is stopping", "systemctl status guardd");
            await AnswerAsync(context, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when ((e is OperationCanceledException && context.Response.HasStarted) || e is ConnectionAbortedException or ConnectionResetException)
        {
            // The client has gone, or guardd is going: the end of a stream is not worth a line.
        }
#pragma warning disable CA1031 // Nothing that a client sends may end the daemon.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await AnswerAsync(context, e).ConfigureAwait(false);
        }
    }

    private async Task DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var identity = context.Features.Get<PeerIdentity>()
            ?? throw new InvalidOperationException("a connection without an identity");
        var request = context.Request;
        if (identity.Access == PeerAccess.None)
        {
            throw Denied(identity, request, "only root and members of the group guard may talk to guardd", "sudo usermod -aG guard USER; then log in again");
        }
        var path = request.Path.Value ?? "";
        var endpoint = Find(context, path, request.Method);
        if (identity.Access < endpoint.Needs)
        {
            throw Denied(identity, request, "only root may change what is in force", "try again with sudo");
        }
        if (!_started && !endpoint.WhileStarting)
        {
            throw new ControlRequestException(StatusCodes.Status503ServiceUnavailable, "guardd is starting", "guardctl status --wait");
        }
        await endpoint.Handle(context, identity, cancellationToken).ConfigureAwait(false);
    }

    private ControlEndpoint Find(HttpContext context, string path, string method)
    {
        var here = _endpoints.All.Where(endpoint => endpoint.Path == path).ToList();
        if (here.Count == 0)
        {
            throw new ControlRequestException(StatusCodes.Status404NotFound, "there is no such thing here");
        }
        var found = here.Find(endpoint => endpoint.Method == method);
        if (found is null)
        {
            context.Response.Headers.Allow = string.Join(", ", here.Select(endpoint => endpoint.Method));
            throw new ControlRequestException(StatusCodes.Status405MethodNotAllowed, "this method is not known here");
        }
        return found;
    }

    private ControlRequestException Denied(PeerIdentity identity, HttpRequest request, string error, string hint)
    {
        _denials.Record(identity.Peer, request.Method, request.Path.Value ?? "");
        return new ControlRequestException(StatusCodes.Status403Forbidden, error, hint);
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var (status, error) = Explain(exception);
        if (status >= 500 && exception is not ControlRequestException)
        {
            _log.RequestFailed(exception);
        }
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        try
        {
            var allow = context.Response.Headers.Allow;
            context.Response.Clear();
            context.Response.Headers.Allow = allow;
            await ControlEndpoints.WriteAsync(context.Response, status, error, GuardJson.Default.ControlError, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection broke while it was being told so.
        catch (Exception)
#pragma warning restore CA1031
        {
            context.Abort();
        }
    }

    private static (int Status, ControlError Error) Explain(Exception exception) => exception switch
    {
        ControlRequestException e => (e.Status, new ControlError(e.Message, e.Hint)),
        Microsoft.AspNetCore.Http.BadHttpRequestException { StatusCode: 413 } => (413, new ControlError("the request is too large", null)),
        Microsoft.AspNetCore.Http.BadHttpRequestException e => (e.StatusCode, new ControlError("the request is malformed", null)),
        JsonException e => (400, new ControlError($"the body is not the JSON that belongs here (line {e.LineNumber}, byte {e.BytePositionInLine})", null)),
        AuditStoreException e => (500, new ControlError("the trail cannot be read: " + e.Message, "journalctl -u guardd")),
        _ => (500, new ControlError("guardd could not do this", "journalctl -u guardd")),
    };
}
