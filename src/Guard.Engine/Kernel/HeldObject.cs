using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>What the kernel numbers a map or link by in this boot.</summary>
/// <param name="Type">BPF_MAP_TYPE_* or BPF_LINK_TYPE_*.</param>
/// <param name="Id">Its number.</param>
internal readonly record struct KernelIdentity(uint Type, uint Id);

/// <summary>A map or link that guardd holds by a descriptor, and that it can pin again.</summary>
/// <param name="Identity">Its numbers.</param>
/// <param name="PinAt">Pins it at a path; throws <see cref="KernelException"/>.</param>
internal sealed record HeldObject(KernelIdentity Identity, Action<string> PinAt)
{
    /// <summary>A map, or a link that was adopted.</summary>
    public static HeldObject Of(FileDescriptorHandle held) => new(Libbpf.Identify(held), path => Libbpf.Pin(held, path));

    /// <summary>A link that this guardd attached.</summary>
    public static HeldObject Of(BpfLinkHandle held) => new(Libbpf.Identify(held), path => Libbpf.Pin(held, path));
}
