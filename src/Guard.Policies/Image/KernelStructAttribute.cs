namespace Guard.Policies.Image;

/// <summary>Marks the mirror of a struct of bpf/lsm/abi.h; Guard.Abi.Tests proves the two equal, field by field.</summary>
/// <param name="name">Name of the C struct, without <c>struct</c>.</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class KernelStructAttribute(string name) : Attribute
{
    /// <summary>Name of the C struct.</summary>
    public string Name { get; } = name;
}
