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

    public byte[] Command { get; init; } = [];

    public byte[] ParentCommand { get; init; } = [];

    public byte[] Directory { get; init; } = [];

    /// <summary>Program, invoked name and arguments of the parent, of its parent, and so on.</summary>
    public (byte[] Image, byte[] Invoked, byte[] Command)[] Ancestors { get; init; } = [];

    public uint Uid { get; init; }

    public uint LogonId { get; init; }

    /// <summary>Null: not known.</summary>
    public uint? Group { get; init; }

    /// <summary>Null: not known.</summary>
    public uint? MountNamespace { get; init; }

    public byte[] Cgroup { get; init; } = [];

    public AccessKinds Access { get; init; }

    /// <summary>Texts that are not known completely: an atom that does not hold over what is known is unknown.</summary>
    public TextRoles Incomplete { get; init; }

    public IEnumerable<byte[]> TextsOf(TextRoles role) => role switch
    {
        TextRoles.Image => [ImagePath],
        TextRoles.Invoked => [InvokedPath],
        TextRoles.Parent => [ParentImage],
        TextRoles.ParentInvoked => [ParentInvoked],
        TextRoles.Target => [Target],
        TextRoles.Command => [Command],
        TextRoles.ParentCommand => [ParentCommand],
        TextRoles.Directory => [Directory],
        TextRoles.Cgroup => [Cgroup],
        TextRoles.Ancestor => Ancestors.Select(a => a.Image),
        TextRoles.AncestorInvoked => Ancestors.Select(a => a.Invoked),
        TextRoles.AncestorCommand => Ancestors.Select(a => a.Command),
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
