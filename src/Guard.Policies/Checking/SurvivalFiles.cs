using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;
using static Guard.Policies.Checking.SurvivalPrograms;

namespace Guard.Policies.Checking;

/// <summary>
/// What programs of the survival set do with files. One file stands for what a directory is needed for; it is none that
/// somebody would guard by its own name, so that a rule about one file, or about the directory of an application, is possible.
/// </summary>
internal static class SurvivalFiles
{
    private const AccessKinds New = AccessKinds.Write | AccessKinds.Create;
    private const AccessKinds Runnable = AccessKinds.Chmod | AccessKinds.Executable;
    private const AccessKinds Replaced = AccessKinds.Create | AccessKinds.Delete;

    private static readonly ImmutableArray<string> PasswordCheckers = [Sshd, Login, Sudo, Su, Password];

    /// <summary>What some programs cannot do their work without.</summary>
    public static readonly ImmutableArray<(string Image, string File, AccessKinds Access)> Needs =
    [
        .. from program in PasswordCheckers
           from file in ImmutableArray.Create("/etc/shadow", "/usr/lib/x86_64-linux-gnu/security/pam_unix.so", "/etc/pam.d/common-auth", "/etc/nsswitch.conf")
           select (program, file, AccessKinds.Read),
        .. from program in ImmutableArray.Create(Systemd, Sshd, Login, Sudo, Su, Dash, Bash)
           select (program, "/dev/null", AccessKinds.Read | AccessKinds.Write),
        (Sshd, "/dev/ptmx", AccessKinds.Read | AccessKinds.Write),
        (Login, "/dev/tty1", AccessKinds.Read | AccessKinds.Write),
        (Sudo, "/dev/pts/0", AccessKinds.Read | AccessKinds.Write),
        (Bash, "/dev/tty", AccessKinds.Read | AccessKinds.Write),
        // Whoever logs in becomes the owner of the terminal.
        .. from terminal in ImmutableArray.Create((Login, "/dev/tty1"), (Sshd, "/dev/pts/0"), (SshSession, "/dev/pts/0"))
           from access in ImmutableArray.Create(AccessKinds.Chown, AccessKinds.Chmod)
           select (terminal.Item1, terminal.Item2, access),
        (Sshd, "/etc/ssh/sshd_config", AccessKinds.Read),
        (Sshd, "/root/.ssh/authorized_keys", AccessKinds.Read),
        (SshSession, "/root/.ssh/authorized_keys", AccessKinds.Read),
        (Sudo, "/etc/sudoers", AccessKinds.Read),
        .. Kernel(),
        .. Packages(),
        (Guardd, "/etc/guard/guard.yaml", AccessKinds.Read),
        (Guardd, "/usr/lib/guard/bpf/guard.bpf.o", AccessKinds.Read),
        (Guardd, "/var/lib/guard/trail.db", AccessKinds.Write),
        (Executor, "/run/guard", AccessKinds.Create),
        (Guardd, "/run/guard/guardd.sock", AccessKinds.Create),
        (Guardd, "/run/guard/guardd.sock", AccessKinds.Delete),
        (Guardd, "/run/guard/guardd.sock", AccessKinds.Chmod),
        // Programs are pinned when a policy needs them, and the pins go when it does not.
        (Guardd, "/sys/fs/bpf/guard/0123456789abcdef/link_path_unlink", AccessKinds.Create),
        (Guardd, "/sys/fs/bpf/guard/0123456789abcdef/link_path_unlink", AccessKinds.Delete),
    ];

    /// <summary>What packages bring that must stay mendable: Guard's, dpkg's, apt's and the C library's.</summary>
    private static readonly ImmutableArray<string> Unpacked =
    [
        "/usr/bin/apt-mark",
        "/usr/sbin/update-passwd",
        "/usr/lib/x86_64-linux-gnu/libapt-private.so.0.0.0",
        Guardctl,
        "/usr/lib/systemd/system/guardd.service",
        "/usr/share/doc/dpkg/copyright",
        "/etc/dpkg/dpkg.cfg",
        "/etc/guard/guard.yaml",
    ];

