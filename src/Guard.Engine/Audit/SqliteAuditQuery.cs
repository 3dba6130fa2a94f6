using System.Globalization;
using System.Text;
using System.Text.Json;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>Turns an <see cref="AuditQuery"/> into SQL. Values only ever travel as parameters.</summary>
internal static class SqliteAuditQuery
{
    private const int LimitMax = 10_000;

    /// <summary>Runs the query; ascending by Seq.</summary>
    public static List<AuditRecord> Run(SqliteConnection connection, AuditQuery query)
    {
        using var command = Build(connection, query);
        var records = Read(command);
        if (query.Newest)
        {
            records.Reverse();
        }

        return records;
    }

    /// <summary>The glob that matches what <paramref name="pattern"/> says with <c>*</c> and <c>?</c> alone.</summary>
    public static string ToGlob(string pattern) => pattern.Replace("[", "[[]", StringComparison.Ordinal);

    private static SqliteCommand Build(SqliteConnection connection, AuditQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.After);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, LimitMax);
        var command = connection.CreateCommand();
        var sql = new StringBuilder("SELECT seq, record, time, kind FROM trail WHERE seq > $after");
        command.Parameters.AddWithValue("$after", query.After);
        AddKind(sql, command, query.Kind);
        AddEqual(sql, command, "verdict", query.Verdict);
        AddEqual(sql, command, "pid", query.Pid);
        AddEither(sql, command, query.Rule, "rule_id", query.Rule, "rule_title");
        AddPath(sql, command, query.Path);
        AddUser(sql, command, query.User);
        AddTimes(sql, command, query);
        sql.Append(query.Newest ? " ORDER BY seq DESC LIMIT $limit" : " ORDER BY seq LIMIT $limit");
        command.Parameters.AddWithValue("$limit", query.Limit);
#pragma warning disable CA2100 // Made of this class's own texts; values are parameters.
        command.CommandText = sql.ToString();
#pragma warning restore CA2100
        return command;
    }

    private static void AddEqual(StringBuilder sql, SqliteCommand command, string column, object? value)
    {
        if (value is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND {column} = ${column}");
            command.Parameters.AddWithValue("$" + column, value);
        }
    }

    private static void AddKind(StringBuilder sql, SqliteCommand command, string? kind)
    {
        if (kind is null || !kind.EndsWith(".*", StringComparison.Ordinal))
        {
            AddEqual(sql, command, "kind", kind);
            return;
        }

        // '/' is the character after '.', so this is the range of all kinds with that prefix.
        sql.Append(" AND kind >= $kind AND kind < $kindEnd");
        command.Parameters.AddWithValue("$kind", kind[..^1]);
        command.Parameters.AddWithValue("$kindEnd", kind[..^2] + "/");
    }

    /// <summary>
    /// One of two columns. Where only one of them has the value at all, the condition names only that one: its index
    /// then gives the rows in order, where an OR would have to collect and sort all of them.
    /// </summary>
    private static void AddEither(StringBuilder sql, SqliteCommand command, object? first, string firstColumn, object? second, string secondColumn)
    {
        if (first is null || second is null || !Has(command.Connection!, secondColumn, second))
        {
            AddEqual(sql, command, firstColumn, first);
        }
        else if (!Has(command.Connection!, firstColumn, first))
        {
            AddEqual(sql, command, secondColumn, second);
        }
        else
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND ({firstColumn} = ${firstColumn} OR {secondColumn} = ${secondColumn})");
            command.Parameters.AddWithValue("$" + firstColumn, first);
            command.Parameters.AddWithValue("$" + secondColumn, second);
        }
    }

    private static bool Has(SqliteConnection connection, string column, object value)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The column is one of this class's own.
        command.CommandText = $"SELECT EXISTS(SELECT 1 FROM trail WHERE {column} = $value)";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$value", value);
        return command.ExecuteScalar() is 1L;
    }

    private static void AddPath(StringBuilder sql, SqliteCommand command, string? path)
    {
        if (path is null || path.AsSpan().IndexOfAny('*', '?') < 0)
        {
            AddEqual(sql, command, "path", path);
            return;
        }

        sql.Append(" AND path GLOB $path");
        command.Parameters.AddWithValue("$path", ToGlob(path));
    }

    private static void AddUser(StringBuilder sql, SqliteCommand command, string? user)
    {
        if (user is not null && uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
        {
            AddEither(sql, command, (long)uid, "uid", user, "user");
            return;
        }

        AddEqual(sql, command, "user", user);
    }

    private static void AddTimes(StringBuilder sql, SqliteCommand command, AuditQuery query)
    {
        if (query.Since is { } since)
        {
            sql.Append(" AND time >= $since");
            command.Parameters.AddWithValue("$since", since.UtcTicks);
        }

        if (query.Until is { } until)
        {
            sql.Append(" AND time < $until");
            command.Parameters.AddWithValue("$until", until.UtcTicks);
        }
    }

    private static List<AuditRecord> Read(SqliteCommand command)
    {
        var records = new List<AuditRecord>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            records.Add(Parse(reader));
        }

        return records;
    }

    /// <summary>A record that cannot be read must not hide those behind it from queries, sinks and retention.</summary>
    private static AuditRecord Parse(SqliteDataReader reader)
    {
        var seq = reader.GetInt64(0);
        try
        {
            var record = reader.GetValue(1) is string json ? JsonSerializer.Deserialize(json, GuardJson.Default.AuditRecord) : null;
            return record is { Kind: not null } ? record with { Seq = seq } : DamagedRecord.Of(seq, reader.GetValue(2), reader.GetValue(3), "it is empty");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return DamagedRecord.Of(seq, reader.GetValue(2), reader.GetValue(3), e.Message);
        }
    }
}
