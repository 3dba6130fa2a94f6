using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Checking;

/// <summary>One operation without which nobody can correct a policy any more.</summary>
internal sealed record SurvivalRequest(
    string Description, RuleCategory Category, byte[] Image, byte[] Invoked, byte[] Parent, byte[] Target, AccessKinds Access)
{
    /// <summary>Roles of an item in a positive position: it means the file under its other name, too.</summary>
    private const TextRoles OfFiles = TextRoles.Named | TextRoles.ParentInvoked | TextRoles.AncestorInvoked;

    private static readonly byte[] FirstProcess = Encoding.UTF8.GetBytes(SurvivalPrograms.Systemd);

    /// <summary>What is done with a socket; null for anything else.</summary>
    public RequestSocket? Socket { get; init; }

    /// <summary>The kernel can't hash what this maps.</summary>
    public bool HasNoDigest { get; init; }

    /// <summary>Who does it ran before Guard: nobody knows by which name it was called, nor with which arguments.</summary>
    public bool IsFromBefore { get; init; }

    /// <summary>Of an operation: which one, and in what way.</summary>
    public uint SystemOperation { get; init; }

    /// <summary>Of an operation: the program of the process that it acts on, or the file system.</summary>
    public byte[] Object { get; init; } = [];

    /// <summary>
    /// The texts of the roles, but for those that <see cref="Circumstances"/> has. The ancestors are the parent and the first process.
    /// </summary>
    public IEnumerable<byte[]> TextsOf(TextRoles roles)
    {
        (TextRoles Role, byte[] Text)[] texts =
        [
            (TextRoles.Image, Image),
            (TextRoles.Invoked, Invoked),
            (TextRoles.Parent, Parent),
            (TextRoles.ParentInvoked, Parent),
            (TextRoles.Target, Target),
            (TextRoles.Loaded, Target),
            (TextRoles.TargetImage, Object),
            (TextRoles.Object, Object),
            (TextRoles.Ancestor, Parent),
            (TextRoles.Ancestor, FirstProcess),
        ];
        var read = texts.Where(t => roles.HasFlag(t.Role)).Select(t => t.Text);
        return (roles & OfFiles) != 0 || roles == (TextRoles.Image | TextRoles.Invoked) ? read.SelectMany(MergedUsr.NamesOf) : read;
    }
}
