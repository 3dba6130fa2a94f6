using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>
/// Exactly what a hook knows when it decides. For an exec, Image and Invoked are the new program's, and the parent is
/// the process that calls execve; for an open, Image and Invoked are the process's own.
/// </summary>
/// <param name="Category">What is decided.</param>
public sealed record DecisionRequest(RuleCategory Category)
{
    /// <summary>Resolved path of the program.</summary>
    public RequestText Image { get; init; }

    /// <summary>The name by which the program was called.</summary>
    public RequestText Invoked { get; init; }

    /// <summary>Resolved path of the parent's program.</summary>
    public RequestText ParentImage { get; init; }

    /// <summary>The name by which the parent's program was called.</summary>
    public RequestText ParentInvoked { get; init; }

    /// <summary>The file that is acted on; not read for an exec.</summary>
    public RequestText Target { get; init; }

    /// <summary>Effective uid.</summary>
    public uint Uid { get; init; }

    /// <summary>Kinds of access of an open; not read for an exec.</summary>
    public AccessKinds Access { get; init; }
}
