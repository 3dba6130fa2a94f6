using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Engine.Events;

/// <summary>What a ring record is about; numbers are GUARD_EVENT_* of bpf/lsm/abi.h.</summary>
[KernelConstants("GUARD_EVENT_")]
public enum GuardEventKind
{
    /// <summary>A program runs (observed).</summary>
    Exec = 1,

    /// <summary>A process that had exec'ed ended (observed).</summary>
    Exit = 2,

    /// <summary>A rule matched an exec.</summary>
    ExecDecision = 3,

    /// <summary>A rule matched an open.</summary>
    FileDecision = 4,

    /// <summary>The engine failed and the failure mode decided.</summary>
    Failure = 5,

    /// <summary>A rule matched an operation on a socket.</summary>
    NetworkDecision = 6,

    /// <summary>A rule matched an operation that is neither on a file's name nor on a socket.</summary>
    OperationDecision = 8,

    /// <summary>A rule speaks of a file that a process has open; from a sweep and not from a ring.</summary>
    FileHeld = 9,
}

/// <summary>Facts about an event; bits are GUARD_EVENT_* flags of bpf/lsm/abi.h.</summary>
[Flags]
public enum GuardEventFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The path was longer than PATH_MAX; its end is kept.</summary>
    PathTruncated = 1,

    /// <summary>The walk to the root gave up, or the mount is detached.</summary>
    PathUnresolved = 2,

    /// <summary>on_unknown gave the verdict.</summary>
    Unknown = 4,

    /// <summary>The arguments were longer than what is kept.</summary>
    ArgsTruncated = 8,

    /// <summary>The arguments could not be read.</summary>
    ArgsUnreadable = 16,

    /// <summary>The file had no name any more.</summary>
    Unlinked = 32,

    /// <summary>memfd, pipe: no path in any mount namespace.</summary>
    Internal = 64,

    /// <summary>More rules matched than the record names.</summary>
    MoreRules = 128,

    /// <summary>The caller's address was too short to be one.</summary>
    AddressUnknown = 256,

    /// <summary>Rules ask for the cgroup, and its path was not known whole.</summary>
    CgroupUnknown = 2048,

    /// <summary>The file's digest is in the event.</summary>
    Digest = 4096,

    /// <summary>Rules ask for the file's digest, and it was not known.</summary>
    DigestUnknown = 8192,
}

/// <summary>One decoded ring record: bpf/lsm/abi.h, struct guard_event. Immutable; nothing in it is trusted.</summary>
public sealed record GuardEvent
{
    /// <summary>What it is about.</summary>
    public required GuardEventKind Kind { get; init; }

    /// <summary>The CPU that wrote it.</summary>
    public int Cpu { get; init; }

    /// <summary>The ring: 0 decisions, 1 observed.</summary>
    public int Ring { get; init; }

    /// <summary>Count of events tried on this CPU and ring: a gap is a loss.</summary>
    public ulong Sequence { get; init; }

    /// <summary>CLOCK_BOOTTIME, nanoseconds.</summary>
    public ulong TimeNs { get; init; }

    /// <summary>The generation that decided.</summary>
    public ulong Generation { get; init; }

    /// <summary>The run of the program that acts; 0 = older than Guard.</summary>
    public ulong ExecId { get; init; }

    /// <summary>The run of the program that forked it.</summary>
    public ulong ParentExecId { get; init; }

    /// <summary>Start of the process, CLOCK_BOOTTIME, nanoseconds.</summary>
    public ulong StartNs { get; init; }

    /// <summary>Id of its cgroup v2.</summary>
    public ulong CgroupId { get; init; }

    /// <summary>Process id.</summary>
    public int Tgid { get; init; }

    /// <summary>Thread id.</summary>
    public int Tid { get; init; }

    /// <summary>Process id of the real parent.</summary>
    public int ParentTgid { get; init; }

    /// <summary>Real uid.</summary>
    public uint Uid { get; init; }

    /// <summary>Effective uid.</summary>
    public uint Euid { get; init; }

    /// <summary>Real gid.</summary>
    public uint Gid { get; init; }

    /// <summary>Login uid; 4294967295 when not set.</summary>
    public uint LoginUid { get; init; }

    /// <summary>Audit session.</summary>
    public uint Session { get; init; }

    /// <summary>comm of the thread.</summary>
    public KernelText Comm { get; init; }

    /// <summary>0 allow, 1 audit, 2 block, 3 kill.</summary>
    public int Verdict { get; init; }

    /// <summary>What was decided.</summary>
    public RuleCategory Category { get; init; }

    /// <summary>GUARD_HOOK_*.</summary>
    public int Hook { get; init; }

    /// <summary>GUARD_REASON_*, for failures.</summary>
    public int Reason { get; init; }

    /// <summary>What the hook returned: 0 or a negative errno.</summary>
    public int Error { get; init; }

    /// <summary>Facts.</summary>
    public GuardEventFlags Flags { get; init; }

    /// <summary>Kinds of access, for opens.</summary>
    public AccessKinds Access { get; init; }

    /// <summary>As wait(2) gives it, for exits.</summary>
    public int ExitCode { get; init; }

    /// <summary>Properties of the program, for execs.</summary>
    public ImageProperties Properties { get; init; }

    /// <summary>Numbers of the rules that matched; the first decided.</summary>
    public ImmutableArray<int> Rules { get; init; } = [];

    /// <summary>major &lt;&lt; 20 | minor.</summary>
    public ulong FileDevice { get; init; }

    /// <summary>Inode number.</summary>
    public ulong FileInode { get; init; }

    /// <summary>i_generation.</summary>
    public uint FileGeneration { get; init; }

    /// <summary>st_mode.</summary>
    public uint FileMode { get; init; }

    /// <summary>Resolved path: the program for execs, the target for opens.</summary>
    public KernelText Path { get; init; }

    /// <summary>
    /// For execs, the name used; for operations, the name of the file system, or the program of the process that is acted on.
    /// </summary>
    public KernelText Invoked { get; init; }

    /// <summary>SHA-256 of the file, where rules asked for it: 64 hexadecimal digits in lower case.</summary>
    public string? Sha256 { get; init; }

    /// <summary>For decisions, the program that asks.</summary>
    public KernelText Image { get; init; }

    /// <summary>Which operation, and in what way: <see cref="OperationNumbers"/>.</summary>
    public uint SystemOperation { get; init; }

    /// <summary>Process id of the process that an operation acts on; 0 for none.</summary>
    public int TargetTgid { get; init; }

    /// <summary>The effective uid, or gid, that a process gives itself.</summary>
    public uint TargetUid { get; init; }

    /// <summary>Of <see cref="GuardEventKind.FileHeld"/>: the descriptor of the process.</summary>
    public int Descriptor { get; init; }

    /// <summary>Arguments.</summary>
    public ImmutableArray<KernelText> Args { get; init; } = [];

    /// <summary>Bytes that the arguments had in all.</summary>
    public uint ArgsTotal { get; init; }

    /// <summary>The operation on a socket; means nothing for other kinds.</summary>
    public RequestSocket Socket { get; init; }
}
