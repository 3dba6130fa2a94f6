using System.Text.Json;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>The prepared insert of one write connection.</summary>
internal sealed class SqliteAppender : IDisposable
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter _seq;
    private readonly SqliteParameter _time;
    private readonly SqliteParameter _kind;
    private readonly SqliteParameter _verdict;
    private readonly SqliteParameter _ruleId;
    private readonly SqliteParameter _ruleTitle;
    private readonly SqliteParameter _path;
    private readonly SqliteParameter _pid;
    private readonly SqliteParameter _uid;
    private readonly SqliteParameter _user;
    private readonly SqliteParameter _record;

    public SqliteAppender(SqliteConnection connection)
    {
        _command = connection.CreateCommand();
        _command.CommandText =
            """
            INSERT INTO trail(seq, time, kind, verdict, rule_id, rule_title, path, pid, uid, user, record)
            VALUES($seq, $time, $kind, $verdict, $rule_id, $rule_title, $path, $pid, $uid, $user, $record)
            """;
        _seq = Add("$seq", SqliteType.Integer);
        _time = Add("$time", SqliteType.Integer);
        _kind = Add("$kind", SqliteType.Text);
        _verdict = Add("$verdict", SqliteType.Text);
        _ruleId = Add("$rule_id", SqliteType.Text);
        _ruleTitle = Add("$rule_title", SqliteType.Text);
        _path = Add("$path", SqliteType.Text);
        _pid = Add("$pid", SqliteType.Integer);
        _uid = Add("$uid", SqliteType.Integer);
        _user = Add("$user", SqliteType.Text);
        _record = Add("$record", SqliteType.Text);
        _command.Prepare();
    }

    /// <summary>Inserts the records as first, first + 1, … in one transaction that is on disk when this returns.</summary>
    public void Append(long first, IReadOnlyList<AuditRecord> records)
    {
        using var transaction = _command.Connection!.BeginTransaction(deferred: false);
        _command.Transaction = transaction;
        for (var i = 0; i < records.Count; i++)
        {
            Insert(records[i] with { Seq = first + i });
        }

        transaction.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    private void Insert(AuditRecord record)
    {
        _seq.Value = record.Seq;
        _time.Value = record.Time.UtcTicks;
        _kind.Value = record.Kind;
        _verdict.Value = OrNull(record.Verdict);
        _ruleId.Value = OrNull(record.Rule?.Id);
        _ruleTitle.Value = OrNull(record.Rule?.Title);
        _path.Value = OrNull(record.File?.Path);
        _pid.Value = OrNull(record.Process?.Pid);
        _uid.Value = record.Process is { } process ? (long)process.Euid : DBNull.Value;
        _user.Value = OrNull(record.Process?.User);
        _record.Value = JsonSerializer.Serialize(record, GuardJson.Default.AuditRecord);
        _command.ExecuteNonQuery();
    }

    private static object OrNull(object? value) => value ?? DBNull.Value;

    private SqliteParameter Add(string name, SqliteType type) => _command.Parameters.Add(name, type);
}
