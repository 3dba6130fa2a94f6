using System.Collections.Immutable;
using System.Net;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>
/// Exactly what a hook knows when it decides. For an exec, Image and Invoked are the new program's, and the parent is
/// the process that calls execve; for anything else, Image and Invoked are the process's own.
/// </summary>
/// <param name="Category">What is decided.</param>
public sealed record DecisionRequest(RuleCategory Category)
{
    /// <summary>Resolved path of the program.</summary>
    public RequestText Image { get; init; }

    /// <summary>The name by which the program was called.</summary>
    public RequestText Invoked { get; init; }

    /// <summary>The program's arguments, joined by one space.</summary>
    public RequestText CommandLine { get; init; }

    /// <summary>The directory that the process is in; read for an exec only.</summary>
    public RequestText CurrentDirectory { get; init; }

    /// <summary>Resolved path of the parent's program.</summary>
    public RequestText ParentImage { get; init; }

    /// <summary>The name by which the parent's program was called.</summary>
    public RequestText ParentInvoked { get; init; }

    /// <summary>The arguments of the parent's program.</summary>
    public RequestText ParentCommandLine { get; init; }

    /// <summary>The programs above the parent, nearest first.</summary>
    public ImmutableArray<RequestProgram> Ancestors { get; init; } = [];

    /// <summary>False when there are ancestors that are not known.</summary>
    public bool AncestorsKnown { get; init; } = true;

    /// <summary>The file that is acted on, also the one that is mapped; not read for an exec, nor for an operation without one.</summary>
    public RequestText Target { get; init; }

    /// <summary>What file that is, whatever its name.</summary>
    public FileKey? TargetFile { get; init; }

    /// <summary>Whether that is a directory that is renamed; read for file_access only.</summary>
    public bool RenamesDirectory { get; init; }

    /// <summary>
    /// The other name of the file that is acted on, mapped or executed: below the mount of its whole file system, where it was
    /// reached through another mount. Not empty. Null: it has none; absent: it has one that is not known.
    /// </summary>
    public RequestText? OtherName { get; init; }

    /// <summary>What file the program is executed from.</summary>
    public FileKey? ImageFile { get; init; }

    /// <summary>What file the parent's program was executed from.</summary>
    public FileKey? ParentFile { get; init; }

    /// <summary>Effective uid.</summary>
    public uint Uid { get; init; }

    /// <summary>Login uid; 4294967295 where nobody logged in.</summary>
    public uint LogonId { get; init; } = uint.MaxValue;

    /// <summary>Effective gid; null where it is not known.</summary>
    public uint? Group { get; init; }

    /// <summary>Mount namespace: 0 for the host's, else its inode number; null where it is not known.</summary>
    public uint? MountNamespace { get; init; }

    /// <summary>Path of the process's cgroup, from the root of the hierarchy.</summary>
    public RequestText Cgroup { get; init; }

    /// <summary>Kinds of access of an open; read for nothing else.</summary>
    public AccessKinds Access { get; init; }

    /// <summary>Properties of the program; read for an exec only.</summary>
    public ImageProperties Properties { get; init; }

    /// <summary>The operation on a socket; read for nothing else.</summary>
    public RequestSocket Socket { get; init; }

    /// <summary>Which operation, and in what way, as <see cref="OperationNumbers"/> makes it; read for an operation only.</summary>
    public uint SystemOperation { get; init; }

    /// <summary>Name of the file system; read for an operation that has one.</summary>
    public RequestText Object { get; init; }

    /// <summary>Program of the process that is acted on; read for an operation that has one.</summary>
    public RequestText TargetImage { get; init; }

    /// <summary>What file that is, whatever its name.</summary>
    public FileKey? TargetImageFile { get; init; }

    /// <summary>The effective uid, or gid, that is to be; read for an operation that has one.</summary>
    public uint NewId { get; init; }

    /// <summary>
    /// SHA-256 of the file that is executed or mapped, as 64 hexadecimal digits in lower case: whole, or not known. Read for
    /// those alone.
    /// </summary>
    public RequestText Digest { get; init; }
}

/// <summary>An operation on a socket of IPv4 or IPv6, or that a raw or packet socket is made.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Protocol">IPPROTO_*.</param>
/// <param name="Address">
/// The destination of a connection or a send, the address of this host of a bind or listen; null: not known, or none. IPv4 in its mapped
/// form is IPv4.
/// </param>
/// <param name="Port">Its port; means nothing where the address is not known.</param>
public readonly record struct RequestSocket(NetworkOperation Operation, ushort Protocol, IPAddress? Address, ushort Port)
{
    /// <summary>AF_*, of a socket that is made; elsewhere the address says it.</summary>
    public ushort Family { get; init; }

    /// <summary>Whether the operation has an address, known or not.</summary>
    public bool HasAddress => Operation != NetworkOperation.Raw;

    /// <summary>Whether somebody else is addressed; then this host's own address is not known yet.</summary>
    public bool IsOutgoing => Operation is NetworkOperation.Connect or NetworkOperation.Send;
}

/// <summary>A program by its texts.</summary>
/// <param name="Image">Resolved path.</param>
/// <param name="Invoked">The name by which it was called.</param>
/// <param name="CommandLine">Its arguments, joined by one space.</param>
public readonly record struct RequestProgram(RequestText Image, RequestText Invoked, RequestText CommandLine)
{
    /// <summary>What file it was executed from.</summary>
    public FileKey? File { get; init; }
}
