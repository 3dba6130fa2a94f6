using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>
/// The tables of the trail and the way from each version to the next. A database says its version in
/// <c>user_version</c>; version n is what the first n scripts made.
/// </summary>
internal sealed class SqliteSchema
{
    /// <summary>"GRDT" in <c>application_id</c>: this file is a trail of Guard.</summary>
    private const int ApplicationId = 0x47524454;

    /// <summary>What this guardd reads and writes. Scripts are only ever added at the end.</summary>
    public static SqliteSchema Current { get; } = new(
    [
        """
        CREATE TABLE trail(
            seq INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            verdict TEXT,
            rule_id TEXT,
            rule_title TEXT,
            path TEXT,
            pid INTEGER,
            uid INTEGER,
            user TEXT,
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX trail_time ON trail(time);
        CREATE INDEX trail_kind ON trail(kind);
        CREATE INDEX trail_verdict ON trail(verdict) WHERE verdict IS NOT NULL;
        CREATE INDEX trail_rule_id ON trail(rule_id) WHERE rule_id IS NOT NULL;
        CREATE INDEX trail_rule_title ON trail(rule_title) WHERE rule_title IS NOT NULL;
        CREATE INDEX trail_path ON trail(path) WHERE path IS NOT NULL;
        CREATE INDEX trail_pid ON trail(pid) WHERE pid IS NOT NULL;
        CREATE INDEX trail_uid ON trail(uid) WHERE uid IS NOT NULL;
        CREATE INDEX trail_user ON trail(user) WHERE user IS NOT NULL;
        CREATE TABLE cursors(name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
    ]);

    private readonly ImmutableArray<string> _scripts;

    /// <summary>Takes the scripts, oldest first. Others than <see cref="Current"/> are for tests.</summary>
    public SqliteSchema(ImmutableArray<string> scripts) => _scripts = scripts;

    /// <summary>These scripts and one more: what the next version of guardd would bring.</summary>
    public SqliteSchema With(string script) => new(_scripts.Add(script));

    /// <summary>Brings an open database to this version, in one transaction.</summary>
    /// <exception cref="AuditStoreException">It is newer than this guardd, or not a trail.</exception>
    public void Migrate(SqliteConnection connection, string path)
    {
        var version = ReadNumber(connection, "PRAGMA user_version");
        if (version > _scripts.Length)
        {
            throw new AuditStoreException(
                $"{path} has schema version {version}, this guardd knows up to {_scripts.Length}: a newer guardd wrote it. "
                + "Install that version again, or move the file away to begin a new trail.");
        }

        RefuseForeignDatabase(connection, path, version);
        if (version < _scripts.Length)
        {
            Apply(connection, (int)version);
        }
    }

    private static void RefuseForeignDatabase(SqliteConnection connection, string path, long version)
    {
        var id = ReadNumber(connection, "PRAGMA application_id");
        var empty = version == 0 && ReadNumber(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (id != ApplicationId && !empty)
        {
            throw new AuditStoreException($"{path} is a database, but no trail of Guard. Name another file.");
        }
    }

    private void Apply(SqliteConnection connection, int from)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var script in _scripts.AsSpan()[from..])
        {
            Execute(connection, script);
        }

        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {_scripts.Length}"));
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
        transaction.Commit();
    }

    private static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this class's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
