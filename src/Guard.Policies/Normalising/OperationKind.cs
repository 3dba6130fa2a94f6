using Guard.Policies.Image;

namespace Guard.Policies.Normalising;

/// <summary>
/// Operations that are neither on the name of a file nor on a socket, each with a log source of its own; numbers are
/// GUARD_OPERATION_* of bpf/lsm/abi.h.
/// </summary>
[KernelConstants("GUARD_OPERATION_")]
public enum OperationKind
{
    /// <summary><c>driver_load</c>: a kernel module is loaded.</summary>
    Module = 0,

    /// <summary><c>kexec_load</c>: another kernel is loaded.</summary>
    Kexec = 1,

    /// <summary><c>mount</c>: a place of the file tree changes what it shows.</summary>
    Mount = 2,

    /// <summary><c>bpf</c>: a command of bpf(2).</summary>
    Bpf = 3,

    /// <summary><c>namespace</c>: a user namespace is made.</summary>
    Namespace = 4,

    /// <summary><c>process_access</c>: the memory or the descriptors of another process.</summary>
    Access = 5,

    /// <summary><c>process_signal</c>: a signal to another process, or to itself.</summary>
    Signal = 6,

    /// <summary><c>process_credentials</c>: a process gives itself other uids or gids.</summary>
    Credentials = 7,

    /// <summary><c>capability_use</c>: a process uses a capability that it has.</summary>
    Capability = 8,
}

/// <summary>In what way a mount changes; numbers are GUARD_MOUNT_* of bpf/lsm/abi.h.</summary>
[KernelConstants("GUARD_MOUNT_")]
public enum MountAction
{
    /// <summary>A file system gets a place.</summary>
    New = 0,

    /// <summary>A part of the tree gets a second place.</summary>
    Bind = 1,

    /// <summary>A mount moves elsewhere.</summary>
    Move = 2,

    /// <summary>Its options change.</summary>
    Remount = 3,

    /// <summary>It is shared with other namespaces, or no longer.</summary>
    Propagation = 4,

    /// <summary>It goes.</summary>
    Umount = 5,

    /// <summary>It becomes the root.</summary>
    Pivot = 6,
}

/// <summary>What is asked of another process; numbers are GUARD_PROCESS_* of bpf/lsm/abi.h.</summary>
[KernelConstants("GUARD_PROCESS_")]
public enum ProcessAccess
{
    /// <summary>To read what <c>/proc</c> shows of it.</summary>
    Read = 0,

    /// <summary>To control it, or its memory and descriptors.</summary>
    Attach = 1,

    /// <summary>To be traced by it.</summary>
    Traceme = 2,
}

/// <summary>Which credentials a process gives itself; numbers are GUARD_CREDENTIALS_* of bpf/lsm/abi.h.</summary>
[KernelConstants("GUARD_CREDENTIALS_")]
public enum CredentialType
{
    /// <summary>Uids.</summary>
    User = 0,

    /// <summary>Gids.</summary>
    Group = 1,

    /// <summary>Supplementary groups.</summary>
    Groups = 2,
}
