namespace Guard.Policies.Image;

/// <summary>
/// The bounds of the engine: bpf/lsm/limits.h, name by name (GUARD_PATH_MAX is <see cref="PathMax"/>), proved equal
/// by Guard.Abi.Tests. What each one means is written there.
/// </summary>
[KernelConstants("GUARD_")]
public static class KernelLimits
{
    /// <summary>Bytes of one policy image.</summary>
    public const int ImageBytes = 16 << 20;

    /// <summary>Keeps an offset inside the image and drops the flags of a transition.</summary>
    public const int ImageMask = ImageBytes - 4;

    /// <summary>Bytes that may be read past a masked offset.</summary>
    public const int ImageSlack = 4096;

    /// <summary>Selection items of one image.</summary>
    public const int AtomsMax = 32768;

    /// <summary>64-bit words that hold one bit per atom.</summary>
    public const int AtomWords = AtomsMax / 64;

    /// <summary>64-bit words that hold one bit per word of atoms.</summary>
    public const int TouchedWords = AtomWords / 64;

    /// <summary>Patterns of one image; each segment of a pattern with <c>*</c> inside counts.</summary>
    public const int PatternsMax = 262144;

    /// <summary>Rules of one image.</summary>
    public const int RulesMax = 65535;

    /// <summary>Operations of one rule's condition.</summary>
    public const int RuleOpsMax = 256;

    /// <summary>Values that a condition may keep on the stack.</summary>
    public const int RuleDepthMax = 60;

    /// <summary>Patterns with a <c>*</c> inside, per automaton.</summary>
    public const int SequencesMax = 512;

    /// <summary>Segments of one pattern.</summary>
    public const int SegmentsMax = 32;

    /// <summary>Byte classes of one automaton.</summary>
    public const int ClassesMax = 256;

    /// <summary>Entries of one table of number ranges.</summary>
    public const int RangesMax = 16384;

    /// <summary>Entries of one table of address ranges.</summary>
    public const int AddressRangesMax = 262144;

    /// <summary>Automata of one image, confirmations included.</summary>
    public const int AutomataMax = 16384;

    /// <summary>Confirmations that one walk may ask for.</summary>
    public const int CandidatesMax = 32;

    /// <summary>Files that a policy names and that are known by more than their names.</summary>
    public const int IdentitiesMax = 32768;

    /// <summary>Buckets that a look-up of a file may visit.</summary>
    public const int IdentityProbesMax = 16;

    /// <summary>Entries of one set.</summary>
    public const int SetEntriesMax = 262144;

    /// <summary>Buckets that one look-up in a set visits.</summary>
    public const int SetProbesMax = 16;

    /// <summary>Length of one list.</summary>
    public const int ListMax = 4096;

    /// <summary>Atoms that may hold in one decision.</summary>
    public const int MatchesMax = 128;

    /// <summary>Rules that one decision may evaluate.</summary>
    public const int EvaluationsMax = 1024;

    /// <summary>Atoms that a process may satisfy as itself, and as somebody's parent.</summary>
    public const int SubjectAtomsMax = 32;

    /// <summary>Bytes of arguments that are decided on.</summary>
    public const int CommandMax = 2 << 20;

    /// <summary>Bytes of a path, the terminating NUL included.</summary>
    public const int PathMax = 4096;

    /// <summary>Components of a path that are walked.</summary>
    public const int PathComponentsMax = 256;

    /// <summary>Bytes of the other name of a file that was reached through a bind mount.</summary>
    public const int OtherNameMax = 2048;

    /// <summary>Bytes of a program's path that are kept while somebody runs it or descends from it.</summary>
    public const int SubjectImageMax = 512;

    /// <summary>Bytes of the invoked name that are kept with it.</summary>
    public const int SubjectInvokedMax = 256;

    /// <summary>Bytes of its arguments that are kept with it.</summary>
    public const int SubjectCommandMax = 848;

    /// <summary>Programs that are kept.</summary>
    public const int ProgramsMax = 65536;

    /// <summary>Cgroups whose atoms are remembered at once, as a power of two.</summary>
    public const int CgroupsBits = 12;

    /// <summary>Bytes of the name of one cgroup, the terminating NUL included.</summary>
    public const int CgroupNameMax = 256;

    /// <summary>Bytes of an argument vector that go into an event.</summary>
    public const int ArgsMax = 4096;

    /// <summary>Rules that one event names.</summary>
    public const int EventRulesMax = 8;

    /// <summary>Bytes of a file that is hashed.</summary>
    public const int DigestBytesMax = 256 << 20;

    /// <summary>Digests that are on their way to a decision.</summary>
    public const int DigestsNowMax = 8192;

    /// <summary>Credentials that io_uring lends at a time.</summary>
    public const int LentMax = 4096;
}