    /// <summary>dpkg puts a file beside the one that it replaces, keeps that under a third name, and moves the new one over it.</summary>
    public static IEnumerable<SurvivalRequest> Unpacking()
        => from file in Unpacked
           from act in ImmutableArray.Create(
               (Name: file + ".dpkg-new", Access: New),
               (Name: file + ".dpkg-new", Access: AccessKinds.Chown),
               (Name: file + ".dpkg-new", Access: IsProgram(file) ? Runnable : AccessKinds.Chmod),
               (Name: file + ".dpkg-new", Access: AccessKinds.Times),
               (Name: file, Access: AccessKinds.Link),
               (Name: file + ".dpkg-tmp", Access: AccessKinds.Create),
               (Name: file + ".dpkg-new", Access: AccessKinds.Rename),
               (Name: file, Access: Replaced),
               (Name: file + ".dpkg-tmp", Access: AccessKinds.Delete))
           select new SurvivalRequest(
               $"{Dpkg} unpacking {file} ({NameOf(act.Access)} {act.Name})",
               RuleCategory.FileAccess,
               Encoding.UTF8.GetBytes(Dpkg),
               Encoding.UTF8.GetBytes(Dpkg),
               Encoding.UTF8.GetBytes(Apt),
               Encoding.UTF8.GetBytes(act.Name),
               act.Access);

    /// <summary>What one does with a file in such a way.</summary>
    public static string NameOf(AccessKinds access) => access switch
    {
        AccessKinds.Read => "reading",
        AccessKinds.Create => "creating",
        AccessKinds.Delete => "removing",
        AccessKinds.Rename => "renaming",
        Replaced => "replacing",
        AccessKinds.Link => "linking",
        AccessKinds.Chmod or Runnable => "changing the mode of",
        AccessKinds.Chown => "changing the owner of",
        AccessKinds.Times => "setting the times of",
        _ => "writing",
    };

    private static bool IsProgram(string file) => file == Guardctl || file.Contains("bin/", StringComparison.Ordinal);

    /// <summary>What the kernel shows, and what systemd tells others of its units.</summary>
    private static IEnumerable<(string Image, string File, AccessKinds Access)> Kernel() =>
    [
        (Systemd, "/proc/1/mountinfo", AccessKinds.Read),
        (Sshd, "/proc/1234/loginuid", AccessKinds.Write),
        (SshSession, "/proc/1234/loginuid", AccessKinds.Write),
        (Login, "/proc/1234/loginuid", AccessKinds.Write),
        (Guardd, "/proc/1/status", AccessKinds.Read),
        (Guardd, "/sys/kernel/btf/vmlinux", AccessKinds.Read),
        (Systemd, "/sys/fs/cgroup/system.slice/ssh.service", AccessKinds.Create),
        (Systemd, "/sys/fs/cgroup/system.slice/ssh.service/cgroup.procs", AccessKinds.Write),
        (Systemd, "/run/systemd/units/invocation:ssh.service", AccessKinds.Create),
        (Systemd, "/run/systemd/transient/session-1.scope", New),
        (Login, "/run/utmp", AccessKinds.Read | AccessKinds.Write),
    ];

    /// <summary>The state of the package manager, and the scripts of a package.</summary>
    private static IEnumerable<(string Image, string File, AccessKinds Access)> Packages() =>
    [
        (Dash, PostInstallation, AccessKinds.Read),
        (Tar, "/var/lib/dpkg/tmp.ci/postinst", New | AccessKinds.Executable),
        (Tar, "/var/lib/dpkg/tmp.ci/postinst", Runnable),
        (Tar, "/var/lib/dpkg/tmp.ci/postinst", AccessKinds.Chown),
        (Dpkg, "/var/lib/dpkg/tmp.ci/postinst", AccessKinds.Rename),
        (Dpkg, PostInstallation, Replaced),
        (Dpkg, "/var/lib/dpkg/info/guard.list-new", New),
        (Dpkg, "/var/lib/dpkg/updates/tmp.i", New | AccessKinds.Truncate),
        (Dpkg, "/var/lib/dpkg/updates/tmp.i", AccessKinds.Rename),
        (Dpkg, "/var/lib/dpkg/status", AccessKinds.Read),
        (Dpkg, "/var/lib/dpkg/status-new", New),
        (Dpkg, "/var/lib/dpkg/status-new", AccessKinds.Rename),
        (Dpkg, "/var/lib/dpkg/status", Replaced),
        (Dpkg, "/var/lib/dpkg/lock", AccessKinds.Write),
        (Apt, "/var/lib/dpkg/lock-frontend", AccessKinds.Write),
        (Apt, "/var/cache/apt/archives/lock", AccessKinds.Write),
    ];
}
