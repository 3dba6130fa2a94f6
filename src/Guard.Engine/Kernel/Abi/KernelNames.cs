using System.Collections.Frozen;
using System.Globalization;

namespace Guard.Engine.Kernel.Abi;

/// <summary>
/// What the numbers of bpf/lsm/abi.h are called in records, status and metrics. These texts are an API: never renamed.
/// A test reads the header and finds a text here for every number there.
/// </summary>
internal static class KernelNames
{
    /// <summary>GUARD_HOOK_FILE_RECEIVE: a descriptor comes from another process.</summary>
    public const int FileReceiveHook = 13;

    private static readonly FrozenDictionary<int, string> Hooks = new Dictionary<int, string>
    {
        [0] = "bprm_check_security", // GUARD_HOOK_EXEC
        [1] = "file_open", // GUARD_HOOK_FILE_OPEN
        [2] = "task_alloc", // GUARD_HOOK_TASK_ALLOC
        [3] = "bprm_committed_creds", // GUARD_HOOK_EXEC_COMMITTED
        [4] = "sched_process_exit", // GUARD_HOOK_EXIT
        [8] = "socket_connect", // GUARD_HOOK_CONNECT
        [9] = "socket_sendmsg", // GUARD_HOOK_SENDMSG
        [10] = "socket_bind", // GUARD_HOOK_BIND
        [11] = "socket_listen", // GUARD_HOOK_LISTEN
        [12] = "socket_create", // GUARD_HOOK_SOCKET_CREATE
        [13] = "file_receive", // GUARD_HOOK_FILE_RECEIVE
        [16] = "path_unlink", // GUARD_HOOK_UNLINK
        [17] = "path_rmdir", // GUARD_HOOK_RMDIR
        [18] = "path_rename", // GUARD_HOOK_RENAME
        [19] = "path_link", // GUARD_HOOK_LINK
        [20] = "path_symlink", // GUARD_HOOK_SYMLINK
        [21] = "path_mkdir", // GUARD_HOOK_MKDIR
        [22] = "path_mknod", // GUARD_HOOK_MKNOD
        [23] = "path_truncate", // GUARD_HOOK_TRUNCATE
        [47] = "file_truncate", // GUARD_HOOK_FILE_TRUNCATE
        [24] = "path_chmod", // GUARD_HOOK_CHMOD
        [25] = "path_chown", // GUARD_HOOK_CHOWN
        [26] = "mmap_file", // GUARD_HOOK_MMAP
        [27] = "file_mprotect", // GUARD_HOOK_MPROTECT
        [28] = "inode_unlink", // GUARD_HOOK_INODE_UNLINK
        [29] = "inode_rename", // GUARD_HOOK_INODE_RENAME
        [30] = "inode_link", // GUARD_HOOK_INODE_LINK
        [31] = "inode_setattr", // GUARD_HOOK_INODE_SETATTR
        [48] = "inode_setxattr", // GUARD_HOOK_SETXATTR
        [49] = "inode_removexattr", // GUARD_HOOK_REMOVEXATTR
        [50] = "inode_set_acl", // GUARD_HOOK_SET_ACL
        [51] = "inode_remove_acl", // GUARD_HOOK_REMOVE_ACL
        [32] = "kernel_read_file", // GUARD_HOOK_READ_FILE
        [33] = "kernel_load_data", // GUARD_HOOK_LOAD_DATA
        [34] = "sb_mount", // GUARD_HOOK_MOUNT
        [35] = "move_mount", // GUARD_HOOK_MOVE_MOUNT
        [36] = "sb_umount", // GUARD_HOOK_UMOUNT
        [37] = "sb_pivotroot", // GUARD_HOOK_PIVOT_ROOT
        [38] = "bpf", // GUARD_HOOK_BPF
        [39] = "userns_create", // GUARD_HOOK_USER_NAMESPACE
        [40] = "ptrace_access_check", // GUARD_HOOK_PTRACE
        [41] = "ptrace_traceme", // GUARD_HOOK_TRACEME
        [42] = "task_kill", // GUARD_HOOK_SIGNAL
        [43] = "task_fix_setuid", // GUARD_HOOK_SETUID
        [44] = "task_fix_setgid", // GUARD_HOOK_SETGID
        [45] = "task_fix_setgroups", // GUARD_HOOK_SETGROUPS
        [46] = "capable", // GUARD_HOOK_CAPABLE
        [52] = "file_fcntl", // GUARD_HOOK_FCNTL
        [53] = "file_ioctl", // GUARD_HOOK_IOCTL
        [54] = "sb_remount", // GUARD_HOOK_REMOUNT
        [55] = "exec_traced", // GUARD_HOOK_EXEC_TRACED
        [56] = "mounted_over", // GUARD_HOOK_MOUNTED_OVER
        [57] = "moved_over", // GUARD_HOOK_MOVED_OVER
    }.ToFrozenDictionary();

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

    /// <summary>The hooks that have a name; other numbers are reserved.</summary>
    public static IEnumerable<int> NamedHooks => Hooks.Keys.Order();

    /// <summary>How many reasons have a name; those above are reserved.</summary>
    public static int ReasonCount => Reasons.Length;

    /// <summary>Name of the kernel's hook.</summary>
    public static string Hook(int hook) => Hooks.GetValueOrDefault(hook) ?? Number(hook);

    /// <summary>Why the engine failed.</summary>
    public static string Reason(int reason) => Of(Reasons, reason);

    /// <summary>allow, audit, block or kill.</summary>
    public static string Verdict(int verdict) => Of(Verdicts, verdict);

    /// <summary>decisions or observed.</summary>
    public static string Ring(int ring) => Of(Rings, ring);

    private static string Of(string[] names, int number) =>
        (uint)number < (uint)names.Length
            ? names[number]
            : Number(number);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
