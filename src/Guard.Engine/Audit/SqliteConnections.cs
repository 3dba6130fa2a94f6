using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>
/// Opens connections to one database file and keeps idle readers for the next query. Safe from any thread.
/// </summary>
internal sealed class SqliteConnections : IDisposable
{
    private const int IdleReadersMax = 4;

    private readonly SqliteAuditStoreOptions _options;
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private volatile bool _disposed;
    private int _file;

    public SqliteConnections(SqliteAuditStoreOptions options) => _options = options;

    /// <summary>Creates the directory (0750) and the file (0600), which SQLite's own files then take after.</summary>
    public void PrepareFiles()
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(_options.Path))!;
        Directory.CreateDirectory(
            directory,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);

        // Only when it is not there: closing any descriptor of a file drops the locks that SQLite holds on it.
        if (!File.Exists(_options.Path))
        {
            using var created = File.Open(_options.Path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }

        File.SetUnixFileMode(_options.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The one connection that writes: WAL, and a commit is on disk before it returns.</summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Open();
        try
        {
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "PRAGMA journal_size_limit = 16777216");
            if (_options.MaxPages is { } pages)
            {
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}"));
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Lends a connection that cannot write to <paramref name="read"/>.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var file = Volatile.Read(ref _file);
        var connection = _idle.TryTake(out var idle) ? idle : OpenReader();
        try
        {
            var result = read(connection);
            Return(connection, file);
            return result;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Closes the idle readers, and each busy one after its query: the file is about to be moved.</summary>
    public void CloseReaders()
    {
        Interlocked.Increment(ref _file);
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CloseReaders();
    }

    private void Return(SqliteConnection connection, int file)
    {
        if (_disposed || file != Volatile.Read(ref _file) || _idle.Count >= IdleReadersMax)
        {
            connection.Dispose();
        }
        else
        {
            _idle.Add(connection);
        }
    }

    private SqliteConnection OpenReader()
    {
        var connection = Open();
        Execute(connection, "PRAGMA query_only = 1");
        return connection;
    }

    private SqliteConnection Open()
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = _options.Path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(_options.BusyTimeout.TotalSeconds),
        };
        var connection = new SqliteConnection(text.ConnectionString);
        try
        {
            connection.Open();
            Execute(
                connection,
                string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(int)_options.BusyTimeout.TotalMilliseconds}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
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
