using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Engine.Audit;
using Guard.Protocol;
using Microsoft.AspNetCore.Http;

namespace Guard.Engine.Control;

/// <summary>
/// The endless answers: JSON lines, flushed one by one, and an empty line when nothing was said for a while. They end
/// with the client or with guardd. A client that does not read holds up only itself.
/// </summary>
internal sealed class ControlStreams
{
    private const int PageSize = 1000;
    private static readonly byte[] EmptyLine = "\n"u8.ToArray();

    private readonly IEngineControl _control;
    private readonly IAuditStore _trail;
    private readonly TimeProvider _time;
    private readonly TimeSpan _heartbeat;
    private readonly TimeSpan _poll;

    /// <summary>Streams from an engine and its trail.</summary>
    public ControlStreams(IEngineControl control, IAuditStore trail, TimeProvider time, TimeSpan heartbeat, TimeSpan poll)
    {
        _control = control;
        _trail = trail;
        _time = time;
        _heartbeat = heartbeat;
        _poll = poll;
    }

    /// <summary>Launches of programs, from now on.</summary>
    public async Task TraceExecAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = _control.TraceExec(ending.Token).GetAsyncEnumerator(ending.Token);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            await StartAsync(response, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                bool more;
                try
                {
                    more = await next.WaitAsync(_heartbeat, _time, cancellationToken).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    await WriteAsync(response, EmptyLine, cancellationToken).ConfigureAwait(false);
                    continue;
                }
                if (!more)
                {
                    return;
                }
                await WriteLineAsync(response, events.Current, GuardJson.Default.ExecTrace, cancellationToken).ConfigureAwait(false);
                next = events.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await EndAsync(events, next).ConfigureAwait(false);
        }
    }

    /// <summary>Records of the trail: what the query finds, then what comes.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="query">What is selected.</param>
    /// <param name="fromNow">Nothing that is there already.</param>
    /// <param name="takeTurn">Waits for the turn of a query; needed for what is there already, of which there may be much.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAuditAsync(
        HttpResponse response,
        AuditQuery query,
        bool fromNow,
        Func<CancellationToken, Task<IDisposable>> takeTurn,
        CancellationToken cancellationToken)
    {
        await StartAsync(response, cancellationToken).ConfigureAwait(false);
        var cursor = fromNow ? _trail.LastSeq : query.After;
        if (query.Newest)
        {
            cursor = _trail.LastSeq;
            var page = await QueryAsync(query, takeTurn, cancellationToken).ConfigureAwait(false);
            foreach (var record in page.Where(record => record.Seq <= cursor))
            {
                await WriteLineAsync(response, record, GuardJson.Default.AuditRecord, cancellationToken).ConfigureAwait(false);
            }
        }
        var quiet = _time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var written = false;
            (cursor, written) = await CopyAsync(response, query, cursor, takeTurn, cancellationToken).ConfigureAwait(false);
            if (written)
            {
                quiet = _time.GetTimestamp();
                continue;
            }
            if (_time.GetElapsedTime(quiet) >= _heartbeat)
            {
                await WriteAsync(response, EmptyLine, cancellationToken).ConfigureAwait(false);
                quiet = _time.GetTimestamp();
            }
            await Task.Delay(_poll, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(long Cursor, bool Written)> CopyAsync(
        HttpResponse response,
        AuditQuery query,
        long cursor,
        Func<CancellationToken, Task<IDisposable>> takeTurn,
        CancellationToken cancellationToken)
    {
        var last = _trail.LastSeq;
        if (last <= cursor)
        {
            return (cursor, false);
        }
        var next = query with { After = cursor, Limit = PageSize, Newest = false };
        // Without a turn as long as it keeps up: a few records cost nothing, and a follower is not to fall behind for others.
        var page = last - cursor <= PageSize ? _trail.Query(next) : await QueryAsync(next, takeTurn, cancellationToken).ConfigureAwait(false);
        foreach (var record in page)
        {
            await WriteLineAsync(response, record, GuardJson.Default.AuditRecord, cancellationToken).ConfigureAwait(false);
        }
        // A full page may have more behind it; a short one has seen everything up to `last`, and perhaps beyond.
        var seen = page.Count == 0 ? cursor : page[^1].Seq;
        return (page.Count == PageSize ? seen : Math.Max(seen, last), page.Count > 0);
    }

    private async Task<IReadOnlyList<AuditRecord>> QueryAsync(
        AuditQuery query, Func<CancellationToken, Task<IDisposable>> takeTurn, CancellationToken cancellationToken)
    {
        using var turn = await takeTurn(cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => _trail.Query(query), CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task EndAsync(IAsyncEnumerator<ExecTrace> events, Task<bool> next)
    {
        try
        {
            // An iterator must not be disposed while it runs; one that ignores the cancellation is left to itself.
            await next.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }
#pragma warning disable CA1031 // How it ended was reported by whoever waited for it; here it only has to have ended.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        await events.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static Task WriteLineAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => WriteAsync(response, [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'], cancellationToken);

    private static async Task WriteAsync(HttpResponse response, byte[] bytes, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
