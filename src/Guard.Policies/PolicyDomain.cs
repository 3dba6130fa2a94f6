namespace Guard.Policies;

/// <summary>What an image decides.</summary>
public enum PolicyDomain
{
    /// <summary>Operations in the kernel: what cannot be enforced as written is an error.</summary>
    Kernel,

    /// <summary>Events, offline: every log source and field of Sigma. Such an image is given to no kernel.</summary>
    Events,
}
