using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>libbpf's reader of one ring buffer map. Not thread-safe: one thread polls.</summary>
internal sealed class RingBufferHandle : SafeHandle
{
    /// <summary>Takes over a <c>struct ring_buffer *</c>.</summary>
    public RingBufferHandle(nint pointer)
        : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Libbpf.Free(handle);
        return true;
    }
}
