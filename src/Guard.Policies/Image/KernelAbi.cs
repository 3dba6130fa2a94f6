using Guard.Policies.Normalising;

namespace Guard.Policies.Image;

/// <summary>
/// The numbers of the policy image in bpf/lsm/abi.h, name by name (GUARD_OP_AND is <see cref="OpAnd"/>), proved equal
/// by Guard.Abi.Tests. What each one means is written there.
/// </summary>
[KernelConstants("GUARD_")]
public static class KernelAbi
{
    /// <summary>Version of the layout; an image of another one is refused.</summary>
    public const uint AbiVersion = 6;

    /// <summary>"GIMG": the first four bytes of an image.</summary>
    public const uint ImageMagic = 0x474d4947;

    /// <summary>Paths of executables.</summary>
    public const int TextImage = 0;

    /// <summary>The file that is acted on.</summary>
    public const int TextTarget = 1;

    /// <summary>Arguments.</summary>
    public const int TextCommand = 2;

    /// <summary>Directories that processes are in.</summary>
    public const int TextDirectory = 3;

    /// <summary>SHA-256 of a file that is executed or mapped for execution, as 64 digits in lower case.</summary>
    public const int TextDigest = 4;

    /// <summary>The cgroup that the process is in.</summary>
    public const int TextCgroup = 5;

    /// <summary>What else an operation is about.</summary>
    public const int TextObject = 6;

    /// <summary>Texts of the kernel; those of events come behind.</summary>
    public const int Texts = 8;

    /// <summary>Two per text of the kernel: 2t for literals, 2t+1 for what must be looked for always.</summary>
    public const int Automata = 2 * Texts;

    /// <summary>The program itself, resolved path.</summary>
    public const ushort RoleImage = 1;

    /// <summary>The program itself, as it was called.</summary>
    public const ushort RoleInvoked = 2;

    /// <summary>As the parent of another, resolved path.</summary>
    public const ushort RoleParent = 4;

    /// <summary>As the parent of another, as it was called.</summary>
    public const ushort RoleParentInvoked = 8;

    /// <summary>The file that is acted on.</summary>
    public const ushort RoleTarget = 16;

    /// <summary>The program's own arguments.</summary>
    public const ushort RoleCommand = 32;

    /// <summary>Those of a parent.</summary>
    public const ushort RoleParentCommand = 64;

    /// <summary>Where the process is.</summary>
    public const ushort RoleDirectory = 128;

    /// <summary>As an ancestor, resolved path.</summary>
    public const ushort RoleAncestor = 256;

    /// <summary>As an ancestor, as it was called.</summary>
    public const ushort RoleAncestorInvoked = 512;

    /// <summary>Those of an ancestor.</summary>
    public const ushort RoleAncestorCommand = 1024;

    /// <summary>No text is read in this role: the item means the files that it names, under every name.</summary>
    public const ushort RoleNamed = 2048;

    /// <summary>A file that is mapped for execution.</summary>
    public const ushort RoleLoaded = 4096;

    /// <summary>The cgroup that the process is in.</summary>
    public const ushort RoleCgroup = 8192;

    /// <summary>What else an operation is about.</summary>
    public const ushort RoleObject = 16384;

    /// <summary>The program of the process that is acted on, resolved path.</summary>
    public const ushort RoleTargetImage = 32768;

    /// <summary>What the path of a directory that is renamed is read as.</summary>
    public const ushort RolesOfRenamed = RoleTarget | RoleObject;

    /// <summary>What a resolved path is read as.</summary>
    public const ushort RolesOfPath = RoleImage | RoleParent | RoleAncestor;

    /// <summary>What an invoked name is read as.</summary>
    public const ushort RolesOfName = RoleInvoked | RoleParentInvoked | RoleAncestorInvoked;

    /// <summary>What arguments are read as.</summary>
    public const ushort RolesOfCommand = RoleCommand | RoleParentCommand | RoleAncestorCommand;

    /// <summary>Roles of a parent.</summary>
    public const ushort RolesOfParent = RoleParent | RoleParentInvoked | RoleParentCommand;

    /// <summary>Roles of an ancestor.</summary>
    public const ushort RolesOfAncestor = RoleAncestor | RoleAncestorInvoked | RoleAncestorCommand;

    /// <summary>Effective uids.</summary>
    public const int NumberUid = 0;

    /// <summary>Login uids.</summary>
    public const int NumberLogon = 1;

    /// <summary>What is done with a socket: <see cref="Guard.Policies.Normalising.NetworkOperation"/>.</summary>
    public const int NumberOperation = 2;

    /// <summary>Ports that are connected or sent to.</summary>
    public const int NumberDestinationPort = 3;

    /// <summary>Ports of this host.</summary>
    public const int NumberSourcePort = 4;

    /// <summary>IPPROTO_*.</summary>
    public const int NumberProtocol = 5;

