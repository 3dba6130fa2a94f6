using System.Collections.Immutable;
using System.Net;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using static Guard.Policies.Checking.SurvivalPrograms;

namespace Guard.Policies.Checking;

/// <summary>What root must be able to do: boot, log in, become root, call guardctl, install a package.</summary>
internal static class SurvivalSet
{

    /// <summary>Resolved path, and the name it is called by on a merged-usr system.</summary>
    private static readonly ImmutableArray<(string Image, string Invoked)> Programs =
    [
        (Systemd, "/sbin/init"),
        (Systemd, Systemd),
        (Guardd, Guardd),
        // The package's command is a symbolic link.
        (Guardctl, "/usr/bin/guardctl"),
        (Sshd, Sshd),
        (Agetty, "/sbin/agetty"),
        (Sulogin, "/sbin/sulogin"),
        (Login, "/bin/login"),
        (Sudo, Sudo),
        (Su, "/bin/su"),
        (Dash, "/bin/sh"),
        (Bash, "/bin/bash"),
        (Apt, Apt),
        (AptGet, AptGet),
        (Dpkg, Dpkg),
    ];

    private static readonly ImmutableArray<string> Parents = [Systemd, Sshd, Bash];

    /// <summary>What others run on the way: to check a password, to unpack and configure a package.</summary>
    private static readonly ImmutableArray<(string Parent, string Image, string Invoked)> Workers =
    [
        (Systemd, Executor, Executor),
        (Sshd, SshSession, SshSession),
        (Login, Password, "/sbin/unix_chkpwd"),
        (Su, Password, "/sbin/unix_chkpwd"),
        (Sudo, Password, "/sbin/unix_chkpwd"),
        (Apt, Dpkg, Dpkg),
        (Dpkg, DpkgDeb, DpkgDeb),
        (DpkgDeb, Tar, Tar),
        (Dpkg, Dash, "/bin/sh"),
        (Dpkg, PostInstallation, PostInstallation),
        (Dpkg, Perl, Perl),
        (Dash, Perl, Perl),
    ];

    private static readonly ImmutableArray<string> Files =
    [
        "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
        "/etc/passwd",
    ];

    /// <summary>What the survival set maps for execution.</summary>
    private static readonly ImmutableArray<string> Libraries =
    [
        "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
        "/usr/lib/x86_64-linux-gnu/libpam.so.0.85.1",
        "/usr/lib/x86_64-linux-gnu/libcrypt.so.1.1.0",
        "/usr/lib/x86_64-linux-gnu/libselinux.so.1",
        "/usr/lib/x86_64-linux-gnu/libnss_systemd.so.2",
        "/usr/lib/x86_64-linux-gnu/security/pam_unix.so",
        "/usr/lib/x86_64-linux-gnu/libapt-pkg.so.6.0.0",
        "/usr/lib/systemd/libsystemd-shared-252.so",
    ];

    /// <summary>What may run when Guard begins, at a boot or when it is installed: init, guardd, the login service, a shell of root's.</summary>
    private static readonly ImmutableArray<string> EarlyPrograms = [Systemd, Guardd, Sshd, Bash];

    private static readonly byte[] Init = Bytes(Systemd);

    /// <summary>All of them, with what the administrator added; the uid is 0.</summary>
    public static ImmutableArray<SurvivalRequest> Requests(SurvivalEntries added)
    {
        var known = Known(added);
        return [.. known, .. FromBefore(known)];
    }

