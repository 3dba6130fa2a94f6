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
/// Incomplete fields. A text that is not complete makes its field incomplete: Image, ImageInvoked, ParentImage (for
/// either text of the parent), TargetFilename (opens only).
/// </item>
/// <item>
/// Exec: text IMAGE over Image in role IMAGE, then over Invoked in role INVOKED. (The kernel walks in the roles of a
/// parent at the same time, for the new program's children; those atoms are no part of this decision.)
/// Open: the same walks, but into a list of GUARD_SUBJECT_ATOMS_MAX without repetition, as it was kept at the exec;
/// when an atom finds no room, the walk over that text ends and Image and ImageInvoked are incomplete. Then the
/// atoms of the list hold, in its order.
/// </item>
/// <item>
/// The parent: text IMAGE over ParentImage in role PARENT, then over ParentInvoked in role PARENT_INVOKED, into such
/// a list; no room makes ParentImage incomplete. Then the atoms of the list hold.
/// </item>
/// <item>Open: text TARGET in role TARGET.</item>
/// <item>The list of the uid, then, for an open, the lists of the kinds of access from bit 0 on.</item>
/// <item>
/// Rules: for each atom in the order in which it began to hold, its triggers of the category; then the always list;
/// then, when a field is incomplete, the unknown list. A rule may be evaluated several times. (So an open for which
/// nothing holds is allowed at once when there is no always list and either nothing is incomplete or there is no
/// unknown list.)
/// </item>
/// </list>
/// <para>
/// A walk: automaton 2t, then 2t+1, each with its sequences cleared: start list, per byte the list of the row that the
/// byte leads to, at the end the end list of the last row. It starts at the anchored row for a complete text and at
/// the floating row for a text whose front is missing; absent texts are not walked.
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
