using Guard.Policies.Image;

namespace Guard.Engine.Kernel.Abi;

/// <summary>What came of asking for the digest of a file; numbers are GUARD_DIGEST_* of bpf/lsm/abi.h.</summary>
[KernelConstants("GUARD_DIGEST_")]
internal enum DigestOutcome
{
    /// <summary>The file was hashed.</summary>
    Made = 0,

    /// <summary>It was before, and has not changed since.</summary>
    Remembered = 1,

    /// <summary>The kernel made none, or none by SHA-256: unknown.</summary>
    Refused = 2,

    /// <summary>The file is longer than <see cref="KernelLimits.DigestBytesMax"/>: unknown.</summary>
    TooLong = 3,

    /// <summary>Somebody had it open for writing, or changed it meanwhile: unknown.</summary>
    Written = 4,

    /// <summary>There was no room to hand it on to the decision: unknown.</summary>
    NoRoom = 5,

    /// <summary>It is no regular file, or on a file system whose contents somebody may answer as he likes: unknown.</summary>
    Elsewhere = 6,
}
