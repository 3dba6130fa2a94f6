using System.Runtime.InteropServices;

namespace Guard.Policies.Image;

#pragma warning disable CS1591 // The fields are those of bpf/lsm/abi.h and documented there, once.
#pragma warning disable CA1051 // A mirror of a C struct has fields.

/// <summary>struct guard_atom: one selection item.</summary>
[KernelStruct("guard_atom")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardAtom
{
    public byte Field;
    public byte Roles;
    public ushort Pad;
    public Inline4<uint> Triggers;
    public Inline3<uint> Reserved;
}

/// <summary>struct guard_pattern: what a list of an automaton names.</summary>
[KernelStruct("guard_pattern")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardPattern
{
    public uint Atom;
    public byte Roles;
    public byte Kind;
    public byte Segment;
    public byte LastSegment;
    public ushort Sequence;
    public ushort Length;
    public uint Reserved;
}

/// <summary>struct guard_rule: a condition and what to do.</summary>
[KernelStruct("guard_rule")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardRule
{
    public uint OpsOff;
    public ushort OpCount;
    public byte Action;
    public byte OnUnknown;
    public byte Category;
    public byte Level;
    public ushort Fields;
    public uint Reserved;
}

/// <summary>struct guard_uid: the atoms that hold for one uid.</summary>
[KernelStruct("guard_uid")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardUid
{
    public uint Uid;
    public uint List;
}
