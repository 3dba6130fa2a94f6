using System.Globalization;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>Finds out that a database file is damaged, and moves it aside so that nothing of it is lost.</summary>
internal static class DamagedTrail
{
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    /// <summary>True when SQLite says that the file's content is at fault, not the disk or a lock.</summary>
    public static bool IsMeantBy(SqliteException exception) =>
        exception.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    /// <summary>Reads the whole file, or only its ends.</summary>
    /// <exception cref="SqliteException">It is damaged (<see cref="IsMeantBy"/>).</exception>
    public static void Check(SqliteConnection connection, bool whole)
    {
        using var command = connection.CreateCommand();
        command.CommandText = whole
            ? "PRAGMA quick_check(1)"
            : "SELECT CASE WHEN total(length(record)) >= 0 THEN 'ok' END FROM trail "
              + "WHERE seq IN ((SELECT min(seq) FROM trail), (SELECT max(seq) FROM trail))";
        if (command.ExecuteScalar() as string is var answer && answer != "ok")
        {
            throw new SqliteException($"quick_check says: {answer}", SqliteCorrupt);
        }
    }

    /// <summary>Renames the database and its log to <c>.corrupt-&lt;time&gt;</c>; returns the new name.</summary>
    public static string SetAside(string path, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var target = $"{path}.corrupt-{stamp}";
        for (var n = 2; File.Exists(target); n++)
        {
            target = string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{stamp}-{n}");
        }

        if (File.Exists(path + "-wal"))
        {
            // Under the name that SQLite looks for, so that the pair can still be opened together.
            File.Move(path + "-wal", target + "-wal");
        }

        File.Move(path, target);
        File.Delete(path + "-shm");
        return target;
    }

    /// <summary>The first record of the trail that follows.</summary>
    public static AuditRecord ToRecord(string file, string reason, DateTimeOffset now) => new()
    {
        Time = now,
        Kind = AuditKinds.TrailSetAside,
        Message = $"The trail was damaged and lies in {file} now; a new one begins with this record.",
        Detail = new Dictionary<string, string> { ["file"] = file, ["reason"] = reason },
    };
}
