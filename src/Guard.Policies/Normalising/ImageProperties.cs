namespace Guard.Policies.Normalising;

/// <summary>
/// What is known of the file of an exec besides its name, and of how it is run; bit positions are GUARD_PROPERTY_* of
/// bpf/lsm/abi.h.
/// </summary>
[Flags]
public enum ImageProperties
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>It is in memory and in no mount that anybody can see, as memfd_create(2) makes it.</summary>
    Memfd = 1 << 0,

    /// <summary>It has no name left; what never had one, neither.</summary>
    Unlinked = 1 << 1,

    /// <summary>Its mode has set-user-ID, and its mount is not nosuid.</summary>
    Setuid = 1 << 2,

    /// <summary>The same of set-group-ID, with execution for the group.</summary>
    Setgid = 1 << 3,

    /// <summary>It begins with <c>#!</c>.</summary>
    Script = 1 << 4,

    /// <summary>It is run in order to run another file.</summary>
    Interpreter = 1 << 5,
}
