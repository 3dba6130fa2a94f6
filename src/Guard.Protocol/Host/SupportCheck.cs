namespace Guard.Protocol.Host;

/// <summary>How a check of this machine came out.</summary>
public enum SupportOutcome
{
    /// <summary>As it must be.</summary>
    Ok,

    /// <summary>Guard works, but something should be known or done.</summary>
    Warn,

    /// <summary>Guard can't enforce.</summary>
    Fail,

    /// <summary>Can't be told without root.</summary>
    NeedsRoot,
}

/// <summary>One thing that Guard needs of a machine.</summary>
/// <param name="Name">Short and stable: <c>lsm-list</c>.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Found">What is there, one sentence.</param>
/// <param name="Remedy">What to do, or null when there is nothing to do.</param>
public sealed record SupportCheck(string Name, SupportOutcome Outcome, string Found, string? Remedy = null);
