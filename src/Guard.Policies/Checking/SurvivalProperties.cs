using System.Collections.Immutable;
using Guard.Policies.Normalising;
using static Guard.Policies.Checking.SurvivalPrograms;

namespace Guard.Policies.Checking;

/// <summary>
/// What kinds of files the programs of the survival set can be when they are run. What can be either is taken for both, so
/// that a rule that refuses one of them is found.
/// </summary>
internal static class SurvivalProperties
{
    /// <summary>Debian's own, all of them binaries unless they are named here.</summary>
    private static readonly Dictionary<string, ImmutableArray<ImageProperties>> Known = new(StringComparer.Ordinal)
    {
        // systemd runs it by a descriptor that it keeps: after an upgrade that file has no name.
        [Executor] = [ImageProperties.None, ImageProperties.Unlinked],
        // Not on every system: root needs neither bit.
        [Sudo] = [ImageProperties.Setuid, ImageProperties.None],
        [Su] = [ImageProperties.Setuid, ImageProperties.None],
        [Password] = [ImageProperties.Setgid, ImageProperties.Setuid, ImageProperties.None],
        // By themselves, and for scripts.
        [Dash] = [ImageProperties.None, ImageProperties.Interpreter],
        [Bash] = [ImageProperties.None, ImageProperties.Interpreter],
        [Perl] = [ImageProperties.None, ImageProperties.Interpreter],
        [PostInstallation] = [ImageProperties.Script],
        [Systemd] = Plain,
        [Guardd] = Plain,
        [Guardctl] = Plain,
        [Sshd] = Plain,
        [SshSession] = Plain,
        [Agetty] = Plain,
        [Sulogin] = Plain,
        [Login] = Plain,
        [Apt] = Plain,
        [AptGet] = Plain,
        [Dpkg] = Plain,
        [DpkgDeb] = Plain,
        [Tar] = Plain,
    };

    /// <summary>Nobody knows what the administrator has added; it has a name, or he could not have given it.</summary>
    private static readonly ImmutableArray<ImageProperties> Unknown =
    [
        ImageProperties.None, ImageProperties.Script, ImageProperties.Interpreter, ImageProperties.Setuid, ImageProperties.Setgid,
        ImageProperties.Setuid | ImageProperties.Setgid,
    ];

    private static ImmutableArray<ImageProperties> Plain => [ImageProperties.None];

    /// <summary>All that are plausible, each by itself.</summary>
    public static ImmutableArray<ImageProperties> Of(string image) => Known.GetValueOrDefault(image, Unknown);
}
