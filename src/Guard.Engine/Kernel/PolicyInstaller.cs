using Guard.Engine.Interop;
using Guard.Policies.Image;

namespace Guard.Engine.Kernel;

/// <summary>
/// Puts a policy in force: a fresh inner map is filled, frozen, read back and compared, and then one write into the slot
/// of <c>images</c> publishes it. Whatever fails before that write leaves the old generation as it was. Not thread-safe:
/// the engine installs one at a time.
/// </summary>
internal sealed class PolicyInstaller : IDisposable
{
    private const uint Slot = 0;

    private readonly KernelMaps _maps;
    // What tasks and caches keep goes by the number alone: it must not come back when somebody empties the slot.
    private ulong _floor;

    // A sleeping program may still read the map that was replaced. Kernels 6.1 before 6.1.75 free it too early
    // (CVE-2023-52447), so that what was replaced is held for one more push.
    private FileDescriptorHandle? _current;
    private FileDescriptorHandle? _previous;

    /// <summary>Installs into these maps.</summary>
    /// <param name="maps">Whose slot.</param>
    /// <param name="floor">Generations up to this one may have been in force in this boot already; 0 for none.</param>
    public PolicyInstaller(KernelMaps maps, ulong floor = 0)
    {
        _maps = maps;
        _floor = floor;
    }

    /// <summary>Bytes of kernel memory that images take: the one in force, and the one before it. From any thread.</summary>
    public long MemoryBytes => (_previous is null ? 1L : 2L) * ImageBuffer.ValueBytes;

    /// <summary>The number in a slot of images; 0 when it is empty. Also for slots of programs that are being replaced.</summary>
    public static ulong ReadGeneration(FileDescriptorHandle images)
    {
        using var map = OpenLive(images);
        return map is null ? 0 : ImageBuffer.Generation(ReadValue(map));
    }

    /// <summary>Whether a slot of images has none. Nothing of an image is read.</summary>
    public static bool IsEmpty(FileDescriptorHandle images) => !Libbpf.TryLookup(images, Slot, stackalloc byte[sizeof(uint)]);

    /// <summary>What is in force, or null when the slot is empty.</summary>
    /// <exception cref="KernelException">What is there is damaged.</exception>
    public InstalledGeneration? ReadInForce()
    {
        using var map = OpenLive(_maps.Images);
        if (map is null)
        {
            return null;
        }

        var value = ReadValue(map);
        var fault = ImageBuffer.FindFault(value);
        if (fault is null && ImageBuffer.ComputeHash(value) != ImageBuffer.ClaimedHash(value))
        {
            fault = "a hash that its bytes don't have";
        }

        if (fault is not null)
        {
            KernelException.Throw($"the policy in force has {fault}", default);
        }

        return Describe(value);
    }

    /// <summary>Publishes an image under the next generation number.</summary>
    /// <exception cref="KernelException">Nothing was published.</exception>
    public InstalledGeneration Install(PolicyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Install(image, NextGeneration());
    }

    /// <summary>Publishes an image under a number, which must be greater than the one in force.</summary>
    /// <exception cref="KernelException">Nothing was published.</exception>
    public InstalledGeneration Install(PolicyImage image, ulong generation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (generation < NextGeneration())
        {
            KernelException.Throw($"generation {generation} is not greater than the one in force", default);
        }

        var value = Prepare(image, generation);
        var fresh = Libbpf.CreateMap(MapType.Array, "guard_image", sizeof(uint), ImageBuffer.ValueBytes, 1);
        try
        {
            Libbpf.UpdateElement(fresh, 0, value);
            Libbpf.Freeze(fresh);
            Verify(fresh, value, image);
            Libbpf.UpdateElement(_maps.Images, Slot, fresh);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        _floor = generation;
        _previous?.Dispose();
        _previous = _current;
        _current = fresh;
        return Describe(value);
    }

    /// <summary>Lets go of what it holds; what is in force stays.</summary>
    public void Dispose()
    {
        _previous?.Dispose();
        _current?.Dispose();
    }

    private static byte[] Prepare(PolicyImage image, ulong generation)
    {
        var bytes = image.Bytes.Span;
        var fault = ImageBuffer.FindFault(bytes);
        if (fault is null && ImageBuffer.TotalBytes(bytes) != bytes.Length)
        {
            fault = "another length than its header says";
        }

        if (fault is null && ImageBuffer.ComputeHash(bytes) != image.Hash)
        {
            fault = "a hash that its bytes don't have";
        }

        if (fault is not null)
        {
            KernelException.Throw($"the policy image has {fault}", default);
        }

        var value = new byte[ImageBuffer.ValueBytes];
        bytes.CopyTo(value);
        ImageBuffer.SetGeneration(value, generation);
        return value;
    }

    private static void Verify(FileDescriptorHandle map, byte[] written, PolicyImage image)
    {
        var read = ReadValue(map);
        if (ImageBuffer.FindFault(read) is not null || ImageBuffer.ComputeHash(read) != image.Hash || !read.AsSpan().SequenceEqual(written))
        {
            KernelException.Throw("the kernel holds other bytes than were written", default);
        }
    }

    private static byte[] ReadValue(FileDescriptorHandle map)
    {
        if (Libbpf.GetMapInfo(map).ValueSize != ImageBuffer.ValueBytes)
        {
            KernelException.Throw("the map in the slot has another size than an image", default);
        }

        var value = new byte[ImageBuffer.ValueBytes];
        if (!Libbpf.TryLookup(map, 0, value))
        {
            KernelException.Throw("the map in the slot is empty", default);
        }

        return value;
    }

    private InstalledGeneration Describe(ReadOnlySpan<byte> value) =>
        new(
            _maps,
            ImageBuffer.Generation(value),
            ImageBuffer.ClaimedHash(value),
            ImageBuffer.TotalBytes(value),
            ImageBuffer.Failure(value),
            ImageNeeds.Of(value));

    /// <summary>One more than any that was in force; the numbers only grow within a boot. A damaged image keeps its number.</summary>
    public ulong NextGeneration() => Math.Max(_floor, ReadGeneration(_maps.Images)) + 1;

    private static FileDescriptorHandle? OpenLive(FileDescriptorHandle images)
    {
        Span<byte> id = stackalloc byte[sizeof(uint)];
        return Libbpf.TryLookup(images, Slot, id)
            ? Libbpf.OpenMapById(BitConverter.ToUInt32(id))
            : null;
    }
}
