namespace Guard.Engine.Kernel.Abi;

/// <summary>
/// What the numbers of bpf/lsm/abi.h are called in records, status and metrics. These texts are an API: never renamed.
/// A test reads the header and finds a text here for every number there.
/// </summary>
internal static class KernelNames
{
    private static readonly string[] Hooks =
    [
        "bprm_check_security", // GUARD_HOOK_EXEC
        "file_open", // GUARD_HOOK_FILE_OPEN
        "task_alloc", // GUARD_HOOK_TASK_ALLOC
        "bprm_committed_creds", // GUARD_HOOK_EXEC_COMMITTED
        "sched_process_exit", // GUARD_HOOK_EXIT
    ];

    private static readonly string[] Reasons =
    [
        "none", // GUARD_REASON_NONE
        "no_image", // GUARD_REASON_NO_IMAGE
        "no_scratch", // GUARD_REASON_NO_SCRATCH
        "no_subject", // GUARD_REASON_NO_SUBJECT
        "too_many_matches", // GUARD_REASON_TOO_MANY_MATCHES
        "too_many_rules", // GUARD_REASON_TOO_MANY_RULES
        "bad_image", // GUARD_REASON_BAD_IMAGE
        "subject_overflow", // GUARD_REASON_SUBJECT_OVERFLOW
        "inherit", // GUARD_REASON_INHERIT
        "not_killed", // GUARD_REASON_NOT_KILLED
        "script_unread", // GUARD_REASON_SCRIPT_UNREAD
    ];

    private static readonly string[] Verdicts = ["allow", "audit", "block", "kill"];

    private static readonly string[] Rings = ["decisions", "observed"];

    /// <summary>How many hooks have a name; those above are reserved.</summary>
    public static int HookCount => Hooks.Length;

    /// <summary>How many reasons have a name; those above are reserved.</summary>
    public static int ReasonCount => Reasons.Length;

    /// <summary>Name of the kernel's hook.</summary>
    public static string Hook(int hook) => Of(Hooks, hook);

    /// <summary>Why the engine failed.</summary>
    public static string Reason(int reason) => Of(Reasons, reason);

    /// <summary>allow, audit, block or kill.</summary>
    public static string Verdict(int verdict) => Of(Verdicts, verdict);

    /// <summary>decisions or observed.</summary>
    public static string Ring(int ring) => Of(Rings, ring);

    private static string Of(string[] names, int number) =>
        (uint)number < (uint)names.Length
            ? names[number]
            : number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