    private static ImmutableArray<SurvivalRequest> Known(SurvivalEntries added) =>
    [
        .. from program in Programs.Concat(added.Programs.Select(path => (Image: MergedUsr.Resolve(path), Invoked: path)))
           from parent in Parents
           from request in RunBy(parent, program.Image, program.Invoked)
           select request,
        .. Workers.SelectMany(worker => RunBy(worker.Parent, worker.Image, worker.Invoked)),
        .. from program in Programs
           from parent in Parents
           from file in Files
           select Open(program.Image, program.Invoked, parent, file, AccessKinds.Read),
        .. from program in Programs
           from parent in Parents
           from library in Libraries
           select Load(program.Image, program.Invoked, parent, library),
        .. from parent in Parents
           from library in Libraries
           select TakenForProgram(parent, library),
        .. from parent in Parents
           from image in ImmutableArray.Create(Guardctl, Guardd)
           from category in ImmutableArray.Create(RuleCategory.MappedProgram, RuleCategory.ImageLoad)
           select OwnCode(image, parent, category),
        .. from need in SurvivalFiles.Needs
           from parent in Parents
           select Open(need.Image, need.Image, parent, need.File, need.Access),
        .. SurvivalFiles.Unpacking(),
        .. from operation in ImmutableArray.Create(NetworkOperation.Bind, NetworkOperation.Listen)
           from address in ImmutableArray.Create(IPAddress.Any, IPAddress.IPv6Any)
           select Serve(operation, address),
        .. from file in added.Files
           from reader in ImmutableArray.Create(Systemd, Dash, Bash)
           from parent in Parents
           select Open(reader, reader, parent, MergedUsr.Resolve(file), AccessKinds.Read),
        .. SurvivalOperations.Requests(),
    ];

    /// <summary>The exec, and before it the open: the kernel opens the program on behalf of the process that will become it.</summary>
    private static IEnumerable<SurvivalRequest> RunBy(string parent, string image, string invoked) =>
    [
        new(
            $"{parent} running {invoked}",
            RuleCategory.ProcessCreation,
            Bytes(image),
            Bytes(invoked),
            Bytes(parent),
            [],
            AccessKinds.None),
        new(
            $"{parent} opening {image} to run it",
            RuleCategory.FileAccess,
            Bytes(parent),
            Bytes(parent),
            Bytes(parent),
            Bytes(image),
            AccessKinds.Exec),
    ];

    private static SurvivalRequest Load(string image, string invoked, string parent, string library) => new(
        $"{invoked} loading {library}",
        RuleCategory.ImageLoad,
        Bytes(image),
        Bytes(invoked),
        Bytes(parent),
        Bytes(library),
        AccessKinds.None);

    /// <summary>A rule about programs takes whatever is mapped for one.</summary>
    private static SurvivalRequest TakenForProgram(string parent, string library) => new(
        $"a child of {parent} loading {library}",
        RuleCategory.MappedProgram,
        Bytes(library),
        [],
        Bytes(parent),
        [],
        AccessKinds.None);

    /// <summary>
    /// The code that .NET makes, guardctl's and guardd's: a file in memory without a name that is larger than what is hashed.
    /// </summary>
    private static SurvivalRequest OwnCode(string image, string parent, RuleCategory category)
    {
        const string code = "/memfd:doublemapper";
        var isLoad = category == RuleCategory.ImageLoad;
        return new(
            $"{image} running, whose code is made in memory",
            category,
            Bytes(isLoad ? image : code),
            isLoad ? Bytes(image) : [],
            Bytes(parent),
            isLoad ? Bytes(code) : [],
            AccessKinds.None)
        {
            HasNoDigest = true,
        };
    }

    /// <summary>The same, of what runs since before Guard; an exec gives a process another name.</summary>
    private static IEnumerable<SurvivalRequest> FromBefore(IEnumerable<SurvivalRequest> requests)
        => requests.Where(r => r.Category is not (RuleCategory.ProcessCreation or RuleCategory.MappedProgram)
                && EarlyPrograms.Contains(Encoding.UTF8.GetString(r.Image), StringComparer.Ordinal) && r.Parent.AsSpan().SequenceEqual(Init))
            .Select(r => r with { Description = r.Description + ", running since before Guard", IsFromBefore = true });

    /// <summary>The port by which one logs in.</summary>
    private static SurvivalRequest Serve(NetworkOperation operation, IPAddress address) => new(
        $"{Sshd} taking port 22",
        RuleCategory.NetworkConnection,
        Bytes(Sshd),
        Bytes(Sshd),
        Bytes(Systemd),
        [],
        AccessKinds.None)
    {
        Socket = new RequestSocket(operation, 6, address, 22),
    };

    private static SurvivalRequest Open(string image, string invoked, string parent, string file, AccessKinds access) => new(
        $"{invoked} {SurvivalFiles.NameOf(access)} {file}",
        RuleCategory.FileAccess,
        Bytes(image),
        Bytes(invoked),
        Bytes(parent),
        Bytes(file),
        access);

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);
}
