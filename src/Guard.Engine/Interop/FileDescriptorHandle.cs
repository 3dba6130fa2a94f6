using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>A file descriptor that Guard owns: a map, a link or an iterator.</summary>
internal sealed class FileDescriptorHandle : SafeHandle
{
    /// <summary>Takes over a descriptor.</summary>
    public FileDescriptorHandle(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle);
}
