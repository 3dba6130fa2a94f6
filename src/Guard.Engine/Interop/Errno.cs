using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>
/// An errno as the kernel numbers it: positive, 0 = none. Made in one place from the three shapes that calls give it in
/// (errno, -errno, NULL and errno), so that nobody has to remember which is which.
/// </summary>
internal readonly record struct Errno(int Value)
{
    /// <summary>EPERM.</summary>
    public static readonly Errno NotPermitted = new(1);

    /// <summary>ENOENT.</summary>
    public static readonly Errno NoEntry = new(2);

    /// <summary>EINTR.</summary>
    public static readonly Errno Interrupted = new(4);

    /// <summary>EIO.</summary>
    public static readonly Errno IoError = new(5);

    /// <summary>EAGAIN.</summary>
    public static readonly Errno TryAgain = new(11);

    /// <summary>EACCES.</summary>
    public static readonly Errno AccessDenied = new(13);

    /// <summary>EBUSY.</summary>
    public static readonly Errno Busy = new(16);

    /// <summary>EEXIST.</summary>
    public static readonly Errno Exists = new(17);

    /// <summary>EINVAL.</summary>
    public static readonly Errno Invalid = new(22);

    /// <summary>ENOSPC.</summary>
    public static readonly Errno NoSpace = new(28);

    /// <summary>EROFS.</summary>
    public static readonly Errno ReadOnlyFileSystem = new(30);

    /// <summary>ENOSYS.</summary>
    public static readonly Errno NotImplemented = new(38);

    /// <summary>EDQUOT.</summary>
    public static readonly Errno QuotaExceeded = new(122);

    /// <summary>ECANCELED.</summary>
    public static readonly Errno Cancelled = new(125);

    /// <summary>True when nothing went wrong.</summary>
    public bool IsNone => Value == 0;

    /// <summary>What an int-returning libbpf call says: negative is -errno.</summary>
    public static Errno FromResult(int result) => result < 0 ? new Errno(-result) : default;

    /// <summary>What the last call that sets errno left there.</summary>
    public static Errno FromLastCall() => new(Marshal.GetLastPInvokeError());

    /// <inheritdoc/>
    public override string ToString() => Value == 0 ? "no error" : $"{Marshal.GetPInvokeErrorMessage(Value)} (errno {Value})";
}
