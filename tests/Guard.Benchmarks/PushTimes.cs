using Guard.Engine.Interop;
using Guard.Policies.Image;

namespace Guard.Benchmarks;

/// <summary>What a push costs in system calls: a fresh map is made, filled, frozen and read back.</summary>
internal static class PushTimes
{
    private const int Batches = 15;

    /// <summary>Nanoseconds of one push of an image into a map of that capacity.</summary>
    /// <exception cref="InvalidOperationException">The kernel gave other bytes back.</exception>
    public static Measurement Measure(PolicyImage image, int capacityBytes)
    {
        var written = new byte[capacityBytes];
        var read = new byte[capacityBytes];
        image.Bytes.Span.CopyTo(written);
        return Measurement.Of(Batches, 1, () =>
        {
            using var map = Libbpf.CreateMap(MapType.Array, "guard_bench", sizeof(uint), capacityBytes, 1);
            Libbpf.UpdateElement(map, 0, written);
            Libbpf.Freeze(map);
            if (!Libbpf.TryLookup(map, 0, read) || !read.AsSpan().SequenceEqual(written))
            {
                throw new InvalidOperationException("The kernel holds other bytes than were written.");
            }
        });
    }
}
