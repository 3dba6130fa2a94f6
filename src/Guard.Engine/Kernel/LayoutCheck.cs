using System.Runtime.CompilerServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel.Abi;

namespace Guard.Engine.Kernel;

/// <summary>
/// Whether the object file was compiled with the structs that this guardd has: a package that was half upgraded is found
/// here, and not as nonsense in the trail. Guard.Abi.Tests compares field by field; here the sizes are enough.
/// </summary>
internal static class LayoutCheck
{
    /// <summary>Throws <see cref="KernelException"/> when a size differs. Structs that the object lacks are not asked for.</summary>
    public static void Require(BpfObjectHandle bpfObject)
    {
        Require(bpfObject, "guard_event", Unsafe.SizeOf<GuardEventLayout>());
        Require(bpfObject, "guard_counters", Unsafe.SizeOf<GuardCounters>());
        Require(bpfObject, "guard_config", Unsafe.SizeOf<GuardConfig>());
    }

    private static void Require(BpfObjectHandle bpfObject, string name, int expected)
    {
        if (Libbpf.StructSize(bpfObject, name) is { } size && size != expected)
        {
            KernelException.Throw(
                $"the BPF object has a struct {name} of {size} bytes, this guardd one of {expected}: they are of different versions", default);
        }
    }
}
