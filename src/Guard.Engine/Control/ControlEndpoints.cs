using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Engine.Audit;
using Guard.Engine.Policy;
using Guard.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Guard.Engine.Control;

/// <summary>One thing that can be asked.</summary>
/// <param name="Path">Exactly.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Needs">Who may.</param>
/// <param name="WhileStarting">Whether it is served before the engine has started.</param>
/// <param name="Handle">Answers.</param>
internal sealed record ControlEndpoint(
    string Path,
    string Method,
    PeerAccess Needs,
    bool WhileStarting,
    Func<HttpContext, PeerIdentity, CancellationToken, Task> Handle);

/// <summary>All endpoints of ControlApi: this table is the API.</summary>
internal sealed class ControlEndpoints : IDisposable
{
    /// <summary>64 MiB of files in base64, and room for names.</summary>
    public const long MaxBundleBytes = ((64L << 20) * 4 / 3) + (1L << 20);

    /// <summary>What is taken to a check from who may not change anything, in the same base64.</summary>
    public const long MaxReadersBundleBytes = 8L << 20;

    /// <summary>How long such a bundle may take to arrive: others wait for its turn to end.</summary>
    private static readonly TimeSpan ReadersBundleTime = TimeSpan.FromSeconds(30);

    private readonly IEngineControl _control;
    private readonly IAuditStore _trail;
    private readonly ControlStreams _streams;
    private readonly ControlTurns _turns;
    private readonly TimeProvider _time;

    /// <summary>Endpoints over an engine and its trail.</summary>
    public ControlEndpoints(IEngineControl control, IAuditStore trail, ControlStreams streams, TimeProvider time)
    {
        _control = control;
        _trail = trail;
        _streams = streams;
        _time = time;
        _turns = new ControlTurns(new ControlTurnLimits(), time);
        All =
        [
            new(ControlApi.Status, "GET", PeerAccess.Read, true, StatusAsync),
            new(ControlApi.PolicyCheck, "POST", PeerAccess.Read, false, CheckAsync),
            new(ControlApi.Policy, "GET", PeerAccess.Read, false, ListAsync),
            new(ControlApi.Policy, "POST", PeerAccess.Change, false, PushAsync),
            new(ControlApi.Policy, "DELETE", PeerAccess.Change, false, RemoveAsync),
            new(ControlApi.PolicySweep, "POST", PeerAccess.Change, false, SweepAsync),
            new(ControlApi.PolicyShow, "GET", PeerAccess.Read, false, ShowAsync),
            new(ControlApi.Audit, "GET", PeerAccess.Read, false, AuditAsync),
            new(ControlApi.AuditFollow, "GET", PeerAccess.Read, false, FollowAsync),
            new(ControlApi.TraceExec, "GET", PeerAccess.Read, false, TraceAsync),
        ];
    }

    /// <summary>The table.</summary>
    public IReadOnlyList<ControlEndpoint> All { get; }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

