using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>
/// Executes the bytes of an image as bpf/lsm/decide.h does, step for step, so that decisions of both can be compared
/// bit for bit. What <c>policy test</c>, <c>explain</c> and back-tests run.
/// </summary>
/// <remarks>
/// <para>The order of a decision, which both executors keep:</para>
/// <list type="number">
/// <item>
/// An operation on a socket whose bit is not set in the header is allowed and nothing of what follows is done; a trace goes
/// through it all the same, to tell why no rule holds.
/// </item>
/// <item>
/// Incomplete fields: that of every text which is not complete. A parent counts as an ancestor too. CurrentDirectory is
/// read for an exec only, TargetFilename for an open and for an operation on a file, ImageLoaded for a mapping only,
/// FilesystemType and TargetImage for the operations that have one. An other name that is not known makes the field
/// of the file incomplete. For a mapped program the file
/// is Image, there is no ImageInvoked, and CommandLine and CurrentDirectory are incomplete. Of an operation on a socket,
/// SourceIp and SourcePort are incomplete when it has a destination, and what an address that is not known would say; each
/// only if a rule of the category speaks of it; and so is a digest that is not known.
/// </item>
/// <item>
/// A program is read as: text IMAGE over Image in the roles of a path, text IMAGE over Invoked in those of a name, text
/// COMMAND over CommandLine in those of arguments.
/// Of what is executed, and of every file that is acted on or mapped, the other name follows its names and its identity:
/// in role INVOKED for an exec and a mapped program, else in role NAMED.
/// Exec: the atoms with own roles that this finds hold. (Those in the roles of a parent or an ancestor are for the
/// program's children.) Then text DIRECTORY over CurrentDirectory.
/// Anything else: the same, but into a list of GUARD_SUBJECT_ATOMS_MAX without repetition, as it was kept at the exec; when an
/// atom finds no room, Image, ImageInvoked and CommandLine are incomplete. Then the atoms of the list hold.
/// Mapped program: text IMAGE over the file in role IMAGE alone.
/// After the directory of an exec and the file of a mapping: text DIGEST over the digest, if a rule of the category speaks
/// of it.
/// </item>
/// <item>
/// The parent is read so: atoms in the roles of a parent go into such a list, atoms in those of an ancestor into
/// another, to which every program above the parent adds its own, nearest first. No room makes ParentImage and
/// ParentCommandLine, or AncestorImage and AncestorCommandLine, incomplete. Then the atoms of the first list hold, then
/// those of the second.
/// </item>
/// <item>
/// Open, and operation on a file: text TARGET in role TARGET. Mapping: text IMAGE over the file in role LOADED. Operation
/// on a socket, when its address is known: the range of the family, that of the address, that of the port; of a raw socket
/// that of the family. Then, for an operation that has one, text OBJECT in role OBJECT, or text IMAGE over TargetImage in
/// role TARGET_IMAGE.
/// </item>
/// <item>
/// The range of the uid, that of the login uid, of the gid, of the mount namespace. Then the atoms of the cgroup: text
/// CGROUP in role CGROUP, into a list of GUARD_SUBJECT_ATOMS_MAX; no room makes CgroupPath incomplete. Then, for an open,
/// the lists of the kinds of access from bit 0 on, for an operation on a socket the range of the protocol and that of the
/// operation; for another operation its range, then that of the new uid if it has one.
/// </item>
/// <item>
/// Rules: for each atom in the order in which it began to hold, its triggers of the category; then the always list;
/// then, when a field is incomplete, the unknown list. A rule may be evaluated several times. (So an open for which
/// nothing holds is allowed at once when there is no always list and either nothing is incomplete or there is no
/// unknown list.)
/// </item>
/// </list>
/// <para>
/// A text is read in the order that <c>TextWalk</c> says, its sequences cleared for each automaton. Automata start at
/// the floating row for a text whose front is missing, and then its set is not read; the end lists of a text whose end
/// is missing are not read; absent texts are not read at all. More than GUARD_CANDIDATES_MAX confirmations of one text
/// are a failure, or, for what is kept with a process, make what is kept incomplete.
/// </para>
/// <para>
/// An atom that would be number GUARD_MATCHES_MAX + 1 holds in conditions but triggers nothing; an evaluation that would
/// be number GUARD_EVALUATIONS_MAX + 1 ends the rules. Either is a failure, and the first one is its reason: the
/// decision is void, unless a rule that blocks was found. That one stands, since its condition is true whatever else is.
/// </para>
/// <para>
/// A rule matches when its condition is true, or unknown and on_unknown is deny. A rule that is recorded already is
/// skipped. A rule whose action is greater than the verdict so far sets the verdict and the unknown flag and takes
/// the first place; what stood there takes its turn instead. Then the rule is appended if there are fewer than
/// GUARD_EVENT_RULES_MAX; otherwise it is dropped and MoreRules is set.
/// </para>
/// </remarks>
public sealed class ImageSimulator
{
    private readonly ImageView _image;

    /// <summary>Takes a compiled policy.</summary>
    /// <param name="image">From the compiler or from a file.</param>
    public ImageSimulator(PolicyImage image)
        : this(image?.Bytes ?? throw new ArgumentNullException(nameof(image)))
    {
    }

    /// <summary>Takes image bytes from anywhere.</summary>
    /// <param name="image">The image.</param>
    /// <exception cref="InvalidImageException">The bytes are no image.</exception>
    public ImageSimulator(ReadOnlyMemory<byte> image) => _image = ImageReader.Read(image);

    /// <summary>Decides one request. Safe to call from several threads.</summary>
    /// <param name="request">What a hook would know.</param>
    public Decision Decide(DecisionRequest request) => Trace(request).Decision;

    /// <summary>Decides one request and tells how.</summary>
    /// <param name="request">What a hook would know.</param>
    public DecisionTrace Trace(DecisionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new DecisionRun(_image, request).Run();
    }
}