    /// <summary>AF_INET and AF_INET6.</summary>
    public const int NumberFamily = 6;

    /// <summary>Effective gids.</summary>
    public const int NumberGroup = 7;

    /// <summary>Mount namespaces; 0 is the host's.</summary>
    public const int NumberMountNamespace = 8;

    /// <summary>Operations, and in what way.</summary>
    public const int NumberSystemOperation = 9;

    /// <summary>Effective uids that are to be.</summary>
    public const int NumberNewUid = 10;

    /// <summary>Effective gids that are to be.</summary>
    public const int NumberNewGid = 11;

    /// <summary>Room for kinds of numbers.</summary>
    public const int Numbers = 16;

    /// <summary>Addresses that are connected or sent to.</summary>
    public const int AddressDestination = 0;

    /// <summary>Addresses of this host.</summary>
    public const int AddressSource = 1;

    /// <summary>Kinds of addresses.</summary>
    public const int Addresses = 2;

    /// <summary>Room for fields in the set of those that are incomplete.</summary>
    public const int Fields = 32;

    /// <summary>Room for categories of rules.</summary>
    public const int Categories = 8;

    /// <summary>Room for operations.</summary>
    public const int Operations = 32;

    /// <summary>Position of the operation in its number; below is in what way.</summary>
    public const int OperationShift = 16;

    /// <summary>Operations that have a file.</summary>
    public const uint OperationsOnFiles =
        1u << (int)OperationKind.Module | 1u << (int)OperationKind.Kexec | 1u << (int)OperationKind.Mount;

    /// <summary>Operations that have a text of their own.</summary>
    public const uint OperationsOnObjects = 1u << (int)OperationKind.Mount;

    /// <summary>Operations that act on a process.</summary>
    public const uint OperationsOnProcesses = 1u << (int)OperationKind.Access | 1u << (int)OperationKind.Signal;

    /// <summary>Room for capabilities.</summary>
    public const int Capabilities = 64;

    /// <summary>Operations that set an uid or a gid.</summary>
    public const uint OperationsOnUids = 1u << (int)OperationKind.Credentials;

    /// <summary>Room for kinds of access.</summary>
    public const int Accesses = 16;

    /// <summary>Room for properties of a program.</summary>
    public const int Properties = 16;

    /// <summary>Operations on sockets.</summary>
    public const int Networks = 5;

    /// <summary>Every rule of the category is triggered by its target alone.</summary>
    public const uint DecidesTarget = 1;

    /// <summary>Every rule of the category is triggered by its target or the cgroup.</summary>
    public const uint DecidesPlace = 2;

    /// <summary>See GUARD_DECIDES_SUBJECT.</summary>
    public const uint DecidesSubject = 3;

    /// <summary>The row that a transition leads to has a list.</summary>
    public const uint TransitionOutput = 1;

    /// <summary>The row that a transition leads to has a list for the end of the text.</summary>
    public const uint TransitionEnd = 2;

    /// <summary>The pattern makes its atom hold.</summary>
    public const byte PatternSimple = 0;

    /// <summary>The pattern is one segment of a sequence.</summary>
    public const byte PatternSegment = 1;

    /// <summary>The pattern asks for an automaton to be run.</summary>
    public const byte PatternCandidate = 2;

    /// <summary>Push an atom.</summary>
    public const uint OpAtom = 1;

    /// <summary>Pop two, push their conjunction.</summary>
    public const uint OpAnd = 2;

    /// <summary>Pop two, push their disjunction.</summary>
    public const uint OpOr = 3;

    /// <summary>Replace the top by its opposite.</summary>
    public const uint OpNot = 4;

    /// <summary>Push true.</summary>
    public const uint OpTrue = 5;

    /// <summary>Push false.</summary>
    public const uint OpFalse = 6;

    /// <summary>Position of the operation's code.</summary>
    public const int OpShift = 28;

    /// <summary>Position of the field.</summary>
    public const int OpFieldShift = 22;

    /// <summary>The field, shifted down.</summary>
    public const uint OpFieldMask = 63;

    /// <summary>The atom.</summary>
    public const uint OpAtomMask = 0x3fffff;

    /// <summary>Room for hooks in the counters.</summary>
    public const int Hooks = 64;

    /// <summary>Room for reasons of failure in the counters.</summary>
    public const int Reasons = 16;

    /// <summary>Room for what came of asking for a digest.</summary>
    public const int Digests = 8;

    /// <summary>Ring buffers.</summary>
    public const int Rings = 2;

    /// <summary>A failure of the engine allows.</summary>
    public const uint FailureOpen = 0;

    /// <summary>A failure of the engine refuses.</summary>
    public const uint FailureClosed = 1;

    /// <summary>Flag of an image: its bundle says that a failure allows.</summary>
    public const uint ImageFailureOpen = 1;

    /// <summary>Flag of an image: its bundle says that a failure refuses.</summary>
    public const uint ImageFailureClosed = 2;
}
