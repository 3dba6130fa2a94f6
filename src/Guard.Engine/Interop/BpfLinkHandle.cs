using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>An attachment. Closing it detaches the program, unless the link is pinned.</summary>
internal sealed class BpfLinkHandle : SafeHandle
{
    /// <summary>Takes over a <c>struct bpf_link *</c>.</summary>
    public BpfLinkHandle(nint pointer)
        : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libbpf.Destroy(handle);
}
