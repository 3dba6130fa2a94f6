using System.Globalization;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>
/// The trail in one SQLite file. One connection writes, readers have their own and see the last commit (WAL), so that
/// neither waits for the other. After any failure the write connection is opened anew: a failed fsync is never tried
/// again on the same one, and what a failed commit may have left behind is removed before the next.
/// </summary>
internal sealed class SqliteAuditStore : IAuditStore
{
    private readonly SqliteAuditStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteSchema _schema;
    private readonly SqliteConnections _connections;
    private readonly Lock _gate = new();
    private SqliteConnection? _writer;
    private SqliteAppender? _appender;
    private AuditRecord? _setAside;
    private bool _damaged;
    private bool _known;
    private bool _disposed;
    private long _last;

    private SqliteAuditStore(SqliteAuditStoreOptions options, TimeProvider time, SqliteSchema schema)
    {
        _options = options;
        _time = time;
        _schema = schema;
        _connections = new SqliteConnections(options);
    }

    /// <inheritdoc/>
    public long LastSeq => Volatile.Read(ref _last);

    /// <summary>Records kept, newest number, and the size of the database without its write-ahead log.</summary>
    public TrailStatus Status => Guarded("read the state of the trail", () => _connections.Read(ReadStatus));

    /// <summary>
    /// Opens the trail or begins one. A damaged file is set aside under another name, which the first record of the
    /// new trail gives. Where the disk is in the way (full, read-only, failing, a lock that stays), the trail is opened by
    /// the first write that can: the machine is not to go without enforcement for want of room. Until then
    /// <see cref="LastSeq"/> is 0.
    /// </summary>
    /// <exception cref="AuditStoreException">A newer guardd wrote it, it is no trail, or its place can't be one.</exception>
    public static SqliteAuditStore Open(SqliteAuditStoreOptions options, TimeProvider time, SqliteSchema? schema = null)
    {
        var store = new SqliteAuditStore(options, time, schema ?? SqliteSchema.Current);
        try
        {
            store.Write("open the trail", () => store._last);
            return store;
        }
        catch (AuditStoreException e) when (e.InnerException is { } cause && UnwritableDisk.IsMeantBy(cause))
        {
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long Append(IReadOnlyList<AuditRecord> records)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Count);
        return Write("append to the trail", () =>
        {
            _appender!.Append(_last + 1, records);
            Volatile.Write(ref _last, _last + records.Count);
            return _last;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<AuditRecord> ReadAfter(long after, int limit) =>
        Query(new AuditQuery { After = after, Limit = limit });

    /// <inheritdoc/>
    public IReadOnlyList<AuditRecord> Query(AuditQuery query) =>
        Guarded("read the trail", () => _connections.Read(connection => SqliteAuditQuery.Run(connection, query)));

    /// <inheritdoc/>
    public long FirstSince(DateTimeOffset since) => Guarded("read the trail", () => _connections.Read(connection =>
    {
        // Without the index of times ('+'), which would have all newer records sorted: by number this ends behind the old ones.
        const string Sql = "SELECT seq FROM trail WHERE +time >= $since ORDER BY seq LIMIT 1";
        using var command = Command(connection, Sql, ("$since", since.UtcTicks));
        return command.ExecuteScalar() as long? ?? 0;
    }));

    /// <inheritdoc/>
    public long ReadCursor(string name) => Guarded("read a cursor", () => _connections.Read(connection =>
    {
        using var command = Command(connection, "SELECT seq FROM cursors WHERE name = $name", ("$name", name));
        return command.ExecuteScalar() as long? ?? 0;
    }));

    /// <inheritdoc/>
    public void WriteCursor(string name, long seq) => Write("move a cursor", () =>
    {
        const string Upsert =
            "INSERT INTO cursors(name, seq) VALUES($name, $seq) ON CONFLICT(name) DO UPDATE SET seq = excluded.seq";
        using var command = Command(_writer!, Upsert, ("$name", name), ("$seq", seq));
        return command.ExecuteNonQuery();
    });

    /// <inheritdoc/>
    public long Prune(long through) => Write("prune the trail", () =>
    {
        using var delete = Command(_writer!, "DELETE FROM trail WHERE seq <= $through", ("$through", Math.Min(through, _last - 1)));
        var removed = delete.ExecuteNonQuery();
        using var vacuum = Command(_writer!, "PRAGMA incremental_vacuum");
        using var pages = vacuum.ExecuteReader();
        while (pages.Read())
        {
            // One step gives one page back.
        }

        return removed;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            CloseWriter();
        }

        _connections.Dispose();
    }

    /// <summary>Under the gate. Numbers go on where they are known, so that no reader waits for what never comes.</summary>
    private void BeginNewTrail(string reason)
    {
        CloseWriter();
        _connections.CloseReaders();
        var now = _time.GetUtcNow();
        _setAside = DamagedTrail.ToRecord(DamagedTrail.SetAside(_options.Path, now), reason, now);
        _connections.PrepareFiles();
        OpenWriter(whole: false);
        _damaged = false;
    }

    private void OpenWriter(bool whole)
    {
        _writer = _connections.OpenWriter();
        _schema.Migrate(_writer, _options.Path);
        if (whole || ReadNumber("SELECT EXISTS(SELECT 1 FROM trail)") != 0)
        {
            DamagedTrail.Check(_writer, whole);
        }

        _appender = new SqliteAppender(_writer);
    }

    private void EnsureWriter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_writer is not null)
        {
            return;
        }

        _connections.PrepareFiles();
        try
        {
            OpenWriter(whole: _damaged || (!_known && new FileInfo(_options.Path).Length <= _options.FullCheckBytes));
        }
        catch (SqliteException e) when (DamagedTrail.IsMeantBy(e))
        {
            BeginNewTrail(e.Message);
        }

        FindEnd();
        if (_setAside is { } record)
        {
            _appender!.Append(_last + 1, [record]);
            Volatile.Write(ref _last, _last + 1);
            _setAside = null;
        }
    }

    private void FindEnd()
    {
        if (!_known)
        {
            Volatile.Write(ref _last, ReadNumber("SELECT coalesce(max(seq), 0) FROM trail"));
            _known = true;
            return;
        }

        // A commit that failed may still have reached the log; its records were reported as not stored.
        using var command = Command(_writer!, "DELETE FROM trail WHERE seq > $last", ("$last", _last));
        command.ExecuteNonQuery();
    }

    private T Write<T>(string what, Func<T> change) => Guarded(what, () =>
    {
        lock (_gate)
        {
            try
            {
                EnsureWriter();
                return change();
            }
            catch (Exception e) when (e is not ObjectDisposedException)
            {
                _damaged |= e is SqliteException sqlite && DamagedTrail.IsMeantBy(sqlite);
                CloseWriter();
                throw;
            }
        }
    });

    private void CloseWriter()
    {
        _appender?.Dispose();
        _appender = null;
        _writer?.Dispose();
        _writer = null;
    }

    private T Guarded<T>(string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new AuditStoreException($"cannot {what} ({_options.Path}): {e.Message}", e);
        }
    }

    private static TrailStatus ReadStatus(SqliteConnection connection)
    {
        const string Sql =
            """
            SELECT coalesce((SELECT max(seq) FROM trail) - (SELECT min(seq) FROM trail) + 1, 0),
                   coalesce((SELECT max(seq) FROM trail), 0),
                   (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)
            """;
        using var command = Command(connection, Sql);
        using var reader = command.ExecuteReader();
        reader.Read();
        return new TrailStatus(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private long ReadNumber(string sql)
    {
        using var command = Command(_writer!, sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this class's own; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
