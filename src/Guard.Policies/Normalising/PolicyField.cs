using Guard.Policies.Image;

namespace Guard.Policies.Normalising;

/// <summary>Fields that the kernel knows; numbers are GUARD_FIELD_* of bpf/lsm/abi.h.</summary>
public enum PolicyField
{
    /// <summary>Path of the program, resolved; in positive positions also as it was called.</summary>
    Image = 0,

    /// <summary>The name by which the program was called.</summary>
    ImageInvoked = 1,

    /// <summary>Path of the program that forked this process.</summary>
    ParentImage = 2,

    /// <summary>Effective uid, also under its account name (User, Uid).</summary>
    User = 3,

    /// <summary>Path of the file that is acted on.</summary>
    TargetFilename = 4,

    /// <summary>Kind of access to a file.</summary>
    Access = 5,

    /// <summary>The program's arguments, the first included, joined by one space.</summary>
    CommandLine = 6,

    /// <summary>The same of the program that forked this process.</summary>
    ParentCommandLine = 7,

    /// <summary>Path of the directory that the process is in.</summary>
    CurrentDirectory = 8,

    /// <summary>The login uid; 4294967295 where nobody logged in.</summary>
    LogonId = 9,

    /// <summary>Path of the program of the parent, or of its parent, and so on.</summary>
    AncestorImage = 10,

    /// <summary>Arguments of the program of the parent, or of its parent, and so on.</summary>
    AncestorCommandLine = 11,

    /// <summary>Path of the file that is mapped for execution.</summary>
    ImageLoaded = 12,

    /// <summary>Path of the program that the process acted on runs.</summary>
    TargetImage = 13,

    /// <summary>Name of the file system that is mounted.</summary>
    FilesystemType = 14,

    /// <summary>Any field of an event; offline only.</summary>
    Event = 15,

    /// <summary>The address that is connected or sent to.</summary>
    DestinationIp = 16,

    /// <summary>Its port.</summary>
    DestinationPort = 17,

    /// <summary>The address of this host that is bound or listened on.</summary>
    SourceIp = 18,

    /// <summary>Its port; 0 where the kernel has yet to pick one.</summary>
    SourcePort = 19,

    /// <summary>IPPROTO_* of the socket.</summary>
    Protocol = 20,

    /// <summary>AF_INET or AF_INET6: what the address is decided as.</summary>
    AddressFamily = 21,

    /// <summary>What is done with a socket: Operation, Initiated.</summary>
    Operation = 22,

    /// <summary>Path of the process's cgroup; also under the names that are read out of it (SystemdUnit, ContainerId).</summary>
    CgroupPath = 23,

    /// <summary>Effective gid, also under its name (Group, Gid).</summary>
    Group = 24,

    /// <summary>The process's mount namespace: 0 for the host's, else its inode number.</summary>
    MountNamespace = 25,

    /// <summary>
    /// Which operation, and in what way: what the log source says, and the fields MountAction, BpfCommand, Signal,
    /// GrantedAccess and LoadedFrom.
    /// </summary>
    SystemOperation = 26,

    /// <summary>The effective uid that a process gives itself.</summary>
    NewUid = 27,

    /// <summary>SHA-256 of the file that is executed or mapped for execution: Hashes, sha256.</summary>
    Digest = 28,

    /// <summary>The effective gid that a process gives itself.</summary>
    NewGid = 29,

    /// <summary>What is known of the file of an exec besides its name, and of how it is run.</summary>
    ImageProperties = 30,
}

/// <summary>What a rule decides; numbers are GUARD_CATEGORY_* of bpf/lsm/abi.h.</summary>
public enum RuleCategory
{
    /// <summary>Log source <c>process_creation</c>: an exec.</summary>
    ProcessCreation = 0,

    /// <summary>
    /// Log source <c>file_access</c>: any operation on a file. Also <c>file_event</c>, <c>file_delete</c>,
    /// <c>file_rename</c> and <c>file_change</c>: some of them.
    /// </summary>
    FileAccess = 1,

    /// <summary>Log source <c>network_connection</c>: a connection, a send to an address, a bind, a listen.</summary>
    NetworkConnection = 2,

    /// <summary>Any log source, decided offline over events.</summary>
    Event = 3,

    /// <summary>Log source <c>image_load</c>: a file is mapped for execution, but not the program of an exec by the kernel.</summary>
    ImageLoad = 4,

    /// <summary>
    /// What rules of <see cref="ProcessCreation"/> say of a program that is mapped for execution and not run; see
    /// <see cref="MappedPrograms"/>. No rule has it as its own.
    /// </summary>
    MappedProgram = 6,

    /// <summary>Log sources <c>driver_load</c>, <c>mount</c>, <c>process_access</c> and their like: <see cref="OperationKind"/>.</summary>
    Operation = 5,
}

/// <summary>What a matching rule does; numbers are GUARD_ACTION_* of bpf/lsm/abi.h.</summary>
public enum RuleAction
{
    /// <summary>Allow and record.</summary>
    Audit = 1,

    /// <summary>Refuse with EPERM and record.</summary>
    Block = 2,
}

