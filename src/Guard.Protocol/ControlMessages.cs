namespace Guard.Protocol;

/// <summary>Where guardd listens, and what it serves there.</summary>
public static class ControlApi
{
    /// <summary>The socket, mode 0660, owner root, group guard. Root changes, the group reads.</summary>
    public const string SocketPath = "/run/guard/guardd.sock";

    /// <summary>GET: <see cref="EngineStatus"/>.</summary>
    public const string Status = "/v1/status";

    /// <summary>POST <see cref="PolicyBundle"/>: compile only; answers <see cref="PolicyOutcome"/>.</summary>
    public const string PolicyCheck = "/v1/policy/check";

    /// <summary>GET: <see cref="PolicyListing"/>. POST <see cref="PolicyBundle"/>: replace what is in force (root). DELETE with
    /// <c>id</c> (repeatable) or <c>all=true</c>: remove rules (root). Both answer <see cref="PolicyOutcome"/>.</summary>
    public const string Policy = "/v1/policy";

    /// <summary>POST without a body: look for files that are open although the policy in force refuses them (root); answers
    /// <see cref="SweepOutcome"/>.</summary>
    public const string PolicySweep = "/v1/policy/sweep";

    /// <summary>GET with <c>id</c>: <see cref="PolicyText"/>, the file that the rule came from.</summary>
    public const string PolicyShow = "/v1/policy/show";

    /// <summary>GET with <c>after</c>, <c>limit</c>, <c>kind</c>, <c>verdict</c>, <c>rule</c>, <c>path</c>, <c>pid</c>, <c>user</c>,
    /// <c>since</c>, <c>until</c>, <c>newest</c>: <see cref="AuditPage"/>.</summary>
    public const string Audit = "/v1/audit";

    /// <summary>GET with the same filters: JSON lines of <see cref="AuditRecord"/>, without end.</summary>
    public const string AuditFollow = "/v1/audit/follow";

    /// <summary>GET: JSON lines of <see cref="ExecTrace"/>, without end. An empty line every 5 s says that guardd lives.</summary>
    public const string TraceExec = "/v1/trace/exec";
}

/// <summary>A bundle on its way to guardd.</summary>
/// <param name="Files">All files; a push replaces everything that was in force.</param>
public sealed record PolicyBundle(IReadOnlyList<BundleFile> Files)
{
    /// <summary>Put it in force although a rule would lock root out. Recorded in the trail.</summary>
    public bool ForceLockOut { get; init; }
}

/// <summary>One file of a bundle.</summary>
/// <param name="Name">Relative path with <c>/</c>.</param>
/// <param name="Content">The bytes, base64 in JSON.</param>
public sealed record BundleFile(string Name, byte[] Content);

/// <summary>One finding, as it travels.</summary>
/// <param name="Id">GPnnnn.</param>
/// <param name="Severity">error or warning.</param>
/// <param name="File">File of the bundle.</param>
/// <param name="Line">From 1; 0 = the whole file.</param>
/// <param name="Column">From 1; 0 = the whole line.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do.</param>
public sealed record PolicyFinding(string Id, string Severity, string File, int Line, int Column, string Message, string? Hint)
{
    /// <summary>All of what the message names the first of; null where it names everything.</summary>
    public IReadOnlyList<string>? Details { get; init; }
}

/// <summary>What became of a check, push or removal.</summary>
/// <param name="Accepted">False: nothing has changed.</param>
/// <param name="Findings">Errors and warnings.</param>
/// <param name="RuleCount">Rules in the bundle, or in force after a removal.</param>
/// <param name="BlockCount">Of these, how many block.</param>
/// <param name="Hash">SHA-256 of the image; null when refused.</param>
/// <param name="Generation">The generation that is live now; null for a check.</param>
/// <param name="ImageBytes">Size of the tables.</param>
public sealed record PolicyOutcome(
    bool Accepted,
    IReadOnlyList<PolicyFinding> Findings,
    int RuleCount,
    int BlockCount,
    string? Hash,
    ulong? Generation,
    int ImageBytes)
{
    /// <summary>What the bundle says becomes of what the engine can't decide: open, closed, or null.</summary>
    public string? FailureMode { get; init; }

    /// <summary>After a push: files that are open already although the policy refuses them; else null.</summary>
    public SweepOutcome? OpenFiles { get; init; }
}

