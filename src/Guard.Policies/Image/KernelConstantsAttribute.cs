namespace Guard.Policies.Image;

/// <summary>
/// Marks a class of constants, or an enum, whose members are macros of bpf/lsm/abi.h or limits.h: member
/// <c>PathMax</c> under the prefix <c>GUARD_</c> is <c>GUARD_PATH_MAX</c>. A test has a C compiler prove the values.
/// </summary>
/// <param name="prefix">What precedes the member's name, e.g. <c>GUARD_REASON_</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Enum)]
public sealed class KernelConstantsAttribute(string prefix) : Attribute
{
    /// <summary>What precedes the member's name.</summary>
    public string Prefix { get; } = prefix;
}
