using System.Globalization;

namespace Guard.Protocol.Host;

/// <summary>
/// What can be told about a machine by reading files: guardd asks before it loads anything, <c>guardctl doctor</c> asks
/// without guardd. Needs no root for most of it, and says so where it does. Never concludes that Guard enforces: only the
/// self-test proves that.
/// </summary>
public sealed class HostChecks
{
    private const int FloorMajor = 6;
    private const int FloorMinor = 1;

    private readonly HostFiles _files;

    /// <summary>Checks the machine below this directory.</summary>
    /// <param name="root"><c>/</c>, or a made-up machine.</param>
    public HostChecks(string root = "/") => _files = new HostFiles(root);

    /// <summary>All checks, in the order in which a person should look at them.</summary>
    public IReadOnlyList<SupportCheck> Run() =>
    [
        KernelVersion(),
        KernelConfig(),
        Btf(),
        new LsmListCheck(_files).Run(),
        Lockdown(),
        Ftrace(),
        BpfFileSystem(),
        Capabilities(),
        MemoryLock(),
    ];

    private SupportCheck KernelVersion()
    {
        const string name = "kernel";
        var release = _files.Read("/proc/sys/kernel/osrelease").Text.Trim();
        var parts = release.Split('.', '-', '+');
        if (parts.Length < 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return new(name, SupportOutcome.Warn, $"the kernel calls itself '{release}', which is no version");
        }

        return major > FloorMajor || (major == FloorMajor && minor >= FloorMinor)
            ? new(name, SupportOutcome.Ok, $"Linux {release}")
            : new(name, SupportOutcome.Fail, $"Linux {release}", $"Guard needs Linux {FloorMajor}.{FloorMinor} or newer; boot such a kernel.");
    }

    private SupportCheck KernelConfig()
    {
        const string name = "kernel-config";
        var release = _files.Read("/proc/sys/kernel/osrelease").Text.Trim();
        var config = _files.Read("/boot/config-" + release);
        if (config.State != HostFileState.Read)
        {
            return config.State == HostFileState.Denied
                ? new(name, SupportOutcome.NeedsRoot, $"/boot/config-{release} is not readable without root", "Run this as root.")
                : new(name, SupportOutcome.Ok, $"there is no /boot/config-{release} to read; the other checks tell as much");
        }

        string[] needed = ["CONFIG_BPF_SYSCALL", "CONFIG_BPF_LSM", "CONFIG_DEBUG_INFO_BTF", "CONFIG_BPF_JIT", "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS"];
        var lines = config.Text.Split('\n');
        var missing = needed.Where(option => !lines.Contains(option + "=y")).ToList();
        return missing.Count == 0
            ? new(name, SupportOutcome.Ok, "BPF LSM and BTF are built in")
            : new(name, SupportOutcome.Fail, "the kernel was built without " + string.Join(", ", missing),
                "Boot a kernel that has them; those of Debian 12 and newer, Ubuntu 22.04 HWE and newer, and RHEL 10 do.");
    }

    private SupportCheck Btf() => _files.Exists("/sys/kernel/btf/vmlinux")
        ? new("btf", SupportOutcome.Ok, "/sys/kernel/btf/vmlinux is there")
        : new("btf", SupportOutcome.Fail, "/sys/kernel/btf/vmlinux is missing",
            "Boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, and see that sysfs is mounted on /sys.");

    private SupportCheck Lockdown()
    {
        const string name = "lockdown";
        var file = _files.Read("/sys/kernel/security/lockdown");
        if (file.State == HostFileState.Denied)
        {
            return new(name, SupportOutcome.NeedsRoot, "/sys/kernel/security/lockdown is not readable without root", "Run this as root.");
        }

        return file.Text.Contains("[confidentiality]", StringComparison.Ordinal)
            ? new(name, SupportOutcome.Fail, "the kernel is locked down for confidentiality, and refuses programs that read its memory",
                "Boot with lockdown=integrity, or without lockdown=.")
            : new(name, SupportOutcome.Ok, file.Text.Contains("[integrity]", StringComparison.Ordinal)
                ? "locked down for integrity, which Guard works under"
                : "not locked down");
    }

    private SupportCheck Ftrace()
    {
        const string name = "ftrace";
        var file = _files.Read("/proc/sys/kernel/ftrace_enabled");
        return (file.State, file.Text.Trim()) switch
        {
            (HostFileState.Read, "1") => new(name, SupportOutcome.Ok, "kernel.ftrace_enabled is 1"),
            (HostFileState.Read, var value) => new(name, SupportOutcome.Fail,
                $"kernel.ftrace_enabled is {value}: every BPF LSM program is switched off, without any other sign",
                "Run `sysctl kernel.ftrace_enabled=1`, and find out who changed it (sysctl.d, kernel command line)."),
            (HostFileState.Denied, _) => new(name, SupportOutcome.NeedsRoot, "kernel.ftrace_enabled is not readable without root", "Run this as root."),
            _ => new(name, SupportOutcome.Warn, "there is no kernel.ftrace_enabled",
                "If the self-test fails, boot a kernel built with CONFIG_DYNAMIC_FTRACE=y."),
        };
    }

    private SupportCheck BpfFileSystem()
    {
        const string name = "bpffs";
        foreach (var line in _files.Read("/proc/self/mountinfo").Text.Split('\n'))
        {
            // ID PARENT DEV ROOT MOUNTPOINT OPTIONS ... - TYPE SOURCE SUPEROPTIONS
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator > 4 && separator + 1 < fields.Length && fields[separator + 1] == "bpf" && fields[4] == "/sys/fs/bpf")
            {
                return new(name, SupportOutcome.Ok, "a bpffs is mounted on /sys/fs/bpf");
            }
        }

        return new(name, SupportOutcome.Warn, "no bpffs is mounted on /sys/fs/bpf", "Nothing: guardd mounts it when it starts.");
    }

    private SupportCheck Capabilities()
    {
        const string name = "capabilities";
        const ulong administrator = 1UL << 21;
        const ulong performance = 1UL << 38;
        const ulong bpf = 1UL << 39;
        var line = _files.Read("/proc/self/status").Text.Split('\n').FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var effective))
        {
            return new(name, SupportOutcome.Warn, "/proc/self/status doesn't tell the capabilities", "See that procfs is mounted on /proc.");
        }

        const ulong needed = administrator | performance | bpf;
        return (effective & needed) == needed
            ? new(name, SupportOutcome.Ok, "CAP_SYS_ADMIN, CAP_BPF and CAP_PERFMON are there")
            : new(name, SupportOutcome.NeedsRoot, "this process lacks CAP_SYS_ADMIN, CAP_BPF or CAP_PERFMON",
                "Run this as root; guardd gets them from guardd.service.");
    }

    private SupportCheck MemoryLock()
    {
        const string name = "memory";
        var line = _files.Read("/proc/self/limits").Text.Split('\n')
            .FirstOrDefault(l => l.StartsWith("Max locked memory", StringComparison.Ordinal));
        var soft = line?["Max locked memory".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "unknown";
        return new(name, SupportOutcome.Ok, $"locked memory limit {soft}; kernels since 5.11 charge maps to the memory cgroup instead");
    }
}
