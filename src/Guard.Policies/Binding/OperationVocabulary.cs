using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>A log source that one operation has to itself.</summary>
/// <param name="Name">The category as rules write it.</param>
/// <param name="Operation">What it is about.</param>
/// <param name="Fields">Its fields, but for those of who asks.</param>
internal sealed record OperationLogSource(string Name, OperationKind Operation, ImmutableArray<string> Fields);

/// <summary>The words of rules about operations: log sources, their fields, and the values that have names.</summary>
internal static class OperationVocabulary
{
    /// <summary>All of them, in the order of <see cref="OperationKind"/>.</summary>
    public static readonly ImmutableArray<OperationLogSource> LogSources =
    [
        new("driver_load", OperationKind.Module, ["ImageLoaded", "LoadedFrom"]),
        new("kexec_load", OperationKind.Kexec, ["ImageLoaded", "LoadedFrom"]),
        new("mount", OperationKind.Mount, ["TargetFilename", "FilesystemType", "MountAction"]),
        new("bpf", OperationKind.Bpf, ["BpfCommand"]),
        new("namespace", OperationKind.Namespace, []),
        new("process_access", OperationKind.Access, ["SourceImage", "TargetImage", "GrantedAccess"]),
        new("process_signal", OperationKind.Signal, ["SourceImage", "TargetImage", "Signal"]),
        new("process_credentials", OperationKind.Credentials, ["NewUid", "NewGid", "CredentialType"]),
        new("capability_use", OperationKind.Capability, ["Capability"]),
    ];

    /// <summary>include/uapi/linux/bpf.h, enum bpf_cmd, without its prefix, in order.</summary>
    private static readonly ImmutableArray<string> BpfCommands =
    [
        "MAP_CREATE", "MAP_LOOKUP_ELEM", "MAP_UPDATE_ELEM", "MAP_DELETE_ELEM", "MAP_GET_NEXT_KEY", "PROG_LOAD", "OBJ_PIN",
        "OBJ_GET", "PROG_ATTACH", "PROG_DETACH", "PROG_TEST_RUN", "PROG_GET_NEXT_ID", "MAP_GET_NEXT_ID",
        "PROG_GET_FD_BY_ID", "MAP_GET_FD_BY_ID", "OBJ_GET_INFO_BY_FD", "PROG_QUERY", "RAW_TRACEPOINT_OPEN", "BTF_LOAD",
        "BTF_GET_FD_BY_ID", "TASK_FD_QUERY", "MAP_LOOKUP_AND_DELETE_ELEM", "MAP_FREEZE", "BTF_GET_NEXT_ID",
        "MAP_LOOKUP_BATCH", "MAP_LOOKUP_AND_DELETE_BATCH", "MAP_UPDATE_BATCH", "MAP_DELETE_BATCH", "LINK_CREATE",
        "LINK_UPDATE", "LINK_GET_FD_BY_ID", "LINK_GET_NEXT_ID", "ENABLE_STATS", "ITER_CREATE", "LINK_DETACH",
        "PROG_BIND_MAP", "TOKEN_CREATE",
    ];

    /// <summary>SIGRTMAX on x86-64.</summary>
    private const uint HighestSignal = 64;

    /// <summary>signal(7) on x86-64, without its prefix, from 1 on.</summary>
    private static readonly ImmutableArray<string> Signals =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
        "PWR", "SYS",
    ];

    /// <summary>include/uapi/linux/capability.h, without its prefix, in order.</summary>
    private static readonly ImmutableArray<string> Capabilities =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ];

    /// <summary>Fields whose values say in what way an operation is done.</summary>
    private static readonly FrozenDictionary<string, FrozenDictionary<string, uint>> Ways =
        new Dictionary<string, FrozenDictionary<string, uint>>
        {
            ["LoadedFrom"] = Names(["file", "memory"]),
            ["MountAction"] = Names(Enum.GetNames<MountAction>()),
            ["GrantedAccess"] = Names(Enum.GetNames<ProcessAccess>()),
            ["CredentialType"] = Names(Enum.GetNames<CredentialType>()),
            ["BpfCommand"] = Names([.. BpfCommands]),
            ["Capability"] = Names([.. Capabilities]),
            ["Signal"] = Signals.Index().ToFrozenDictionary(s => s.Item, s => (uint)s.Index + 1, StringComparer.OrdinalIgnoreCase),
        }.ToFrozenDictionary();

    /// <summary>The log source of a category; null when it is about no such operation.</summary>
    public static OperationLogSource? Find(string category) => LogSources.FirstOrDefault(s => s.Name == category);

    /// <summary>Fields of an operation, its own first.</summary>
    public static ImmutableArray<string> FieldsOf(OperationKind operation)
        => [.. LogSources.First(s => s.Operation == operation).Fields, .. SigmaVocabulary.ActorFields];

    /// <summary>Whether the values of a field say in what way an operation is done.</summary>
    public static bool IsWay(string field) => Ways.ContainsKey(field);

    /// <summary>The words of such a field.</summary>
    public static IEnumerable<string> WordsOf(string field) => Ways[field].OrderBy(w => w.Value).Select(w => w.Key);

    /// <summary>
    /// The number of a value of such a field: its name in either case, with or without <c>BPF_</c>, <c>SIG</c> or <c>CAP_</c>,
    /// or, where names are the kernel's own and may be more than these, digits. Null when it is none.
    /// </summary>
    public static uint? ReadWay(string field, string value)
    {
        var prefix = PrefixOf(field);
        var name = value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? value[prefix.Length..] : value;
        return Ways[field].TryGetValue(name, out var way) ? way
            : prefix.Length > 0 && PlainScalars.TryReadUid(value, out way) && way <= HighestOf(field) ? way
            : null;
    }

    /// <summary>The name of a number of such a field, as rules write it; digits where it has none.</summary>
    public static string WordOf(string field, uint way)
    {
        var name = Ways[field].Where(w => w.Value == way).Select(w => w.Key).FirstOrDefault();
        return name is null ? way.ToString(CultureInfo.InvariantCulture) : field is "Signal" or "Capability" ? PrefixOf(field) + name : name;
    }

    /// <summary>What is odd about a number of such a field, and what to do; null: nothing.</summary>
    public static (string Why, string Hint)? DoubtAbout(string field, uint way) => field switch
    {
        "Signal" when way > HighestSignal
            => ("there is no such signal", $"signals are 1 to {HighestSignal}, and 0, which only asks whether the process is there"),
        "BpfCommand" when way >= BpfCommands.Length => ("this version knows no such command", Compared(BpfCommands)),
        "Capability" when way >= Capabilities.Length => ("this version knows no such capability", Compared(Capabilities)),
        _ => null,
    };

    private static string Compared(ImmutableArray<string> names)
        => $"the number is compared as it is, in case that the kernel has it; known are 0 to {names.Length - 1} ({names[^1]})";

    private static string PrefixOf(string field)
        => field switch { "BpfCommand" => "BPF_", "Signal" => "SIG", "Capability" => "CAP_", _ => string.Empty };

    private static uint HighestOf(string field) => field == "Capability" ? KernelAbi.Capabilities - 1u : ushort.MaxValue;

    private static FrozenDictionary<string, uint> Names(IEnumerable<string> names)
        => names.Index().ToFrozenDictionary(
            n => n.Item.All(char.IsUpper) || n.Item.Contains('_', StringComparison.Ordinal) ? n.Item : n.Item.ToLowerInvariant(),
            n => (uint)n.Index,
            StringComparer.OrdinalIgnoreCase);
}
