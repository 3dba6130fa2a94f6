using System.Collections.Immutable;

namespace Guard.Policies;

/// <summary>What an administrator adds to what no blocking rule may refuse root. Nothing is ever taken from the built-in set.</summary>
/// <param name="Programs">Absolute paths, symbolic links resolved: to be run by init, sshd and a shell.</param>
/// <param name="Files">Absolute paths: to be read by init and shells.</param>
public sealed record SurvivalEntries(ImmutableArray<string> Programs, ImmutableArray<string> Files)
{
    /// <summary>No addition.</summary>
    public static SurvivalEntries None { get; } = new([], []);
}
