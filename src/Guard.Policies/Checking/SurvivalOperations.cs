using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using static Guard.Policies.Checking.SurvivalPrograms;

namespace Guard.Policies.Checking;

/// <summary>
/// Operations without which a policy can't be corrected: guardd must reach its maps, systemd must be able to end and
/// restart it, logins must become somebody, root must be able to mount its file system for writing and to install packages.
/// </summary>
internal static class SurvivalOperations
{

    private static readonly ImmutableArray<string> BpfCommands =
    [
        "MAP_CREATE", "MAP_LOOKUP_ELEM", "MAP_UPDATE_ELEM", "MAP_FREEZE", "PROG_LOAD", "BTF_LOAD", "OBJ_PIN", "OBJ_GET",
        "OBJ_GET_INFO_BY_FD", "LINK_CREATE", "RAW_TRACEPOINT_OPEN", "ITER_CREATE", "MAP_GET_FD_BY_ID",
    ];

    private static readonly ImmutableArray<string> Logins = [Sshd, Login, Sudo, Su, SshSession, SshAuthentication];

    /// <summary>They end the connection when they can't shut themselves in.</summary>
    private static readonly ImmutableArray<string> ShutIn = [Sshd, SshSession, SshAuthentication];

    /// <summary>All that guardd.service leaves it.</summary>
    private static readonly ImmutableArray<string> GuarddCapabilities =
    [
        "CAP_BPF", "CAP_PERFMON", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_SYS_RESOURCE", "CAP_SYSLOG",
    ];

    private static readonly ImmutableArray<string> SystemdCapabilities =
    [
        "CAP_SYS_ADMIN", "CAP_KILL", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SYS_RESOURCE", "CAP_DAC_OVERRIDE",
        "CAP_DAC_READ_SEARCH", "CAP_CHOWN", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_PTRACE",
    ];

    private static readonly ImmutableArray<string> LoginCapabilities =
        ["CAP_SETUID", "CAP_SETGID", "CAP_AUDIT_WRITE", "CAP_DAC_READ_SEARCH"];

    private static readonly ImmutableArray<string> PackageCapabilities =
        ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID"];

    /// <summary>All of them, by root.</summary>
    public static IEnumerable<SurvivalRequest> Requests() =>
    [
        .. BpfCommands.Select(command => Of(Guardd, Systemd, "bpf", command, $"{Guardd} using bpf(2), {command}")),
        Signal("SIGTERM"),
        Signal("SIGKILL"),
        .. Logins.Select(login => Of(login, Systemd, "process_credentials", "user", $"{login} becoming root")),
        .. Logins.Select(login => Of(login, Systemd, "process_credentials", "group", $"{login} taking root's group")),
        .. OperationNames.WaysOf("process_credentials").Select(way => Of(Executor, Systemd, "process_credentials", way, $"{Executor} becoming the user of a unit")),
        .. Logins.Select(login => Of(login, Systemd, "process_credentials", "groups", $"{login} taking an account's groups")),
        .. GuarddCapabilities.Select(capability => Using(Guardd, Systemd, capability)),
        .. SystemdCapabilities.Select(capability => Using(Systemd, Systemd, capability)),
        .. SystemdCapabilities.Select(capability => Using(Executor, Systemd, capability)),
        .. ShutIn.Select(program => Using(program, Systemd, "CAP_SYS_CHROOT")),
        .. Logins.SelectMany(login => LoginCapabilities.Select(capability => Using(login, Systemd, capability))),
        .. PackageCapabilities.Select(capability => Using(Dpkg, AptGet, capability)),
        Using(Mount, Bash, "CAP_SYS_ADMIN"),
        Of(Mount, Bash, "mount", "remount", "/usr/bin/mount remounting /") with
        {
            Target = "/"u8.ToArray(),
            Object = "ext4"u8.ToArray(),
        },
    ];

    private static SurvivalRequest Signal(string signal)
        => Of(Systemd, Systemd, "process_signal", signal, $"{Systemd} sending {signal} to {Guardd}") with
        {
            Object = Encoding.UTF8.GetBytes(Guardd),
        };

    private static SurvivalRequest Using(string image, string parent, string capability)
        => Of(image, parent, "capability_use", capability, $"{image} using {capability}");

    private static SurvivalRequest Of(string image, string parent, string logSource, string? way, string description)
    {
        var program = Encoding.UTF8.GetBytes(image);
        return new SurvivalRequest(
            description, RuleCategory.Operation, program, program, Encoding.UTF8.GetBytes(parent), [], AccessKinds.None)
        {
            SystemOperation = OperationNames.Read(logSource, way)!.Value,
        };
    }
}