/// <summary>What a rule does when a field that it needs is not known completely.</summary>
public enum OnUnknown
{
    /// <summary>As if the rule did not match.</summary>
    Allow = 0,

    /// <summary>As if the rule matched.</summary>
    Deny = 1,
}

/// <summary>Sigma's level.</summary>
public enum RuleLevel
{
    /// <summary>informational</summary>
    Informational = 0,

    /// <summary>low</summary>
    Low = 1,

    /// <summary>medium</summary>
    Medium = 2,

    /// <summary>high</summary>
    High = 3,

    /// <summary>critical</summary>
    Critical = 4,
}

/// <summary>Whose text a pattern reads; bits are GUARD_ROLE_* of bpf/lsm/abi.h.</summary>
[Flags]
public enum TextRoles
{
    /// <summary>No text sets this atom.</summary>
    None = 0,

    /// <summary>The program itself, resolved path.</summary>
    Image = 1,

    /// <summary>The program itself, as it was called.</summary>
    Invoked = 2,

    /// <summary>The parent, resolved path.</summary>
    Parent = 4,

    /// <summary>The parent, as it was called.</summary>
    ParentInvoked = 8,

    /// <summary>The file that is acted on.</summary>
    Target = 16,

    /// <summary>The program's own arguments.</summary>
    Command = 32,

    /// <summary>The parent's arguments.</summary>
    ParentCommand = 64,

    /// <summary>The directory that the process is in.</summary>
    Directory = 128,

    /// <summary>Any ancestor, resolved path.</summary>
    Ancestor = 256,

    /// <summary>Any ancestor, as it was called.</summary>
    AncestorInvoked = 512,

    /// <summary>Any ancestor's arguments.</summary>
    AncestorCommand = 1024,

    /// <summary>
    /// Reads no text: the files that a TargetFilename item of a positive position names are meant under every name.
    /// (That an item over a program is of one is told by its Invoked roles.)
    /// </summary>
    Named = 2048,

    /// <summary>The file that is mapped for execution.</summary>
    Loaded = 4096,

    /// <summary>The cgroup that the process is in.</summary>
    Cgroup = 8192,

    /// <summary>
    /// What else an operation is about; of <see cref="PolicyField.Digest"/>, the digest; of
    /// <see cref="PolicyField.TargetFilename"/>, the directory that is renamed, for what is below it (see
    /// <see cref="RenamedDirectories"/>).
    /// </summary>
    Object = 16384,

    /// <summary>The program of the process that is acted on, resolved path.</summary>
    TargetImage = 32768,
}

/// <summary>Kinds of access to a file; bit positions are GUARD_ACCESS_* of bpf/lsm/abi.h.</summary>
[Flags]
public enum AccessKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Opened for reading.</summary>
    Read = 1 << 0,

    /// <summary>Opened for writing, or cut by truncate(2).</summary>
    Write = 1 << 1,

    /// <summary>Opened for appending (also Write).</summary>
    Append = 1 << 2,

    /// <summary>The file, directory or link is created, or another file gets this name.</summary>
    Create = 1 << 3,

    /// <summary>The open cut the file to nothing, or truncate(2) cut or extended it.</summary>
    Truncate = 1 << 4,

    /// <summary>Opened by the kernel to run it; then no other kind is set.</summary>
    Exec = 1 << 5,

    /// <summary>The name is taken away: by unlink or rmdir, or because another file is renamed over it.</summary>
    Delete = 1 << 6,

    /// <summary>The file gets another name.</summary>
    Rename = 1 << 7,

    /// <summary>The file gets one name more, a hard link.</summary>
    Link = 1 << 8,

    /// <summary>Its mode is changed, or its access ACL, which is a mode with more to it (then also Xattr).</summary>
    Chmod = 1 << 9,

    /// <summary>Its owner or group is changed.</summary>
    Chown = 1 << 10,

    /// <summary>An extended attribute or an ACL of it is set or removed.</summary>
    Xattr = 1 << 11,

    /// <summary>Its times are set.</summary>
    Times = 1 << 12,

    /// <summary>Mapped for execution; stands in records, and in no rule.</summary>
    Map = 1 << 13,

    /// <summary>
    /// The file, which is no directory, gets a mode with set-user-ID or set-group-ID: with Chmod, or with Create when it is
    /// made so.
    /// </summary>
    Setid = 1 << 14,

    /// <summary>It gets a mode by which somebody may execute it, or an access ACL, which may say that: likewise.</summary>
    Executable = 1 << 15,
}

/// <summary>What is done with a socket; numbers are GUARD_NETWORK_* of bpf/lsm/abi.h.</summary>
[KernelConstants("GUARD_NETWORK_")]
public enum NetworkOperation
{
    /// <summary>A connection, or the choice of whom a socket without connections talks to.</summary>
    Connect = 0,

    /// <summary>A message to an address that the call names.</summary>
    Send = 1,

    /// <summary>An address of this host is given to a socket.</summary>
    Bind = 2,

    /// <summary>A socket begins to take connections.</summary>
    Listen = 3,

    /// <summary>A socket is made whose owner writes the headers of what he sends: a raw or packet socket.</summary>
    Raw = 4,
}
