using System.Globalization;
using Guard.Engine.Events;
using Guard.Policies.Normalising;

namespace Guard.Engine.Enrichment;

/// <summary>The words for errors, kinds of access, properties of programs and flags in records; those for the ABI's numbers are in KernelNames. They are an API: never renamed.</summary>
internal static class EventNames
{
    private static readonly (AccessKinds Kind, string Name)[] Accesses =
    [
        (AccessKinds.Read, "read"),
        (AccessKinds.Write, "write"),
        (AccessKinds.Append, "append"),
        (AccessKinds.Create, "create"),
        (AccessKinds.Truncate, "truncate"),
        (AccessKinds.Exec, "exec"),
        (AccessKinds.Delete, "delete"),
        (AccessKinds.Rename, "rename"),
        (AccessKinds.Link, "link"),
        (AccessKinds.Chmod, "chmod"),
        (AccessKinds.Chown, "chown"),
        (AccessKinds.Xattr, "xattr"),
        (AccessKinds.Times, "times"),
        (AccessKinds.Setid, "setid"),
        (AccessKinds.Executable, "executable"),
        (AccessKinds.Map, "map"),
    ];

    private static readonly (ImageProperties Property, string Name)[] ImagePropertyNames =
    [
        (ImageProperties.Memfd, "memfd"),
        (ImageProperties.Unlinked, "unlinked"),
        (ImageProperties.Setuid, "setuid"),
        (ImageProperties.Setgid, "setgid"),
        (ImageProperties.Script, "script"),
        (ImageProperties.Interpreter, "interpreter"),
    ];

    private static readonly (GuardEventFlags Flag, string Name)[] EventFlags =
    [
        (GuardEventFlags.PathTruncated, "path_truncated"),
        (GuardEventFlags.PathUnresolved, "path_unresolved"),
        (GuardEventFlags.Unknown, "unknown"),
        (GuardEventFlags.ArgsTruncated, "args_truncated"),
        (GuardEventFlags.ArgsUnreadable, "args_unreadable"),
        (GuardEventFlags.Unlinked, "unlinked"),
        (GuardEventFlags.Internal, "internal"),
        (GuardEventFlags.MoreRules, "more_rules"),
        (GuardEventFlags.AddressUnknown, "address_unknown"),
        (GuardEventFlags.CgroupUnknown, "cgroup_unknown"),
        (GuardEventFlags.DigestUnknown, "digest_unknown"),
    ];

    /// <summary>The symbol of a negative errno; null for 0.</summary>
    public static string? Errno(int error) => error switch
    {
        >= 0 => null,
        -1 => "EPERM",
        -2 => "ENOENT",
        -5 => "EIO",
        -11 => "EAGAIN",
        -12 => "ENOMEM",
        -13 => "EACCES",
        -14 => "EFAULT",
        -22 => "EINVAL",
        -36 => "ENAMETOOLONG",
        _ => Number("errno", -error),
    };

    /// <summary>Kinds of access, or null for none.</summary>
    public static IReadOnlyList<string>? Access(AccessKinds kinds) =>
        kinds == AccessKinds.None ? null : [.. Accesses.Where(a => kinds.HasFlag(a.Kind)).Select(a => a.Name)];

    /// <summary>Properties of a program, or null for none.</summary>
    public static IReadOnlyList<string>? Properties(ImageProperties properties) =>
        properties == ImageProperties.None ? null : [.. ImagePropertyNames.Where(p => properties.HasFlag(p.Property)).Select(p => p.Name)];

    /// <summary>Facts about an event; bits without a name get their number.</summary>
    public static List<string> Flags(GuardEventFlags flags)
    {
        List<string> names = [.. EventFlags.Where(f => flags.HasFlag(f.Flag)).Select(f => f.Name)];
        var rest = (uint)flags & ~EventFlags.Aggregate(0u, (known, f) => known | (uint)f.Flag);
        if (rest != 0)
        {
            names.Add("flags_0x" + rest.ToString("x", CultureInfo.InvariantCulture));
        }

        return names;
    }

    private static string Number(string what, int number) => string.Create(CultureInfo.InvariantCulture, $"{what}_{number}");
}
