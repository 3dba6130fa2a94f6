using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Policies.Image;

namespace Guard.Engine.Kernel.Abi;

/// <summary>What guardd tells the programs: struct guard_config of bpf/lsm/abi.h.</summary>
[KernelStruct("guard_config")]
[StructLayout(LayoutKind.Sequential)]
internal struct GuardConfig
{
    public uint FailureMode;
    public uint Observe;
    public ReservedWords Reserved;

    /// <summary>__u32[6].</summary>
    [InlineArray(6)]
    internal struct ReservedWords
    {
        private uint _first;
    }
}
