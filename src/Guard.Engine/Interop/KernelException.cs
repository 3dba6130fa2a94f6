using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Guard.Engine.Interop;

/// <summary>The kernel, or libbpf on its behalf, refused something that Guard needs.</summary>
internal sealed class KernelException : Exception
{
    private KernelException(string message, Errno errno)
        : base(message) => Errno = errno;

    /// <summary>Why; none when the refusal has no number.</summary>
    public Errno Errno { get; }

    /// <summary>The only place that throws for a failed call.</summary>
    [DoesNotReturn]
    [StackTraceHidden]
    public static void Throw(string what, Errno errno, string? detail = null)
    {
        var message = errno.IsNone ? what : $"{what}: {errno}";
        throw new KernelException(detail is null ? message : message + Environment.NewLine + detail, errno);
    }

    /// <summary>Throws when an int-returning libbpf call failed, and gives its result otherwise.</summary>
    [StackTraceHidden]
    public static int ThrowIfFailed(int result, string what)
    {
        if (result < 0)
        {
            Throw(what, Errno.FromResult(result));
        }

        return result;
    }
}
