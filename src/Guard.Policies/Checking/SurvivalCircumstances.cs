using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>With which arguments, from which directory, under which login and in which cgroup something is done; null: nobody knows.</summary>
internal sealed record Circumstances(byte[]? Command, byte[]? Directory, byte[] ParentCommand, uint Login, byte[] Cgroup)
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
    private const string Ssh = "/system.slice/ssh.service";
    private const string Getty = "/system.slice/system-getty.slice/getty@tty1.service";
    private const string Guardd = "/system.slice/guardd.service";
    private const string Emergency = "/system.slice/emergency.service";

    /// <summary>By program: how it is called. Another one is called by its name alone.</summary>
    private static readonly Dictionary<string, string[]> Commands = new(StringComparer.Ordinal)
    {
        ["/usr/lib/systemd/systemd"] = ["/sbin/init", "/usr/lib/systemd/systemd --switched-root --system --deserialize=33"],
        ["/usr/lib/systemd/systemd-executor"] =
            ["/usr/lib/systemd/systemd-executor --deserialize 33 --log-level info --log-target journal-or-kmsg"],
        ["/usr/lib/guard/guardd"] = ["/usr/lib/guard/guardd"],
        ["/usr/lib/guard/guardctl"] = ["guardctl status", "guardctl policy remove --all", "/usr/bin/guardctl policy push /etc/guard/policies"],
        ["/usr/sbin/sshd"] = ["/usr/sbin/sshd -D", "/usr/sbin/sshd -D -R", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"],
        ["/usr/lib/openssh/sshd-session"] = ["/usr/lib/openssh/sshd-session -D -R"],
        ["/usr/lib/openssh/sshd-auth"] = ["/usr/lib/openssh/sshd-auth -D -R"],
        ["/usr/sbin/agetty"] = [@"/sbin/agetty -o -p -- \u --noclear - linux"],
        ["/usr/sbin/sulogin"] = ["/sbin/sulogin", "sulogin"],
        ["/usr/bin/login"] = ["/bin/login -p --", "login -- root"],
        ["/usr/bin/sudo"] = ["sudo -s", "sudo guardctl status", "sudo apt install guard"],
        ["/usr/bin/su"] = ["su", "su -"],
        ["/usr/bin/dash"] =
        [
            "/bin/sh", "sh -c /usr/sbin/dpkg-preconfigure --apt || true", "/bin/sh /var/lib/dpkg/info/guard.postinst configure",
        ],
        ["/usr/bin/bash"] = ["-bash", "/bin/bash", "bash"],
        ["/usr/bin/apt"] = ["apt install guard", "apt update"],
        ["/usr/bin/apt-get"] = ["apt-get install guard", "apt-get update"],
        ["/usr/bin/dpkg"] = ["dpkg -i guard.deb", "/usr/bin/dpkg --status-fd 21 --configure --pending", "dpkg --configure -a"],
        ["/usr/bin/dpkg-deb"] = ["dpkg-deb --control guard.deb /var/lib/dpkg/tmp.ci", "dpkg-deb --fsys-tarfile guard.deb"],
        ["/usr/bin/tar"] = ["tar -x -f - --warning=no-timestamp"],
        ["/usr/sbin/unix_chkpwd"] = ["/sbin/unix_chkpwd root nullok"],
        ["/usr/bin/perl"] = ["/usr/bin/perl -w /usr/share/debconf/frontend /var/lib/dpkg/info/guard.postinst configure"],
        ["/var/lib/dpkg/info/guard.postinst"] = ["/var/lib/dpkg/info/guard.postinst configure"],
        ["/usr/bin/mount"] = ["mount -o remount,rw /"],
    };

    /// <summary>By program that init runs: where that is.</summary>
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["/usr/lib/systemd/systemd-executor"] = Guardd,
        ["/usr/lib/guard/guardd"] = Guardd,
        ["/usr/sbin/sshd"] = Ssh,
        ["/usr/lib/openssh/sshd-session"] = Ssh,
        ["/usr/lib/openssh/sshd-auth"] = Ssh,
        ["/usr/sbin/agetty"] = Getty,
        ["/usr/bin/login"] = Getty,
        ["/usr/sbin/sulogin"] = Emergency,
        ["/usr/bin/bash"] = Emergency,
        ["/usr/bin/dash"] = Emergency,
    };

    /// <summary>They go on in the session that they have opened.</summary>
    private static readonly string[] OpenSessions =
        ["/usr/sbin/sshd", "/usr/lib/openssh/sshd-session", "/usr/bin/login", "/usr/bin/sudo", "/usr/bin/su"];

    private readonly Dictionary<(string Image, string Parent, bool IsMapped), ImmutableArray<Circumstances>> _known = [];

    private readonly Dictionary<string, byte[]> _texts = new(StringComparer.Ordinal);

    /// <summary>All that are plausible.</summary>
    public ImmutableArray<Circumstances> Of(SurvivalRequest request)
    {
        var isMapped = request.Category == RuleCategory.MappedProgram;
        var key = (Text(request.Image), Text(request.Parent), isMapped);
        if (!_known.TryGetValue(key, out var known))
        {
            known = [.. isMapped ? Mapped(key.Item1, key.Item2) : Run(key.Item1, key.Item2, Text(request.Invoked))];
            _known.Add(key, known);
        }

        return known;
    }

    private IEnumerable<Circumstances> Run(string image, string parent, string invoked)
        => from command in Commands.GetValueOrDefault(image, [invoked]).Select(Bytes).ToArray()
           from place in PlacesOf(image, parent)
           select new Circumstances(command, Bytes(place.Directory), Bytes(place.ParentCommand), place.Login, Bytes(place.Cgroup));

    /// <summary>What is mapped and not run has neither arguments nor a directory.</summary>
    private IEnumerable<Circumstances> Mapped(string image, string parent)
        => PlacesOf(image, parent).Select(place => new Circumstances(
            null, null, Bytes(place.ParentCommand), place.Login, Bytes(place.Cgroup)));

    private static IEnumerable<Place> PlacesOf(string image, string parent) => parent switch
    {
        "/usr/lib/systemd/systemd" => OfInit(image),
        "/usr/sbin/sshd" =>
        [
            new("/", "/usr/sbin/sshd -D", Nobody, Ssh),
            // So does it call itself where it ran before Guard did.
            new("/", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", Nobody, Ssh),
            new("/root", "/usr/sbin/sshd -D -R", 0, Session),
            // Without pam_systemd.
            new("/root", "/usr/sbin/sshd -D -R", 0, Ssh),
        ],
        _ => OfShell(Commands.GetValueOrDefault(parent, [parent])),
    };

    private static IEnumerable<Place> OfInit(string image)
    {
        var unit = Units.GetValueOrDefault(image, "/init.scope");
        foreach (var init in Commands["/usr/lib/systemd/systemd"])
        {
            yield return new Place("/", init, Nobody, unit);
        }

        if (OpenSessions.Contains(image, StringComparer.Ordinal))
        {
            yield return new Place("/", "/sbin/init", 0, Session);
        }

        if (image is "/usr/bin/sudo" or "/usr/bin/su")
        {
            yield return new Place("/", "-bash", Administrator, AdministratorSession);
        }
    }

    private static IEnumerable<Place> OfShell(string[] commands)
    {
        (uint Login, string Cgroup)[] places =
            [(0, Session), (Administrator, AdministratorSession), (0, Getty), (Nobody, Emergency)];
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
