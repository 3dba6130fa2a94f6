using System.Globalization;
using Guard.Engine.Events;
using Guard.Policies.Normalising;

namespace Guard.Engine.Enrichment;

/// <summary>The words for the kernel's numbers, as records and status use them. They are an API: never renamed.</summary>
internal static class KernelNames
{
    private static readonly (AccessKinds Kind, string Name)[] Accesses =
    [
        (AccessKinds.Read, "read"),
        (AccessKinds.Write, "write"),
        (AccessKinds.Append, "append"),
        (AccessKinds.Create, "create"),
        (AccessKinds.Truncate, "truncate"),
        (AccessKinds.Exec, "exec"),
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
    ];

    /// <summary>GUARD_HOOK_* as the name of the LSM hook.</summary>
    public static string Hook(int hook) => hook switch
    {
        0 => "bprm_check_security",
        1 => "file_open",
        2 => "task_alloc",
        3 => "bprm_committed_creds",
        4 => "sched_process_exit",
        _ => Number("hook", hook),
    };

    /// <summary>GUARD_REASON_* of an engine failure.</summary>
    public static string Reason(int reason) => reason switch
    {
        0 => "none",
        1 => "no_image",
        2 => "no_scratch",
        3 => "no_subject",
        4 => "too_many_matches",
        5 => "too_many_rules",
        6 => "bad_image",
        7 => "subject_overflow",
        8 => "inherit",
        _ => Number("reason", reason),
    };

    /// <summary>GUARD_VERDICT_*.</summary>
    public static string Verdict(int verdict) => verdict switch
    {
        0 => "allow",
        1 => "audit",
        2 => "block",
        _ => Number("verdict", verdict),
    };

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
