using System.Globalization;
using System.Text.Json.Serialization;

namespace Guard.Protocol;

/// <summary>
/// One entry of the trail, as stored, listed and forwarded. Strings from the kernel that are not UTF-8 carry each
/// offending byte as <c>\xNN</c>; a backslash stands for itself only where <c>raw</c> is absent.
/// </summary>
public sealed record AuditRecord
{
    /// <summary>Number in the trail, from 1, without gaps. 0 until the store has taken it.</summary>
    public long Seq { get; init; }

    /// <summary>When it happened (wall clock, from the kernel's boot clock where there is one).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>What happened, one of <see cref="AuditKinds"/>: <c>exec.denied</c>, <c>policy.pushed</c> …</summary>
    public required string Kind { get; init; }

    /// <summary>The kernel's boot id, so that boot clocks can be compared.</summary>
    public string? BootId { get; init; }

    /// <summary>allow, audit, block or kill; null for records that are no decision.</summary>
    public string? Verdict { get; init; }

    /// <summary>Symbolic errno that the caller saw, e.g. <c>EPERM</c>; null when the operation went ahead.</summary>
    public string? Errno { get; init; }

    /// <summary>The rule that decided.</summary>
    public RuleReference? Rule { get; init; }

    /// <summary>Other rules that matched, at most seven.</summary>
    public IReadOnlyList<RuleReference>? OtherRules { get; init; }

    /// <summary>SHA-256 of the policy image that decided, or that was pushed.</summary>
    public string? PolicyHash { get; init; }

    /// <summary>Its generation since guardd's first start on this boot.</summary>
    public ulong? Generation { get; init; }

    /// <summary>The process that acted.</summary>
    public ProcessInfo? Process { get; init; }

    /// <summary>Its ancestors, nearest first, as far as they are known.</summary>
    public IReadOnlyList<ProcessInfo>? Ancestors { get; init; }

    /// <summary>The file acted on: the program for an exec, the target for an open.</summary>
    public FileInfoRecord? File { get; init; }

    /// <summary>The operation on a socket.</summary>
    public NetworkInfoRecord? Network { get; init; }

    /// <summary>For an exec: the arguments that the new program would get.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Facts about the record: <c>path_truncated</c>, <c>unknown</c>, <c>args_truncated</c> …</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>One sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>Whatever else belongs to the kind (counts of losses, who pushed …).</summary>
    public IReadOnlyDictionary<string, string>? Detail { get; init; }
}

/// <summary>A rule as a record names it.</summary>
public sealed record RuleReference
{
    /// <summary>Sigma id.</summary>
    public required string Id { get; init; }

    /// <summary>Sigma title.</summary>
    public required string Title { get; init; }

    /// <summary>audit or block.</summary>
    public string? Action { get; init; }

    /// <summary>Sigma level.</summary>
    public string? Level { get; init; }

    /// <summary>Sigma author: the DRL asks for it in messages about matches.</summary>
    public string? Author { get; init; }

    /// <summary>Sigma tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Sigma references.</summary>
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>Where it was written: file(line,col).</summary>
    public string? Source { get; init; }
}

/// <summary>A process as a record names it.</summary>
public sealed record ProcessInfo
{
    /// <summary>Process id in the initial namespace.</summary>
    public int Pid { get; init; }

    /// <summary>Thread id.</summary>
    public int Tid { get; init; }

    /// <summary>Process id of the parent.</summary>
    public int ParentPid { get; init; }

    /// <summary>The engine's number for this run of this program; unique within a boot.</summary>
    public string? ExecId { get; init; }

    /// <summary>Resolved path of the program.</summary>
    public string? Image { get; init; }

    /// <summary>The name by which it was called.</summary>
    public string? Invoked { get; init; }

    /// <summary>comm of the thread.</summary>
    public string? Comm { get; init; }

    /// <summary>Arguments, where they are known.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Real uid.</summary>
    public uint Uid { get; init; }

    /// <summary>Effective uid: what User and Uid in rules mean.</summary>
    public uint Euid { get; init; }

    /// <summary>Real gid.</summary>
    public uint Gid { get; init; }

    /// <summary>Login uid; null when not set.</summary>
    public uint? LoginUid { get; init; }

