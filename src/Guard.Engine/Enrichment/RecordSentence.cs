using System.Globalization;
using System.Text;
using Guard.Protocol;

namespace Guard.Engine.Enrichment;

/// <summary>
/// The sentence of a record about a decision. Control characters in names become <c>\xNN</c>: sentences end up on
/// terminals and in line-based logs.
/// </summary>
internal static class RecordSentence
{
    /// <summary>For decisions and engine failures.</summary>
    public static string Of(AuditRecord record) => record.Kind switch
    {
        AuditKinds.EngineFailure => OfFailure(record),
        AuditKinds.ExecDenied or AuditKinds.ExecAudited => OfDecision(record, "exec" + OfFile(record) + OfProperties(record.File)),
        AuditKinds.OperationDenied or AuditKinds.OperationAudited => OfDecision(record, OfOperation(record)),
        AuditKinds.FileHeld => OfHeld(record),
        _ when record.Network is { } network => OfDecision(record, OfNetwork(network)),
        _ => OfDecision(record, OfAccess(record) + OfFile(record)),
    };

    private static string OfAccess(AuditRecord record)
    {
        var access = record.File?.Access is { Count: > 0 } kinds ? string.Join('+', kinds) : "open";
        return record.Detail?.GetValueOrDefault(EventEnricher.How) == EventEnricher.Received ? $"receipt of a descriptor ({access})" : access;
    }

    /// <summary>E.g. "/usr/sbin/nginx (pid 7, root) has /etc/shadow open (read, descriptor 3), which rule 'x' refuses now".</summary>
    private static string OfHeld(AuditRecord record)
    {
        var what = record.File?.Path is { Length: > 0 } path ? path : "a file without a name";
        var by = record.Rule is { } rule ? $"rule '{rule.Title}'" : "the failure mode";
        var unknown = record.Flags?.Contains("unknown") == true ? " (on_unknown)" : "";
        var access = record.File?.Access is { Count: > 0 } kinds ? string.Join('+', kinds) + ", " : "";
        var how = record.Detail!.TryGetValue(EventEnricher.Descriptor, out var descriptor) ? $"open ({access}descriptor {descriptor})" : "mapped for execution";
        return Printable($"{Who(record.Process)} has {what} {how}, which {by} refuses now{unknown}");
    }

    private static string OfFile(AuditRecord record) => $" of {record.File?.Path ?? "a file without a name"}";

    /// <summary>E.g. " (memfd, unlinked)".</summary>
    private static string OfProperties(FileInfoRecord? file)
        => file?.ImageProperties is { Count: > 0 } properties ? $" ({string.Join(", ", properties)})" : "";

    private static string OfNetwork(NetworkInfoRecord network)
        => network.Operation == "raw" ? $"raw socket of {network.AddressFamily} for {network.Protocol}"
            : $"{network.Protocol} {network.Operation} {(network.Operation is "connect" or "send" ? "to" : "on")} {network.Endpoint ?? "an unknown address"}";

    /// <summary>E.g. "mount (bind) of /srv".</summary>
    private static string OfOperation(AuditRecord record)
    {
        var detail = record.Detail!;
        var way = OperationDetail.WayOf(detail);
        var name = way is null ? detail[OperationDetail.Operation] : $"{detail[OperationDetail.Operation]} ({way})";
        return WhatOf(record) is { } what ? $"{name} of {what}" : name;
    }

    /// <summary>Null: the operation is on nothing that has a name.</summary>
    private static string? WhatOf(AuditRecord record)
        => record.Detail!.TryGetValue("TargetPid", out var pid)
            ? $"{record.Detail.GetValueOrDefault("TargetImage") ?? "a process"} (pid {pid})"
            : record.File?.Path is { Length: > 0 } path ? path : null;

    private static string OfDecision(AuditRecord record, string operation)
    {
        var outcome = record switch
        {
            { Verdict: "kill" } => "killed before its first instruction",
            { Errno: { } errno } => $"denied with {errno}",
            _ => "allowed and recorded",
        };
        var why = record.Rule is { } rule ? $" by rule '{rule.Title}'" : "";
        var unknown = record.Flags?.Contains("unknown") == true ? " (on_unknown)" : "";
        return Printable($"{operation} by {Who(record.Process)} {outcome}{why}{unknown}");
    }

    private static string OfFailure(AuditRecord record)
    {
        var outcome = record.Errno is { } errno ? $"denied with {errno}" : "allowed";
        var detail = record.Detail!;
        return Printable(
            $"the engine could not decide in {detail["hook"]} ({detail["reason"]}) for {Who(record.Process)}; {outcome} by the failure mode");
    }

    private static string Who(ProcessInfo? process) => process is null
        ? "an unknown process"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{process.Image ?? process.Comm ?? "a process"} (pid {process.Pid}, {process.User ?? "uid " + process.Euid.ToString(CultureInfo.InvariantCulture)})");

    private static string Printable(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var printable = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                printable.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                printable.Append(c);
            }
        }

        return printable.ToString();
    }
}
