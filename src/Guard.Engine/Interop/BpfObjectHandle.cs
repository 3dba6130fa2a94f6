using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>An opened object file. Its programs and maps belong to it and die with it unless pinned or attached.</summary>
internal sealed class BpfObjectHandle : SafeHandle
{
    /// <summary>Takes over a <c>struct bpf_object *</c>.</summary>
    public BpfObjectHandle(nint pointer)
        : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Libbpf.Close(handle);
        return true;
    }
}
