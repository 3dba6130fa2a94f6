using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Guard.Engine.Audit;
using Guard.Engine.Control;
using Guard.Engine.Hosting;
using Guard.Protocol;

namespace Guard.Engine.Tests.Control;

/// <summary>An engine and a trail in memory.</summary>
internal sealed class FakeEngine : IEngineHost, IEngineControl, IAuditStore
{
    private readonly List<AuditRecord> _records = [];

    public Channel<ExecTrace> Launches { get; } = Channel.CreateUnbounded<ExecTrace>();

    public ConcurrentQueue<AuditRecord> Recorded { get; } = new();

    public ConcurrentQueue<(PolicyBundle Bundle, ControlPeer Peer)> Pushed { get; } = new();

    /// <summary>Pushes end when this is set.</summary>
    public ManualResetEventSlim PushMayEnd { get; } = new(initialState: true);

    public IReadOnlyList<string>? Removed { get; private set; } = ["nothing was asked"];

    public Exception? Fails { get; set; }

    public bool Healthy { get; set; } = true;

    /// <summary>Runs in every check, before its outcome.</summary>
    public Action? OnCheck { get; set; }

    /// <summary>Runs in every query, before its records.</summary>
    public Action<AuditQuery>? OnQuery { get; set; }

    public TaskCompletionSource Started { get; } = new();

    public TaskCompletionSource TraceEnded { get; } = new();

    public IEngineControl Control => this;

    public IAuditStore Trail => this;

    public long LastSeq
    {
        get
        {
            lock (_records)
            {
                return _records.Count;
            }
        }
    }

    public TrailStatus Status => new(LastSeq, LastSeq, 0);

    public static PolicyOutcome Accepted { get; } = new(true, [], 2, 1, "abc", 7, 100);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Started.TrySetResult();
        return Fails is null ? Task.CompletedTask : Task.FromException(Fails);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose()
    {
    }

    public EngineStatus GetStatus()
        => Fails is null ? new EngineStatus { Version = "9.9.9", State = "enforcing" } : throw Fails;

    public PolicyOutcome CheckPolicy(PolicyBundle bundle)
    {
        OnCheck?.Invoke();
        return Accepted with { Generation = null };
    }

    public PolicyOutcome PushPolicy(PolicyBundle bundle, ControlPeer peer)
    {
        Pushed.Enqueue((bundle, peer));
        PushMayEnd.Wait();
        return Accepted;
    }

    public PolicyOutcome RemovePolicy(IReadOnlyList<string>? ids, ControlPeer peer)
    {
        Removed = ids;
        return Accepted;
    }

    public SweepOutcome? Swept { get; set; } = new(1, [new HeldFile(7, "nginx", "/usr/sbin/nginx", "root", 3, "/etc/shadow", ["read"], "id-1", "No shadow")]);

    public SweepOutcome? SweepFiles() => Swept;

    public PolicyListing ListPolicy() => new("abc", 7, null, []);

    public PolicyText? ShowPolicy(string id) => null;

    public async IAsyncEnumerable<ExecTrace> TraceExec([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var launch in Launches.Reader.ReadAllAsync(cancellationToken))
            {
                yield return launch;
            }
        }
        finally
        {
            TraceEnded.TrySetResult();
        }
    }

    public void Record(AuditRecord record) => Recorded.Enqueue(record);

    public long Append(IReadOnlyList<AuditRecord> records)
    {
        lock (_records)
        {
            foreach (var record in records)
            {
                _records.Add(record with { Seq = _records.Count + 1 });
            }
            return _records.Count;
        }
    }

    public IReadOnlyList<AuditRecord> ReadAfter(long after, int limit) => Query(new AuditQuery { After = after, Limit = limit });

    public IReadOnlyList<AuditRecord> Query(AuditQuery query)
    {
        OnQuery?.Invoke(query);
        lock (_records)
        {
            var found = _records.Where(record => record.Seq > query.After && (query.Kind is null || record.Kind == query.Kind)).ToList();
            return query.Newest ? [.. found.TakeLast(query.Limit)] : [.. found.Take(query.Limit)];
        }
    }

    public long FirstSince(DateTimeOffset since) => ReadAfter(0, 10_000).FirstOrDefault(record => record.Time >= since)?.Seq ?? 0;

    public long Prune(long through) => 0;

    public long ReadCursor(string name) => 0;

    public void WriteCursor(string name, long seq)
    {
    }
}
