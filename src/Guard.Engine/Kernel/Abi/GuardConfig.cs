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
    public uint GuarddTgid;
    public uint SubjectsMapId;
    public ReservedWords Reserved;

    /// <summary>__u32[4].</summary>
    [InlineArray(4)]
    internal struct ReservedWords
    {
        private uint _first;
    }
}
