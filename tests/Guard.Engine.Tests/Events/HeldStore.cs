using Guard.Engine.Audit;
using Guard.Protocol;

namespace Guard.Engine.Tests.Events;

/// <summary>A trail on a disk that does not answer until it is let go. Any thread.</summary>
internal sealed class HeldStore(ManualResetEventSlim letGo) : IAuditStore
{
    private long _last;
    private int _attempts;

    /// <summary>Calls of <see cref="Append"/> so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    public long LastSeq => Interlocked.Read(ref _last);

    public TrailStatus Status => new(LastSeq, LastSeq, 0);

    public long Append(IReadOnlyList<AuditRecord> records)
    {
        Interlocked.Increment(ref _attempts);
        letGo.Wait();
        return Interlocked.Add(ref _last, records.Count);
    }

    public IReadOnlyList<AuditRecord> ReadAfter(long after, int limit) => throw new NotSupportedException();

    public IReadOnlyList<AuditRecord> Query(AuditQuery query) => throw new NotSupportedException();

    public long FirstSince(DateTimeOffset since) => throw new NotSupportedException();

    public long ReadCursor(string name) => throw new NotSupportedException();

    public void WriteCursor(string name, long seq) => throw new NotSupportedException();

    public long Prune(long through) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
