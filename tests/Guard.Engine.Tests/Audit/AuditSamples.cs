using Guard.Protocol;

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
}
