using Guard.Protocol;

namespace Guard.Engine.Audit;

/// <summary>
/// The trail. One writer, any number of readers, all from any thread. The conformance suite
/// (tests/Guard.Engine.Tests/Audit/AuditStoreConformance.cs) is the contract; SQLite is today's store, LiteDB the one
/// that was asked for and takes this place when its package can be had.
/// </summary>
public interface IAuditStore : IDisposable
{
    /// <summary>
    /// Appends in order, in one transaction that is on disk when the call returns, and numbers the records.
    /// </summary>
    /// <param name="records">At least one; their Seq is ignored.</param>
    /// <returns>The Seq of the last one.</returns>
    /// <exception cref="AuditStoreException">Nothing was stored: disk full, I/O error, corruption.</exception>
    long Append(IReadOnlyList<AuditRecord> records);

    /// <summary>
    /// Records with Seq greater than <paramref name="after"/>, ascending. In the place of one that cannot be read is one of
    /// kind <see cref="AuditKinds.TrailDamaged"/> with its Seq.
    /// </summary>
    /// <param name="after">0 for the beginning.</param>
    /// <param name="limit">1 to 10,000.</param>
    IReadOnlyList<AuditRecord> ReadAfter(long after, int limit);

    /// <summary>Records that the query selects, ascending by Seq; damaged ones as <see cref="ReadAfter"/> gives them.</summary>
    IReadOnlyList<AuditRecord> Query(AuditQuery query);

    /// <summary>The Seq of the first record that is not older than <paramref name="since"/>, readable or not; 0 for none.</summary>
    /// <exception cref="AuditStoreException">The store cannot be read.</exception>
    long FirstSince(DateTimeOffset since);

    /// <summary>The newest Seq, 0 for an empty trail.</summary>
    long LastSeq { get; }

    /// <summary>Records kept, newest number, bytes on disk.</summary>
    TrailStatus Status { get; }

    /// <summary>A durable position by name (a sink's); 0 when there is none.</summary>
    long ReadCursor(string name);

    /// <summary>Moves a durable position. On disk when the call returns.</summary>
    /// <exception cref="AuditStoreException">It did not move.</exception>
    void WriteCursor(string name, long seq);

    /// <summary>
    /// Removes the oldest records up to and including <paramref name="through"/>, but never the newest one, so that
    /// numbers are never given twice. What is kept has no gaps.
    /// </summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="AuditStoreException">Nothing was removed.</exception>
    long Prune(long through);
}

/// <summary>What to select. Conditions are ANDed; null does not restrict.</summary>
public sealed record AuditQuery
{
    /// <summary>Only Seq greater than this.</summary>
    public long After { get; init; }

    /// <summary>Most records, 1 to 10,000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>True: the newest that match (still ascending). False: the oldest.</summary>
    public bool Newest { get; init; }

    /// <summary>Kind, exactly, or a prefix that ends with a dot and an asterisk, as <c>exec.*</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>allow, audit, block or kill.</summary>
    public string? Verdict { get; init; }

    /// <summary>Rule id or title.</summary>
    public string? Rule { get; init; }

    /// <summary>Path of the file, with <c>*</c> and <c>?</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Process id.</summary>
    public int? Pid { get; init; }

    /// <summary>Account name or uid of the effective user.</summary>
    public string? User { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The store could not do what was asked; nothing of it was done.</summary>
public sealed class AuditStoreException : Exception
{
    /// <summary>Creates one with a sentence for people.</summary>
    public AuditStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
