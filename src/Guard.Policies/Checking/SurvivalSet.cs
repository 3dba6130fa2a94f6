using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>One operation without which nobody can correct a policy any more.</summary>
internal sealed record SurvivalRequest(
    string Description, RuleCategory Category, byte[] Image, byte[] Invoked, byte[] Parent, byte[] Target, AccessKinds Access)
{
    private const TextRoles Unknown =
        TextRoles.Command | TextRoles.ParentCommand | TextRoles.AncestorCommand | TextRoles.Directory;

    private static readonly byte[] FirstProcess = Encoding.UTF8.GetBytes("/usr/lib/systemd/systemd");

    /// <summary>The texts of the roles, or null when they are not known. The ancestors are the parent and the first process.</summary>
    public IEnumerable<byte[]>? TextsOf(TextRoles roles)
    {
        if ((roles & Unknown) != 0)
        {
            return null;
        }

        (TextRoles Role, byte[] Text)[] texts =
        [
            (TextRoles.Image, Image),
            (TextRoles.Invoked, Invoked),
            (TextRoles.Parent, Parent),
            (TextRoles.ParentInvoked, Parent),
            (TextRoles.Target, Target),
            (TextRoles.Ancestor, Parent),
            (TextRoles.Ancestor, FirstProcess),
        ];
        return texts.Where(t => roles.HasFlag(t.Role)).Select(t => t.Text);
    }
}

/// <summary>What root must be able to do: boot, log in, become root, call guardctl, install a package.</summary>
internal static class SurvivalSet
{
    /// <summary>Resolved path, and the name it is called by on a merged-usr system.</summary>
    private static readonly ImmutableArray<(string Image, string Invoked)> Programs =
    [
        ("/usr/lib/systemd/systemd", "/sbin/init"),
        ("/usr/lib/systemd/systemd", "/usr/lib/systemd/systemd"),
        ("/usr/lib/guard/guardd", "/usr/lib/guard/guardd"),
        ("/usr/bin/guardctl", "/usr/bin/guardctl"),
        ("/usr/sbin/sshd", "/usr/sbin/sshd"),
        ("/usr/bin/login", "/bin/login"),
        ("/usr/bin/sudo", "/usr/bin/sudo"),
        ("/usr/bin/dash", "/bin/sh"),
        ("/usr/bin/bash", "/bin/bash"),
        ("/usr/bin/apt", "/usr/bin/apt"),
        ("/usr/bin/dpkg", "/usr/bin/dpkg"),
    ];

    private static readonly ImmutableArray<string> Parents =
        ["/usr/lib/systemd/systemd", "/usr/sbin/sshd", "/usr/bin/bash"];

    private static readonly ImmutableArray<string> Files =
    [
        "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
        "/etc/passwd",
    ];

    /// <summary>All of them; the uid is 0.</summary>
    public static ImmutableArray<SurvivalRequest> Requests { get; } = [.. Execs(), .. ExecOpens(), .. Reads()];

    private static IEnumerable<SurvivalRequest> Execs() =>
        from program in Programs
        from parent in Parents
        select new SurvivalRequest(
            $"{parent} running {program.Invoked}",
            RuleCategory.ProcessCreation,
            Bytes(program.Image),
            Bytes(program.Invoked),
            Bytes(parent),
            [],
            AccessKinds.None);

    /// <summary>The kernel opens the program on behalf of the process that will become it.</summary>
    private static IEnumerable<SurvivalRequest> ExecOpens() =>
        from program in Programs
        from caller in Parents
        select new SurvivalRequest(
            $"{caller} opening {program.Image} to run it",
            RuleCategory.FileAccess,
            Bytes(caller),
            Bytes(caller),
            Bytes(caller),
            Bytes(program.Image),
            AccessKinds.Exec);

    private static IEnumerable<SurvivalRequest> Reads() =>
        from program in Programs
        from parent in Parents
        from file in Files
        select new SurvivalRequest(
            $"{program.Invoked} reading {file}",
            RuleCategory.FileAccess,
            Bytes(program.Image),
            Bytes(program.Invoked),
            Bytes(parent),
            Bytes(file),
            AccessKinds.Read);

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);
}