    /// <summary>Account name of the effective uid, where there is one.</summary>
    public string? User { get; init; }

    /// <summary>Path of its cgroup, from the root of the hierarchy of cgroup v2.</summary>
    public string? Cgroup { get; init; }

    /// <summary>systemd unit, from the cgroup path.</summary>
    public string? Unit { get; init; }

    /// <summary>Container id, from the cgroup path.</summary>
    public string? ContainerId { get; init; }

    /// <summary>When the process started.</summary>
    public DateTimeOffset? Start { get; init; }
}

/// <summary>A file as a record names it.</summary>
public sealed record FileInfoRecord
{
    /// <summary>Resolved path in the mount namespace of the process.</summary>
    public required string Path { get; init; }

    /// <summary>The path's bytes in base64, when they are not UTF-8.</summary>
    public string? PathRaw { get; init; }

    /// <summary>The name used for an exec.</summary>
    public string? Invoked { get; init; }

    /// <summary>
    /// The path below the mount of the whole file system, where the file was reached through a bind mount: a rule may mean it
    /// by that one.
    /// </summary>
    public string? OtherName { get; init; }

    /// <summary>major:minor as the kernel keeps it.</summary>
    public string? Device { get; init; }

    /// <summary>Inode number.</summary>
    public ulong Inode { get; init; }

    /// <summary>SHA-256 of the contents, where a rule asked for it: 64 hexadecimal digits in lower case.</summary>
    public string? Sha256 { get; init; }

    /// <summary>st_mode in octal.</summary>
    public string? Mode { get; init; }

    /// <summary>The kinds of access, in the words of rules; <c>map</c> for a mapping.</summary>
    public IReadOnlyList<string>? Access { get; init; }

    /// <summary>Of the program of an exec: memfd, unlinked, setuid, setgid, script, interpreter; null where it has none of them.</summary>
    public IReadOnlyList<string>? ImageProperties { get; init; }
}

/// <summary>An operation on a socket as a record names it. An operation with a destination has no source: it is picked later.</summary>
public sealed record NetworkInfoRecord
{
    /// <summary>connect, send, bind, listen or raw.</summary>
    public required string Operation { get; init; }

    /// <summary>tcp, udp, …, or the number of the protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>ipv4 or ipv6: what was decided on; null when the address was not known. Of a raw socket also packet or xdp.</summary>
    public string? AddressFamily { get; init; }

    /// <summary>The address that was connected or sent to; one that IPv6 maps is IPv4.</summary>
    public string? DestinationIp { get; init; }

    /// <summary>Its port, 0 to 65535.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>The address of this host that was bound or listened on.</summary>
    public string? SourceIp { get; init; }

    /// <summary>Its port; 0: the kernel picks one.</summary>
    public int? SourcePort { get; init; }

    /// <summary>Address and port in one text, IPv6 in brackets; null when they are not known.</summary>
    [JsonIgnore]
    public string? Endpoint => (DestinationIp ?? SourceIp) is { } address
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{DestinationPort ?? SourcePort}")
        : null;
}

