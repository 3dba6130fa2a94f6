using System.Globalization;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary>Records of the trail as rows.</summary>
internal sealed class AuditTable
{
    private readonly CommandRun _run;
    private readonly Table _table;

    public AuditTable(CommandRun run)
    {
        _run = run;
        _table = new Table(run.Terminal, "TIME", "VERDICT", "WHAT", "PATH", "USER", "PROCESS(PID)<PARENT", "RULE");
    }

    /// <summary>All at once, columns as wide as needed.</summary>
    public void Write(IReadOnlyList<AuditRecord> records)
    {
        foreach (var record in records)
        {
            _table.Add(Row(record));
        }
        _table.Write();
    }

    /// <summary>Headings, for rows that come one by one.</summary>
    public void Begin() => _table.WithWidths(19, 7, 10, 32, 8, 24, 20).WriteHeadings();

    /// <summary>One row.</summary>
    public void WriteRow(AuditRecord record) => _table.WriteRow(Row(record));

    private Cell[] Row(AuditRecord record)
    {
        var tone = record.Verdict switch { "block" or "kill" => Tone.Bad, "audit" => Tone.Warn, _ => Tone.Plain };
        return
        [
            Show.Time(record.Time, _run.Environment.Time),
            new Cell(record.Verdict, tone),
            What(record),
            PathOf(record) ?? record.Network?.Endpoint ?? record.Message,
            User(record.Process),
            Process(record),
            record.Rule?.Title,
        ];
    }

    private static string What(AuditRecord record)
        => record.Kind == AuditKinds.FileHeld ? (record.Detail?.GetValueOrDefault("descriptor") is { } descriptor ? "held fd " + descriptor : "held mapped")
            : record.File?.Access is { Count: > 0 } access && record.Kind.StartsWith("file.", StringComparison.Ordinal)
            ? "open " + string.Join(',', access)
            : record.Network is { } network ? $"{network.Operation} {network.Protocol}"
            : record.Kind.StartsWith("exec.", StringComparison.Ordinal) ? "exec"
            : IsOperation(record) && record.Detail?.GetValueOrDefault("operation") is { } operation ? operation
            : record.Kind;

    /// <summary>Of an operation on a process, what that one runs.</summary>
    private static string? PathOf(AuditRecord record)
        => record.File?.Path is { Length: > 0 } path ? path
            : IsOperation(record) ? record.Detail?.GetValueOrDefault("TargetImage")
            : null;

    private static bool IsOperation(AuditRecord record) => record.Kind.StartsWith("operation.", StringComparison.Ordinal);

    private static string? User(ProcessInfo? process)
        => process is null ? null : process.User ?? process.Euid.ToString(CultureInfo.InvariantCulture);

    private static string? Process(AuditRecord record)
    {
        if (record.Process is not { } process)
        {
            return null;
        }
        var name = process.Comm ?? Path.GetFileName(process.Image) ?? "?";
        var parent = record.Ancestors is [var first, ..] ? first.Comm ?? Path.GetFileName(first.Image) : null;
        return string.Create(CultureInfo.InvariantCulture, $"{name}({process.Pid})<{parent ?? process.ParentPid.ToString(CultureInfo.InvariantCulture)}");
    }
}
