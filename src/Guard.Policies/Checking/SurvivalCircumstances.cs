using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;
using static Guard.Policies.Checking.SurvivalPrograms;

namespace Guard.Policies.Checking;

/// <summary>
/// With which arguments, from which directory, under which login, in which cgroup and as what kind of file something is done;
/// null: nobody knows.
/// </summary>
internal sealed record Circumstances(
    byte[]? Command, byte[]? Directory, byte[] ParentCommand, uint Login, byte[] Cgroup, ImageProperties? Properties)
{
    private static readonly byte[] FirstCommand = "/sbin/init"u8.ToArray();

    /// <summary>What an item reads that this decides.</summary>
    public const TextRoles Roles =
        TextRoles.Command | TextRoles.ParentCommand | TextRoles.AncestorCommand | TextRoles.Directory | TextRoles.Cgroup;

    /// <summary>The texts of one of <see cref="Roles"/>.</summary>
    public IEnumerable<byte[]?> TextsOf(TextRoles role) => role switch
    {
        TextRoles.Command => [Command],
        TextRoles.ParentCommand => [ParentCommand],
        TextRoles.AncestorCommand => [ParentCommand, FirstCommand],
        TextRoles.Directory => [Directory],
        TextRoles.Cgroup => [Cgroup],
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}

/// <summary>
/// How the survival set is used: what a Debian system does when it boots, when somebody logs in on the console or by SSH, and
/// when an administrator uses sudo. A rule that refuses any of it is found. Values that nobody can foresee are not among them.
/// </summary>
internal sealed class SurvivalCircumstances
{
    private const uint Nobody = uint.MaxValue;
    private const uint Administrator = 1000;
    private const string Session = "/user.slice/user-0.slice/session-1.scope";
    private const string AdministratorSession = "/user.slice/user-1000.slice/session-2.scope";
    private const string SshUnit = "/system.slice/ssh.service";
    private const string GettyUnit = "/system.slice/system-getty.slice/getty@tty1.service";
    private const string GuarddUnit = "/system.slice/guardd.service";
    private const string EmergencyUnit = "/system.slice/emergency.service";

    /// <summary>By program: how it is called. Another one is called by its name alone.</summary>
    private static readonly Dictionary<string, string[]> Commands = new(StringComparer.Ordinal)
    {
        [Systemd] = ["/sbin/init", "/usr/lib/systemd/systemd --switched-root --system --deserialize=33"],
        [Executor] = ["/usr/lib/systemd/systemd-executor --deserialize 33 --log-level info --log-target journal-or-kmsg"],
        [Guardd] = [Guardd],
        [Guardctl] = ["guardctl status", "guardctl policy remove --all", "/usr/bin/guardctl policy push /etc/guard/policies"],
        [Sshd] = ["/usr/sbin/sshd -D", "/usr/sbin/sshd -D -R", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"],
        [SshSession] = ["/usr/lib/openssh/sshd-session -D -R"],
        [SshAuthentication] = ["/usr/lib/openssh/sshd-auth -D -R"],
        [Agetty] = [@"/sbin/agetty -o -p -- \u --noclear - linux"],
        [Sulogin] = ["/sbin/sulogin", "sulogin"],
        [Login] = ["/bin/login -p --", "login -- root"],
        [Sudo] = ["sudo -s", "sudo guardctl status", "sudo apt install guard"],
        [Su] = ["su", "su -"],
        [Dash] =
        [
            "/bin/sh", "sh -c /usr/sbin/dpkg-preconfigure --apt || true", "/bin/sh /var/lib/dpkg/info/guard.postinst configure",
        ],
        [Bash] = ["-bash", "/bin/bash", "bash"],
        [Apt] = ["apt install guard", "apt update"],
        [AptGet] = ["apt-get install guard", "apt-get update"],
        [Dpkg] = ["dpkg -i guard.deb", "/usr/bin/dpkg --status-fd 21 --configure --pending", "dpkg --configure -a"],
        [DpkgDeb] = ["dpkg-deb --control guard.deb /var/lib/dpkg/tmp.ci", "dpkg-deb --fsys-tarfile guard.deb"],
        [Tar] = ["tar -x -f - --warning=no-timestamp"],
        [Password] = ["/sbin/unix_chkpwd root nullok"],
        [Perl] = ["/usr/bin/perl -w /usr/share/debconf/frontend /var/lib/dpkg/info/guard.postinst configure"],
        [PostInstallation] = ["/var/lib/dpkg/info/guard.postinst configure"],
        [Mount] = ["mount -o remount,rw /"],
    };

    /// <summary>By program that init runs: where that is.</summary>
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        [Executor] = GuarddUnit,
        [Guardd] = GuarddUnit,
        [Sshd] = SshUnit,
        [SshSession] = SshUnit,
        [SshAuthentication] = SshUnit,
        [Agetty] = GettyUnit,
        [Login] = GettyUnit,
        [Sulogin] = EmergencyUnit,
        [Bash] = EmergencyUnit,
        [Dash] = EmergencyUnit,
    };

    /// <summary>They go on in the session that they have opened.</summary>
    private static readonly string[] OpenSessions = [Sshd, SshSession, Login, Sudo, Su];

    private readonly Dictionary<(string Image, string Invoked, string Parent, RuleCategory Category, bool IsFromBefore), ImmutableArray<Circumstances>> _known = [];

    private readonly Dictionary<string, byte[]> _texts = new(StringComparer.Ordinal);

    /// <summary>All that are plausible.</summary>
    public ImmutableArray<Circumstances> Of(SurvivalRequest request)
    {
        var key = (Image: Text(request.Image), Invoked: Text(request.Invoked), Parent: Text(request.Parent), request.Category, request.IsFromBefore);
        if (!_known.TryGetValue(key, out var known))
        {
            known = [.. key.Category switch
            {
                RuleCategory.MappedProgram => Mapped(key.Image, key.Parent),
                RuleCategory.ProcessCreation => SurvivalProperties.Of(key.Image).SelectMany(p => Run(key.Image, key.Parent, key.Invoked, p)),
                _ when key.IsFromBefore => Mapped(key.Image, key.Parent).Select(c => c with { Directory = Bytes("/") }),
                _ => Run(key.Image, key.Parent, key.Invoked, null),
            }];
            _known.Add(key, known);
        }

        return known;
    }

    private IEnumerable<Circumstances> Run(string image, string parent, string invoked, ImageProperties? properties)
        => from command in Commands.GetValueOrDefault(image, [invoked]).Select(Bytes)
           from place in PlacesOf(image, parent)
           select new Circumstances(command, Bytes(place.Directory), Bytes(place.ParentCommand), place.Login, Bytes(place.Cgroup), properties);

    /// <summary>What is mapped and not run has neither arguments nor a directory nor properties.</summary>
    private IEnumerable<Circumstances> Mapped(string image, string parent)
        => PlacesOf(image, parent).Select(place => new Circumstances(
            null, null, Bytes(place.ParentCommand), place.Login, Bytes(place.Cgroup), null));

    private static IEnumerable<Place> PlacesOf(string image, string parent) => parent switch
    {
        Systemd => OfInit(image),
        Sshd =>
        [
            new("/", "/usr/sbin/sshd -D", Nobody, SshUnit),
            // So does it call itself where it ran before Guard did.
            new("/", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", Nobody, SshUnit),
            new("/root", "/usr/sbin/sshd -D -R", 0, Session),
            // Without pam_systemd.
            new("/root", "/usr/sbin/sshd -D -R", 0, SshUnit),
        ],
        _ => OfShell(Commands.GetValueOrDefault(parent, [parent])),
    };

    private static IEnumerable<Place> OfInit(string image)
    {
        var unit = Units.GetValueOrDefault(image, "/init.scope");
        foreach (var init in Commands[Systemd])
        {
            yield return new Place("/", init, Nobody, unit);
        }

        if (OpenSessions.Contains(image, StringComparer.Ordinal))
        {
            yield return new Place("/", "/sbin/init", 0, Session);
        }

        if (image is Sudo or Su)
        {
            yield return new Place("/", "-bash", Administrator, AdministratorSession);
        }
    }

    private static IEnumerable<Place> OfShell(string[] commands)
    {
        (uint Login, string Cgroup)[] places =
            [(0, Session), (Administrator, AdministratorSession), (0, GettyUnit), (Nobody, EmergencyUnit)];
        for (var i = 0; i < places.Length; i++)
        {
            yield return new Place(i == 0 ? "/root" : "/", commands[i % commands.Length], places[i].Login, places[i].Cgroup);
        }
    }

    /// <summary>The same array for the same text, so that whoever asks can remember what an item says of it.</summary>
    private byte[] Bytes(string text)
    {
        if (!_texts.TryGetValue(text, out var bytes))
        {
            bytes = Encoding.UTF8.GetBytes(text);
            _texts.Add(text, bytes);
        }

        return bytes;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private sealed record Place(string Directory, string ParentCommand, uint Login, string Cgroup);
}
