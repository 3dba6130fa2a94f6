using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Policies.Image;

namespace Guard.Engine.Kernel.Abi;

/// <summary>What one CPU counted: struct guard_counters of bpf/lsm/abi.h.</summary>
[KernelStruct("guard_counters")]
[StructLayout(LayoutKind.Sequential)]
internal struct GuardCounters
{
    public PerHook Decisions;
    public PerHook Denied;
    public PerHook Audited;
    public PerHook Unknown;
    public PerHookAndReason Failures;
    public PerRing Emitted;
    public PerRing Lost;
    public PerRing Sequence;
    public ulong FallbackScratch;
    public ulong SubjectsRebuilt;
    public ulong Killed;
    public ulong ProgramsRefused;
    public ulong ProgramsLeft;
    public PerDigest Digests;

    /// <summary>__u64[GUARD_HOOKS].</summary>
    [InlineArray(KernelAbi.Hooks)]
    internal struct PerHook
    {
        private ulong _first;
    }

    /// <summary>__u64[GUARD_HOOKS][GUARD_REASONS], flat.</summary>
    [InlineArray(KernelAbi.Hooks * KernelAbi.Reasons)]
    internal struct PerHookAndReason
    {
        private ulong _first;
    }

    /// <summary>__u64[GUARD_DIGESTS].</summary>
    [InlineArray(KernelAbi.Digests)]
    internal struct PerDigest
    {
        private ulong _first;
    }

    /// <summary>__u64[GUARD_RINGS].</summary>
    [InlineArray(KernelAbi.Rings)]
    internal struct PerRing
    {
        private ulong _first;
    }
}