/// <summary>The values of <see cref="AuditRecord.Kind"/>. They are an API: never renamed.</summary>
public static class AuditKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        ExecDenied, ExecAudited, FileDenied, FileAudited, FileHeld, ConnectDenied, ConnectAudited, SendDenied,
        SendAudited, BindDenied, BindAudited, ListenDenied, ListenAudited, RawDenied, RawAudited, OperationDenied,
        OperationAudited, EngineFailure, EngineStarted, EngineStopped, EngineState, EventsLost, EventMalformed,
        PolicyPushed, PolicyRefused, PolicyRemoved, PolicySwept, ControlDenied, TrailPruned, TrailSetAside,
        TrailDamaged,
    ];

    /// <summary>An exec was refused.</summary>
    public const string ExecDenied = "exec.denied";

    /// <summary>An exec went ahead and a rule wanted it recorded.</summary>
    public const string ExecAudited = "exec.audited";

    /// <summary>An open was refused.</summary>
    public const string FileDenied = "file.denied";

    /// <summary>An open went ahead and a rule wanted it recorded.</summary>
    public const string FileAudited = "file.audited";

    /// <summary>
    /// A sweep found a file open, or mapped for execution, that the policy in force would refuse; <c>detail</c> has the
    /// descriptor, or says that it is mapped. Nothing was refused: it stays open.
    /// </summary>
    public const string FileHeld = "file.held";

    /// <summary>A connection was refused.</summary>
    public const string ConnectDenied = "connect.denied";

    /// <summary>A connection went ahead and a rule wanted it recorded.</summary>
    public const string ConnectAudited = "connect.audited";

    /// <summary>A message to an address was refused.</summary>
    public const string SendDenied = "send.denied";

    /// <summary>A message to an address went ahead and a rule wanted it recorded.</summary>
    public const string SendAudited = "send.audited";

    /// <summary>A bind was refused.</summary>
    public const string BindDenied = "bind.denied";

    /// <summary>A bind went ahead and a rule wanted it recorded.</summary>
    public const string BindAudited = "bind.audited";

    /// <summary>A listen was refused.</summary>
    public const string ListenDenied = "listen.denied";

    /// <summary>A listen went ahead and a rule wanted it recorded.</summary>
    public const string ListenAudited = "listen.audited";

    /// <summary>A raw or packet socket was refused.</summary>
    public const string RawDenied = "raw.denied";

    /// <summary>A raw or packet socket was made and a rule wanted it recorded.</summary>
    public const string RawAudited = "raw.audited";

    /// <summary>
    /// An operation that is neither on a file's name nor on a socket was refused; <c>detail</c> says which one, in the words
    /// of rules.
    /// </summary>
    public const string OperationDenied = "operation.denied";

    /// <summary>Such an operation went ahead and a rule wanted it recorded.</summary>
    public const string OperationAudited = "operation.audited";

    /// <summary>The engine could not decide and the failure mode did.</summary>
    public const string EngineFailure = "engine.failure";

    /// <summary>The kind of a decision about a socket.</summary>
    /// <param name="operation">connect, send, bind, listen or raw.</param>
    /// <param name="denied">It was refused.</param>
    public static string OfNetwork(string operation, bool denied) => operation + (denied ? ".denied" : ".audited");

    /// <summary>guardd started.</summary>
    public const string EngineStarted = "engine.started";

    /// <summary>guardd stopped; enforcement stays.</summary>
    public const string EngineStopped = "engine.stopped";

    /// <summary>The state changed (starting, enforcing, degraded).</summary>
    public const string EngineState = "engine.state";

    /// <summary>Events were lost between the kernel and the trail.</summary>
    public const string EventsLost = "events.lost";

    /// <summary>A ring record could not be decoded.</summary>
    public const string EventMalformed = "events.malformed";

    /// <summary>A policy went live.</summary>
    public const string PolicyPushed = "policy.pushed";

    /// <summary>A policy was refused.</summary>
    public const string PolicyRefused = "policy.refused";

    /// <summary>Rules were removed.</summary>
    public const string PolicyRemoved = "policy.removed";

    /// <summary>A sweep over open files found some that the policy refuses, or could not look at all; says how many.</summary>
    public const string PolicySwept = "policy.swept";

    /// <summary>Somebody asked for what he may not do.</summary>
    public const string ControlDenied = "control.denied";

    /// <summary>Retention removed the oldest records; says which, and how many of them no sink had taken yet.</summary>
    public const string TrailPruned = "trail.pruned";

    /// <summary>The trail could not be read any more and was set aside; this record begins a new one.</summary>
    public const string TrailSetAside = "trail.set_aside";

    /// <summary>
    /// Stands for a record that can't be read, with its number, its time and, in <c>detail</c>, the kind that it had. It is
    /// made when the trail is read and is found by what the damaged record was found by, not by this kind.
    /// </summary>
    public const string TrailDamaged = "trail.damaged";
}

/// <summary>How all of Guard writes JSON: camelCase, nulls left out, nothing escaped that need not be.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(EngineStatus))]
[JsonSerializable(typeof(PolicyBundle))]
[JsonSerializable(typeof(PolicyOutcome))]
[JsonSerializable(typeof(SweepOutcome))]
[JsonSerializable(typeof(PolicyListing))]
[JsonSerializable(typeof(PolicyText))]
[JsonSerializable(typeof(ExecTrace))]
[JsonSerializable(typeof(ControlError))]
public sealed partial class GuardJson : JsonSerializerContext;
