namespace Guard.Policies.Checking;

/// <summary>Programs of the survival set by their resolved paths, on a merged-usr Debian.</summary>
internal static class SurvivalPrograms
{
    public const string Systemd = "/usr/lib/systemd/systemd";
    public const string Executor = "/usr/lib/systemd/systemd-executor";
    public const string Sshd = "/usr/sbin/sshd";
    public const string SshSession = "/usr/lib/openssh/sshd-session";
    public const string SshAuthentication = "/usr/lib/openssh/sshd-auth";
    public const string Agetty = "/usr/sbin/agetty";
    public const string Sulogin = "/usr/sbin/sulogin";
    public const string Login = "/usr/bin/login";
    public const string Sudo = "/usr/bin/sudo";
    public const string Su = "/usr/bin/su";
    public const string Password = "/usr/sbin/unix_chkpwd";
    public const string Dash = "/usr/bin/dash";
    public const string Bash = "/usr/bin/bash";
    public const string Mount = "/usr/bin/mount";
    public const string Perl = "/usr/bin/perl";
    public const string Apt = "/usr/bin/apt";
    public const string AptGet = "/usr/bin/apt-get";
    public const string Dpkg = "/usr/bin/dpkg";
    public const string DpkgDeb = "/usr/bin/dpkg-deb";
    public const string Tar = "/usr/bin/tar";
    public const string PostInstallation = "/var/lib/dpkg/info/guard.postinst";
    public const string Guardd = "/usr/lib/guard/guardd";
    public const string Guardctl = "/usr/lib/guard/guardctl";
}
