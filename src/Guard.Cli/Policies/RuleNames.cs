using Guard.Policies.Normalising;

namespace Guard.Cli.Policies;

/// <summary>What rules are called in what guardctl prints.</summary>
internal static class RuleNames
{
    /// <summary>Sigma's id; null when the rule has none, for which the engine numbers its document (<c>file#n</c>).</summary>
    public static string? IdOf(RuleIdentity identity)
        => identity.Id.StartsWith(identity.Span.File + "#", StringComparison.Ordinal) ? null : identity.Id;
}