    /// <summary>Writes a JSON answer.</summary>
    public static async Task WriteAsync<T>(HttpResponse response, int status, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    private Task StatusAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request);
        return WriteAsync(context.Response, 200, _control.GetStatus(), GuardJson.Default.EngineStatus, cancellationToken);
    }

    private Task ListAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request);
        return WriteAsync(context.Response, 200, _control.ListPolicy(), GuardJson.Default.PolicyListing, cancellationToken);
    }

    private Task ShowAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request, "id");
        var id = ControlQuery.Text(context.Request, "id") ?? throw new ControlRequestException(400, "'id' is missing");
        var text = _control.ShowPolicy(id)
            ?? throw new ControlRequestException(404, "no rule in force has this id or title", "guardctl policy list");
        return WriteAsync(context.Response, 200, text, GuardJson.Default.PolicyText, cancellationToken);
    }

    private async Task CheckAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request);
        PolicyOutcome outcome;
        // Before the bundle is read: what is waiting must not be in memory.
        using (await _turns.CheckAsync(peer, cancellationToken).ConfigureAwait(false))
        {
            var bundle = peer.Access >= PeerAccess.Change
                ? await ReadBundleAsync(context, cancellationToken).ConfigureAwait(false)
                : await ReadReadersBundleAsync(context, cancellationToken).ConfigureAwait(false);
            // Not cancelled with the client: the turn ends with the work.
            outcome = await Task.Run(() => _control.CheckPolicy(bundle), CancellationToken.None).ConfigureAwait(false);
        }
        await WriteAsync(context.Response, 200, outcome, GuardJson.Default.PolicyOutcome, cancellationToken).ConfigureAwait(false);
    }

    private async Task PushAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request);
        var bundle = await ReadBundleAsync(context, cancellationToken).ConfigureAwait(false);
        var outcome = await ChangeAsync(() => _control.PushPolicy(bundle, peer.Peer), cancellationToken).ConfigureAwait(false);
        // What has happened is said, also when guardd was told to stop meanwhile.
        await WriteAsync(context.Response, 200, outcome, GuardJson.Default.PolicyOutcome, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task RemoveAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request, "id", "all");
        var all = ControlQuery.Flag(context.Request, "all");
        var ids = context.Request.Query["id"].OfType<string>().Where(id => id.Length > 0).ToList();
        if (all == ids.Count > 0)
        {
            throw new ControlRequestException(400, "give 'id' once or more, or 'all=true'");
        }
        var outcome = await ChangeAsync(() => _control.RemovePolicy(all ? null : ids, peer.Peer), cancellationToken).ConfigureAwait(false);
        await WriteAsync(context.Response, 200, outcome, GuardJson.Default.PolicyOutcome, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task SweepAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request);
        var outcome = await ChangeAsync(_control.SweepFiles, cancellationToken).ConfigureAwait(false)
            ?? throw new ControlRequestException(503, "the engine is not attached to the kernel, so that no policy is in force", "guardctl doctor says what is missing");
        await WriteAsync(context.Response, 200, outcome, GuardJson.Default.SweepOutcome, cancellationToken).ConfigureAwait(false);
    }

    private async Task AuditAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        var query = ControlQuery.ReadAudit(context.Request);
        AuditPage page;
        using (await _turns.QueryAsync(peer, cancellationToken).ConfigureAwait(false))
        {
            // Off the connection's thread: the store reads from disk.
            page = await Task.Run(() => new AuditPage(_trail.Query(query), _trail.LastSeq), CancellationToken.None).ConfigureAwait(false);
        }
        await WriteAsync(context.Response, 200, page, GuardJson.Default.AuditPage, cancellationToken).ConfigureAwait(false);
    }

    private Task FollowAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        var query = ControlQuery.ReadAudit(context.Request);
        var fromNow = !context.Request.Query.ContainsKey("after");
        return StreamAsync(
            context,
            peer,
            token => _streams.FollowAuditAsync(context.Response, query, fromNow, cancel => _turns.QueryAsync(peer, cancel), token),
            cancellationToken);
    }

    private Task TraceAsync(HttpContext context, PeerIdentity peer, CancellationToken cancellationToken)
    {
        ControlQuery.Only(context.Request);
        return StreamAsync(context, peer, token => _streams.TraceExecAsync(context.Response, token), cancellationToken);
    }

    private async Task StreamAsync(HttpContext context, PeerIdentity peer, Func<CancellationToken, Task> stream, CancellationToken cancellationToken)
    {
        using var place = _turns.Stream(peer);
        // Somebody who reads with `less` may pause; he holds one of few places and nothing else.
        context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        await stream(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ChangeAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        using var turn = await _turns.ChangeAsync(cancellationToken).ConfigureAwait(false);
        return await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<PolicyBundle> ReadReadersBundleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadersBundleTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ReadBundleAsync(context, either.Token, MaxReadersBundleBytes).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlRequestException(StatusCodes.Status408RequestTimeout, $"the bundle did not arrive within {ReadersBundleTime.TotalSeconds:0} s");
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ControlRequestException(
                e.StatusCode,
                $"guardd checks at most {MaxReadersBundleBytes >> 20} MiB, as base64, for who may not change anything",
                "guardctl policy check does without guardd; or try again with sudo");
        }
    }

    private static async Task<PolicyBundle> ReadBundleAsync(HttpContext context, CancellationToken cancellationToken, long most = MaxBundleBytes)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = most;
        var bundle = await JsonSerializer
            .DeserializeAsync(context.Request.Body, GuardJson.Default.PolicyBundle, cancellationToken)
            .ConfigureAwait(false);
        return BundleShape.IsWhole(bundle)
            ? bundle
            : throw new ControlRequestException(400, "a bundle is {\"files\":[{\"name\":…,\"content\":base64}, …]}");
    }
}
