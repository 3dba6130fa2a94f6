using Guard.Engine.Audit;
using Guard.Engine.Control;
using Guard.Protocol;

namespace Guard.Engine.Hosting;

/// <summary>
/// Stands in until the engine is wired: answers the control socket, says that it enforces nothing, refuses changes.
/// </summary>
internal sealed class AbsentEngine : IEngineHost, IEngineControl, IAuditStore
{
    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();

    public IEngineControl Control => this;

    public IAuditStore Trail => this;

    public bool Healthy => true;

    public long LastSeq => 0;

    public TrailStatus Status => new(0, 0, 0);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose()
    {
    }

    public EngineStatus GetStatus() => new()
    {
        Version = DaemonVersion.Short,
        State = "degraded",
        Reasons = ["this build has no kernel side"],
        Since = _started,
        Started = _started,
    };

    public PolicyOutcome CheckPolicy(PolicyBundle bundle) => Refusal();

    public PolicyOutcome PushPolicy(PolicyBundle bundle, ControlPeer peer) => Refusal();

    public PolicyOutcome RemovePolicy(IReadOnlyList<string>? ids, ControlPeer peer) => Refusal();

    public PolicyListing ListPolicy() => new(null, 0, null, []);

    public PolicyText? ShowPolicy(string id) => null;

    public async IAsyncEnumerable<ExecTrace> TraceExec([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        yield break;
    }

    public void Record(AuditRecord record)
    {
    }

    public long Append(IReadOnlyList<AuditRecord> records) => 0;

    public IReadOnlyList<AuditRecord> ReadAfter(long after, int limit) => [];

    public IReadOnlyList<AuditRecord> Query(AuditQuery query) => [];

    public long ReadCursor(string name) => 0;

    public void WriteCursor(string name, long seq)
    {
    }

    private static PolicyOutcome Refusal()
        => new(false, [new PolicyFinding("GP0000", "error", "", 0, 0, "this build has no kernel side", null)], 0, 0, null, null, 0);
}
