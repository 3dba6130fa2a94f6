using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Tests.Audit;

/// <summary>Records that differ in everything that a query can ask for.</summary>
internal static class AuditSamples
{
    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static AuditRecord One(int n) => new()
    {
        Time = Start.AddSeconds(n),
        Kind = n % 2 == 0 ? AuditKinds.ExecDenied : AuditKinds.FileAudited,
        Verdict = n % 2 == 0 ? "block" : "audit",
        Rule = new RuleReference { Id = $"rule-{n % 3}", Title = $"Title {n % 3}" },
        Process = new ProcessInfo { Pid = 100 + n, Uid = 7, Euid = (uint)(n % 4), User = $"user{n % 4}" },
        File = new FileInfoRecord { Path = $"/srv/data/{n}.txt", Inode = ulong.MaxValue },
        Args = ["a\nb", "ü\u0001", ""],
        Message = $"record {n}",
    };

    public static List<AuditRecord> Many(int count) => [.. Enumerable.Range(1, count).Select(One)];

    /// <summary>Puts another text in the place of a record in a database, behind the back of its store.</summary>
    public static void Damage(string path, long seq, string text)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE trail SET record = $text WHERE seq = $seq";
        command.Parameters.AddWithValue("$text", text);
        command.Parameters.AddWithValue("$seq", seq);
        if (command.ExecuteNonQuery() != 1)
        {
            throw new ArgumentException("there is no such record", nameof(seq));
        }
    }
}
