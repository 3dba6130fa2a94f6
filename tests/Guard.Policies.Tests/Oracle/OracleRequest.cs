using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Oracle;

/// <summary>What is asked, as literally as it gets. Texts that are incomplete are known up to what is given.</summary>
internal sealed record OracleRequest
{
    public RuleCategory Category { get; init; }

    public byte[] ImagePath { get; init; } = [];

    public byte[] InvokedPath { get; init; } = [];

    public byte[] ParentImage { get; init; } = [];

    public byte[] ParentInvoked { get; init; } = [];

    public byte[] Target { get; init; } = [];

    public uint Uid { get; init; }

    public AccessKinds Access { get; init; }

    /// <summary>Texts that are not known completely: an atom that does not hold over what is known is unknown.</summary>
    public TextRoles Incomplete { get; init; }

    public byte[] TextOf(TextRoles role) => role switch
    {
        TextRoles.Image => ImagePath,
        TextRoles.Invoked => InvokedPath,
        TextRoles.Parent => ParentImage,
        TextRoles.ParentInvoked => ParentInvoked,
        TextRoles.Target => Target,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
