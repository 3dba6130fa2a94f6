using System.Collections.Immutable;
using System.Globalization;
using Guard.Protocol;

namespace Guard.Engine.Audit;

/// <summary>How much of the trail is kept. Null: no bound of that kind.</summary>
internal sealed record RetentionOptions
{
    /// <summary>Most records.</summary>
    public long? MaxRecords { get; init; }

    /// <summary>Most bytes of the database.</summary>
    public long? MaxBytes { get; init; } = 2L << 30;

    /// <summary>Oldest age.</summary>
    public TimeSpan? MaxAge { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How often to look.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// Removes the oldest records when the trail has outgrown its bounds. A <c>trail.pruned</c> record goes in first; it
/// says what is removed and how many of these records each sink had not confirmed yet. Not thread-safe.
/// </summary>
internal sealed class Retention
{
    /// <summary>Records removed in one transaction: appends wait for no longer than that.</summary>
    private const int Chunk = 2_000;

    private readonly IAuditStore _store;
    private readonly RetentionOptions _options;
    private readonly ImmutableArray<string> _sinks;
    private readonly TimeProvider _time;

    /// <summary>Takes the names of all configured sinks, which are the names of their cursors.</summary>
    public Retention(IAuditStore store, RetentionOptions options, ImmutableArray<string> sinks, TimeProvider time)
    {
        _store = store;
        _options = options;
        _sinks = sinks;
        _time = time;
    }

    /// <summary>Looks once; returns how many records were removed.</summary>
    /// <exception cref="AuditStoreException">The store failed; whatever was not removed yet is removed next time.</exception>
    public long Run()
    {
        var status = _store.Status;
        var oldest = status.Last - status.Records + 1;
        var (through, reason) = FindBound(status, oldest);
        through = Math.Min(through, status.Last - 1);
        if (status.Records == 0 || through < oldest)
        {
            return 0;
        }

        _store.Append([ToRecord(oldest, through, reason)]);
        long removed = 0;
        for (var next = oldest - 1; next < through;)
        {
            next = Math.Min(next + Chunk, through);
            removed += _store.Prune(next);
        }

        return removed;
    }

    private (long Through, string Reason) FindBound(TrailStatus status, long oldest)
    {
        var bound = (Through: oldest - 1, Reason: "");
        if (_options.MaxRecords is { } records && status.Records > records)
        {
            bound = (oldest - 1 + Excess(status.Records, records, status.Records), "max_records");
        }

        if (_options.MaxBytes is { } bytes && status.Bytes > bytes)
        {
            bound = Later(bound, oldest - 1 + Excess(status.Bytes, bytes, status.Records), "max_bytes");
        }

        if (_options.MaxAge is { } age && status.Records > 0)
        {
            bound = Later(bound, FindAgeBound(_time.GetUtcNow() - age, status.Last), "max_age");
        }

        return bound;
    }

    /// <summary>A twentieth more than the excess goes, so that this does not run at every look.</summary>
    private static long Excess(long actual, long allowed, long records) =>
        (long)Math.Ceiling(records * (1 - (allowed * 0.95 / actual)));

    private long FindAgeBound(DateTimeOffset since, long last) =>
        _store.FirstSince(since) is > 0 and var first ? first - 1 : last;

    private static (long Through, string Reason) Later((long Through, string Reason) bound, long through, string reason) =>
        through > bound.Through ? (through, reason) : bound;

    private AuditRecord ToRecord(long from, long through, string reason)
    {
        var detail = new Dictionary<string, string>
        {
            ["from"] = Text(from),
            ["through"] = Text(through),
            ["reason"] = reason,
        };
        long unforwarded = 0;
        foreach (var sink in _sinks)
        {
            var lost = Math.Max(0, through - Math.Max(_store.ReadCursor(sink), from - 1));
            unforwarded = Math.Max(unforwarded, lost);
            detail["unforwarded." + sink] = Text(lost);
        }

        detail["unforwarded"] = Text(unforwarded);
        return new AuditRecord
        {
            Time = _time.GetUtcNow(),
            Kind = AuditKinds.TrailPruned,
            Message = $"Records {Text(from)} to {Text(through)} were removed ({reason}); {Text(unforwarded)} of them had not been forwarded.",
            Detail = detail,
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
