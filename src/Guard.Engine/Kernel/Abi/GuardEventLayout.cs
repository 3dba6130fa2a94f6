using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Policies.Image;

namespace Guard.Engine.Kernel.Abi;

/// <summary>The fixed part of a ring record: struct guard_event of bpf/lsm/abi.h. The strings follow it.</summary>
[KernelStruct("guard_event")]
[StructLayout(LayoutKind.Sequential)]
internal struct GuardEventLayout
{
    public uint Size;
    public ushort Kind;
    public ushort AbiVersion;
    public uint Cpu;
    public uint Ring;
    public ulong Sequence;
    public ulong TimeNs;
    public ulong Generation;
    public ulong ExecId;
    public ulong ParentExecId;
    public ulong StartNs;
    public ulong CgroupId;
    public uint Tgid;
    public uint Tid;
    public uint ParentTgid;
    public uint Uid;
    public uint Euid;
    public uint Gid;
    public uint Loginuid;
    public uint Session;
    public CommBytes Comm;
    public byte Verdict;
    public byte Category;
    public byte Hook;
    public byte Reason;
    public int Error;
    public uint Flags;
    public uint Access;
    public uint ExitCode;
    public uint RuleCount;
    public RuleNumbers Rules;
    public ulong FileDev;
    public ulong FileInode;
    public uint FileGeneration;
    public uint FileMode;
    public uint ArgsTotal;
    public ushort PathLength;
    public ushort InvokedLength;
    public ushort ImageLength;
    public ushort ArgsLength;
    public uint Descriptor;
    public AddressBytes Address;
    public ushort Port;
    public ushort Protocol;
    public ushort Family;
    public ushort Operation;
    public uint SystemOperation;
    public uint TargetTgid;
    public uint TargetUid;
    public uint Properties;
    public DigestBytes Sha256;

    /// <summary>__u8[16].</summary>
    [InlineArray(16)]
    internal struct CommBytes
    {
        private byte _first;
    }

    /// <summary>__u8[32].</summary>
    [InlineArray(32)]
    internal struct DigestBytes
    {
        private byte _first;
    }

    /// <summary>__u64[2].</summary>
    [InlineArray(2)]
    internal struct AddressBytes
    {
        private ulong _first;
    }

    /// <summary>__u32[GUARD_EVENT_RULES_MAX].</summary>
    [InlineArray(KernelLimits.EventRulesMax)]
    internal struct RuleNumbers
    {
        private uint _first;
    }
}
