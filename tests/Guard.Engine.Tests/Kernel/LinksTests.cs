using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed unsafe partial class LinksTests
{
    [SkippableFact]
    public void A_kernel_that_does_not_show_links_is_not_taken_for_one_without_any()
    {
        Native.SkipUnlessPermitted();
        using var held = Libbpf.CreateMap(MapType.Array, "held", 4, 8, 1);
        var refused = WithoutSysAdmin(() => Record.Exception(() => Libbpf.FindLink(held)));
        Assert.Equal(Errno.NotPermitted, Assert.IsType<KernelException>(refused).Errno);
    }

    /// <summary>On a thread of its own: capabilities are the thread's, and end with it.</summary>
    private static T WithoutSysAdmin<T>(Func<T> work)
    {
        const int sysAdmin = 21;
        T? result = default;
        var done = false;
        var thread = new Thread(() =>
        {
            // Version 3 of the header; effective, permitted and inheritable, twice 32 bits each.
            var header = stackalloc uint[] { 0x20080522, 0 };
            var sets = stackalloc uint[6];
            done = capget(header, sets) == 0;
            sets[0] &= ~(1u << sysAdmin);
            done = done && capset(header, sets) == 0;
            result = done ? work() : default;
        });
        thread.Start();
        thread.Join();
        Assert.True(done, "CAP_SYS_ADMIN can't be dropped");
        return result!;
    }

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int capget(uint* header, uint* sets);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int capset(uint* header, uint* sets);
}
