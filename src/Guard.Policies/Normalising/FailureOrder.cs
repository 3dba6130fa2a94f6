namespace Guard.Policies.Normalising;

/// <summary>
/// What a bundle orders about operations that the engine can't decide. Numbers of the flags of an image, GUARD_IMAGE_* in
/// bpf/lsm/abi.h.
/// </summary>
public enum FailureOrder
{
    /// <summary>Nothing: the machine's configuration does.</summary>
    NotSaid = 0,

    /// <summary>They go ahead.</summary>
    Open = 1,

    /// <summary>They are refused.</summary>
    Closed = 2,
}

/// <summary>The words of <see cref="FailureOrder"/>.</summary>
public static class FailureOrderWords
{
    /// <summary>open, closed, or null for what says nothing.</summary>
    /// <param name="failure">What a bundle orders.</param>
    public static string? ToWord(this FailureOrder failure) => failure switch
    {
        FailureOrder.Open => "open",
        FailureOrder.Closed => "closed",
        _ => null,
    };
}
