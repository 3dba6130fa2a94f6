using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;

namespace Guard.Engine.Tests.Events;

/// <summary>Writes ring records as the programs do.</summary>
internal static class EventBytes
{
    /// <summary>Changes the fixed part.</summary>
    public delegate void Change(ref GuardEventLayout layout);

    /// <summary>A record with these strings; lengths and size are right unless changed.</summary>
    public static byte[] Create(int kind, string path = "", string invoked = "", string image = "", string args = "", Change? change = null)
    {
        var strings = Encoding.Latin1.GetBytes(path + invoked + image + args);
        var layout = new GuardEventLayout
        {
            Size = (uint)(Unsafe.SizeOf<GuardEventLayout>() + strings.Length),
            Kind = (ushort)kind,
            AbiVersion = (ushort)KernelAbi.AbiVersion,
            Tgid = 10,
            Tid = 11,
            PathLength = (ushort)path.Length,
            InvokedLength = (ushort)invoked.Length,
            ImageLength = (ushort)image.Length,
            ArgsLength = (ushort)args.Length,
        };
        change?.Invoke(ref layout);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<GuardEventLayout>(in layout)), .. strings];
    }
}
