using System.Runtime.InteropServices;

namespace Guard.Policies.Image;

#pragma warning disable CS1591 // The fields are those of bpf/lsm/abi.h and documented there, once.
#pragma warning disable CA1051 // A mirror of a C struct has fields.

/// <summary>struct guard_automaton: one string automaton of an image.</summary>
[KernelStruct("guard_automaton")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardAutomaton
{
    public uint ClassesOff;
    public uint AnchoredRow;
    public uint FloatingRow;
    public uint StartList;
    public uint ClassCount;
    public uint StateCount;
    public uint RowsOff;
    public uint RowsBytes;
}

/// <summary>struct guard_category: what an image says about one kind of decision.</summary>
[KernelStruct("guard_category")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardCategory
{
    public uint RuleCount;
    public uint BlockCount;
    public uint AlwaysList;
    public uint UnknownList;
    public uint SubjectTriggers;
    public uint UserRules;
    public uint TargetDecides;
    public uint Fields;
}

/// <summary>struct guard_image_header: the first bytes of an image.</summary>
[KernelStruct("guard_image_header")]
[StructLayout(LayoutKind.Sequential)]
public struct GuardImageHeader
{
    public uint Magic;
    public uint AbiVersion;
    public uint TotalBytes;
    public uint Flags;
    public ulong Generation;
    public uint Operations;
    public uint OperationsRefused;
    public Inline32<byte> Sha256;
    public uint AtomCount;
    public uint AtomsOff;
    public uint PatternCount;
    public uint PatternsOff;
    public uint RuleCount;
    public uint RulesOff;
    public uint OpCount;
    public uint OpsOff;
    public uint TextCount;
    public uint AutomataCount;
    public uint AutomataOff;
    public uint SetsOff;
    public Inline2<ulong> SetKey;
    public Inline16<uint> RangeCount;
    public Inline16<uint> RangesOff;
    public Inline16<uint> AccessList;
    public Inline16<uint> PropertyList;
    public uint IdentitiesOff;
    public uint IdentityBuckets;
    public uint IdentityCount;
    public Inline2<uint> AddressCount;
    public Inline2<uint> AddressesOff;
    public uint NetworkOperations;
    public Inline2<uint> Capabilities;
    public Inline8<GuardCategory> Categories;
}