/// <summary>
/// Files that processes have open, or mapped for execution, although the policy in force would refuse that. They stay open.
/// </summary>
/// <param name="Held">Descriptors and mappings of such files, of all processes but guardd.</param>
/// <param name="Files">The first of them, 1,000 at most and 100 of one process; each is a record <c>file.held</c> of the trail.</param>
public sealed record SweepOutcome(long Held, IReadOnlyList<HeldFile> Files)
{
    /// <summary>Those of files of which an open or a mapping would be allowed and recorded; they are not listed.</summary>
    public long Recorded { get; init; }

    /// <summary>Those about which the engine could not decide.</summary>
    public long Undecided { get; init; }

    /// <summary>Why not all open files were looked at; null when they were.</summary>
    public string? Error { get; init; }
}

/// <summary>A descriptor or a mapping of a file that the policy refuses.</summary>
/// <param name="Pid">The process that has it.</param>
/// <param name="Comm">Its name, or null.</param>
/// <param name="Image">Its program, or null.</param>
/// <param name="User">Its account, or null.</param>
/// <param name="Descriptor">Number of the descriptor in that process; null: the file is mapped for execution.</param>
/// <param name="Path">Resolved path in the mount namespace of the process.</param>
/// <param name="Access">read, write, append, map.</param>
/// <param name="RuleId">The rule that would refuse it; null: the failure mode would.</param>
/// <param name="RuleTitle">Its title.</param>
public sealed record HeldFile(
    int Pid,
    string? Comm,
    string? Image,
    string? User,
    int? Descriptor,
    string Path,
    IReadOnlyList<string> Access,
    string? RuleId,
    string? RuleTitle);

/// <summary>What is in force.</summary>
/// <param name="Hash">SHA-256 of the image.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Pushed">When it went live.</param>
/// <param name="Rules">Its rules.</param>
public sealed record PolicyListing(string? Hash, ulong Generation, DateTimeOffset? Pushed, IReadOnlyList<ListedRule> Rules)
{
    /// <summary>What becomes of what the engine can't decide: open or closed.</summary>
    public string? FailureMode { get; init; }

    /// <summary>Who says so: policy or guard.yaml.</summary>
    public string? FailureModeFrom { get; init; }
}

/// <summary>One rule in force.</summary>
/// <param name="Rule">Names and position.</param>
/// <param name="Category">Log source category.</param>
/// <param name="OnUnknown">allow or deny.</param>
/// <param name="Hits">Records that it decided since guardd started.</param>
public sealed record ListedRule(RuleReference Rule, string Category, string OnUnknown, long Hits);

/// <summary>A file of the bundle in force.</summary>
/// <param name="File">Its name.</param>
/// <param name="Line">Where the rule begins.</param>
/// <param name="Text">Its text.</param>
/// <param name="Rule">The rule asked for.</param>
public sealed record PolicyText(string File, int Line, string Text, ListedRule Rule)
{
    /// <summary>What becomes of what the engine can't decide: open or closed.</summary>
    public string? FailureMode { get; init; }

    /// <summary>Who says so: policy or guard.yaml.</summary>
    public string? FailureModeFrom { get; init; }
}

/// <summary>A page of the trail.</summary>
/// <param name="Records">In ascending order of Seq.</param>
/// <param name="Last">The newest Seq of the trail.</param>
public sealed record AuditPage(IReadOnlyList<AuditRecord> Records, long Last);

/// <summary>A program that was launched.</summary>
public sealed record ExecTrace
{
    /// <summary>When.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The process that runs it.</summary>
    public required ProcessInfo Process { get; init; }

    /// <summary>The program of the parent, where known.</summary>
    public string? ParentImage { get; init; }

    /// <summary>Properties of the program: memfd, unlinked, setuid, setgid, script, interpreter; null where it has none of them.</summary>
    public IReadOnlyList<string>? ImageProperties { get; init; }

    /// <summary>True when the arguments were longer than what an event carries.</summary>
    public bool ArgsTruncated { get; init; }

    /// <summary>Events lost since the stream began, as counted so far.</summary>
    public long Lost { get; init; }
}

/// <summary>Why a request failed.</summary>
/// <param name="Error">One sentence.</param>
/// <param name="Hint">What to do, or null.</param>
public sealed record ControlError(string Error, string? Hint);

/// <summary>One screen about the engine.</summary>
public sealed record EngineStatus
{
    /// <summary>Guard's version.</summary>
    public required string Version { get; init; }

