using System.Globalization;
using Guard.Engine.Audit;
using Guard.Engine.Kernel.Abi;
using Guard.Protocol;

namespace Guard.Engine.Events;

/// <summary>
/// The programs only count their failures: they must not depend on a ring in the moment in which something is wrong. This
/// turns what was counted since the last look into records. What was reported is kept with the trail, so that failures
/// that happen while guardd is away are reported once it is back. Not thread-safe.
/// </summary>
internal sealed class FailureReport
{
    private readonly string _scope;
    private readonly Func<string, long> _read;
    private readonly Action<string, long> _write;
    private readonly TimeProvider _time;

    /// <summary>Reports for one load of the programs.</summary>
    /// <param name="scope">Names what the counts belong to: boot and load.</param>
    /// <param name="readCursor">Reads a durable number; 0 when there is none.</param>
    /// <param name="writeCursor">Writes it.</param>
    /// <param name="time">The time of the records.</param>
    public FailureReport(string scope, Func<string, long> readCursor, Action<string, long> writeCursor, TimeProvider time)
    {
        _scope = scope;
        _read = readCursor;
        _write = writeCursor;
        _time = time;
    }

    /// <summary>
    /// A record for each hook and reason that was counted since the last call, each noted as reported before it is given:
    /// an enumeration that a failing store ends loses nothing.
    /// </summary>
    /// <exception cref="AuditStoreException">The store can't be read or written.</exception>
    public IEnumerable<AuditRecord> Take(GuardCounters counters)
    {
        foreach (var (name, count) in CounterReport.Failures(counters))
        {
            var cursor = $"failures/{_scope}/{name}";
            var reported = _read(cursor);
            if (count > reported)
            {
                _write(cursor, count);
                yield return ToRecord(name, count - reported, count);
            }
        }
    }

    private AuditRecord ToRecord(string name, long count, long total) => new()
    {
        Time = _time.GetUtcNow(),
        Kind = AuditKinds.EngineFailure,
        Message = string.Create(CultureInfo.InvariantCulture, $"the engine could not decide {count} times ({name}); the failure mode did"),
        Detail = new Dictionary<string, string>
        {
            ["hook"] = name[..name.IndexOf('.', StringComparison.Ordinal)],
            ["reason"] = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..],
            ["count"] = count.ToString(CultureInfo.InvariantCulture),
            ["total"] = total.ToString(CultureInfo.InvariantCulture),
        },
    };
}
