using System.Runtime.InteropServices;

namespace Guard.Policies.Image;

#pragma warning disable CS1591 // The fields are those of bpf/lsm/abi.h and documented there, once.
#pragma warning disable CA1051 // A mirror of a C struct has fields.

/// <summary>struct guard_atom: one selection item.</summary>
[KernelStruct("guard_atom")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardAtom
{
    public ushort Field;
    public ushort Roles;
    public Inline8<uint> Triggers;
}

/// <summary>struct guard_pattern: what a list of an automaton names.</summary>
[KernelStruct("guard_pattern")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardPattern
{
    public uint Atom;
    public ushort Roles;
    public byte Kind;
    public byte Segment;
    public byte LastSegment;
    public byte Pad;
    public ushort Sequence;
    public ushort Length;
    public ushort Pad2;
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
    public ushort Pad;
    public uint Fields;
}

/// <summary>struct guard_range: the atoms that hold for numbers from here to the next entry.</summary>
[KernelStruct("guard_range")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardRange
{
    public uint From;
    public uint List;
}

/// <summary>struct guard_address_range: the atoms that hold for addresses from here to the next entry.</summary>
[KernelStruct("guard_address_range")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardAddressRange
{
    public Inline2<ulong> From;
    public uint List;
    public uint Pad;

    /// <summary>The address as a number.</summary>
    public readonly UInt128 Address => new(From[0], From[1]);
}

/// <summary>struct guard_set: the whole values of long lists over one text.</summary>
[KernelStruct("guard_set")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardSet
{
    public uint BucketsOff;
    public uint BucketCount;
    public uint EntryCount;
    public uint Reserved;
}

/// <summary>struct guard_set_entry: one bucket of a set.</summary>
[KernelStruct("guard_set_entry")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardSetEntry
{
    public Inline2<ulong> Hash;
    public uint Length;
    public uint List;
}

/// <summary>struct guard_identity: one bucket of the files that a policy names.</summary>
[KernelStruct("guard_identity")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardIdentity
{
    public ulong Inode;
    public uint Device;
    public uint Generation;
    public uint List;
    public uint Pad;
}