    /// <summary>starting, enforcing or degraded. Only a proven denial makes it enforcing.</summary>
    public required string State { get; init; }

    /// <summary>Why it is not enforcing.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>When this state began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When guardd started.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>uname -r.</summary>
    public string? Kernel { get; init; }

    /// <summary>SHA-256 of the image in force.</summary>
    public string? PolicyHash { get; init; }

    /// <summary>Its generation.</summary>
    public ulong Generation { get; init; }

    /// <summary>Rules in force, without the built-in ones.</summary>
    public int RuleCount { get; init; }

    /// <summary>Of these, how many block.</summary>
    public int BlockCount { get; init; }

    /// <summary>Bytes of the image.</summary>
    public long ImageBytes { get; init; }

    /// <summary>Bytes of kernel memory that one generation takes.</summary>
    public long ImageCapacity { get; init; }

    /// <summary>
    /// Bytes of kernel memory that all maps and images take; before Linux 6.4 maps that grow count with all their entries.
    /// </summary>
    public long KernelBytes { get; init; }

    /// <summary>What becomes of what the engine can't decide: open or closed.</summary>
    public string? FailureMode { get; init; }

    /// <summary>Who says so: policy or guard.yaml.</summary>
    public string? FailureModeFrom { get; init; }

    /// <summary>When the last self-test proved a denial.</summary>
    public DateTimeOffset? LastSelfTest { get; init; }

    /// <summary>Opens that self-tests have seen to be refused since guardd started; the hooks count them too.</summary>
    public long SelfTestOpens { get; init; }

    /// <summary>Execs, likewise.</summary>
    public long SelfTestExecs { get; init; }

    /// <summary>Counters by hook.</summary>
    public IReadOnlyList<HookStatus> Hooks { get; init; } = [];

    /// <summary>Engine failures by hook and reason, only those that happened.</summary>
    public IReadOnlyDictionary<string, long> Failures { get; init; } = new Dictionary<string, long>();

    /// <summary>Key of <see cref="Digests"/>: the file was hashed.</summary>
    public const string DigestMade = "made";

    /// <summary>Key of <see cref="Digests"/>: it was before, and has not changed since.</summary>
    public const string DigestRemembered = "remembered";

    /// <summary>Key of <see cref="Digests"/>: the kernel made none by SHA-256.</summary>
    public const string DigestRefused = "refused_by_kernel";

    /// <summary>
    /// How often rules asked for the digest of a file, by what came of it, only what happened. All but made and remembered
    /// left it unknown.
    /// </summary>
    public IReadOnlyDictionary<string, long> Digests { get; init; } = new Dictionary<string, long>();

    /// <summary>Events lost by cause, only those that happened.</summary>
    public IReadOnlyDictionary<string, long> Losses { get; init; } = new Dictionary<string, long>();

    /// <summary>Records in the trail, the newest number, and its size.</summary>
    public TrailStatus Trail { get; init; } = new(0, 0, 0);

    /// <summary>Where the trail is forwarded to.</summary>
    public IReadOnlyList<SinkStatus> Sinks { get; init; } = [];
}

/// <summary>Counters of one hook.</summary>
/// <param name="Hook">Name of the LSM hook.</param>
/// <param name="Decisions">How often it decided.</param>
/// <param name="Denied">How often -EPERM was returned.</param>
/// <param name="Audited">How often a rule asked for a record only.</param>
/// <param name="Unknown">How often on_unknown gave the verdict.</param>
public sealed record HookStatus(string Hook, long Decisions, long Denied, long Audited, long Unknown);

/// <summary>The trail's size.</summary>
/// <param name="Records">Records kept.</param>
/// <param name="Last">Newest number.</param>
/// <param name="Bytes">Size on disk.</param>
public sealed record TrailStatus(long Records, long Last, long Bytes);

/// <summary>One sink.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Target">Where it sends.</param>
/// <param name="Connected">Whether the last attempt went through.</param>
/// <param name="Cursor">The last number that was sent.</param>
/// <param name="Lag">Records not sent yet.</param>
/// <param name="Error">The last error, or null.</param>
public sealed record SinkStatus(string Name, string Target, bool Connected, long Cursor, long Lag, string? Error)
{
    /// <summary>Records that the trail had removed before they could be sent, since guardd started.</summary>
    public long Skipped { get; init; }
}
