using System.Globalization;
using System.Runtime.InteropServices;
using Guard.Engine.Kernel;

namespace Guard.Engine.Interop;

/// <content>Maps: created, written, read, frozen.</content>
internal static unsafe partial class Libbpf
{
    /// <summary>Creates a map.</summary>
    /// <param name="type">BPF_MAP_TYPE_*.</param>
    /// <param name="name">At most 15 bytes; what bpftool shows.</param>
    /// <param name="keySize">Bytes of a key; 0 for a ring.</param>
    /// <param name="valueSize">Bytes of a value; 0 for a ring.</param>
    /// <param name="maxEntries">Entries; bytes for a ring.</param>
    /// <param name="inner">For maps of maps, an example of what goes in.</param>
    public static FileDescriptorHandle CreateMap(
        MapType type, string name, int keySize, int valueSize, int maxEntries, FileDescriptorHandle? inner = null)
    {
        var options = new MapCreateOptions
        {
            Size = (nuint)sizeof(MapCreateOptions),
            InnerMapFd = inner is null ? 0 : (uint)inner.DangerousGetHandle(),
        };
        var fd = bpf_map_create((uint)type, name, (uint)keySize, (uint)valueSize, (uint)maxEntries, &options);
        GC.KeepAlive(inner);
        return new FileDescriptorHandle(KernelException.ThrowIfFailed(fd, $"cannot create the map {name}"));
    }

    /// <summary>Writes element <paramref name="key"/> of an array.</summary>
    public static void UpdateElement(FileDescriptorHandle map, uint key, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            KernelException.ThrowIfFailed(bpf_map_update_elem(map, &key, pointer, 0), "cannot write to the map");
        }
    }

    /// <summary>Puts a map into element <paramref name="key"/> of an array of maps.</summary>
    public static void UpdateElement(FileDescriptorHandle outer, uint key, FileDescriptorHandle inner)
    {
        var fd = (uint)inner.DangerousGetHandle();
        KernelException.ThrowIfFailed(bpf_map_update_elem(outer, &key, &fd, 0), "cannot put the map into its slot");
        GC.KeepAlive(inner);
    }

    /// <summary>Reads element <paramref name="key"/>; false when there is none. The caller knows the size.</summary>
    public static bool TryLookup(FileDescriptorHandle map, uint key, Span<byte> value)
    {
        fixed (byte* pointer = value)
        {
            var result = bpf_map_lookup_elem(map, &key, pointer);
            if (Errno.FromResult(result) == Errno.NoEntry)
            {
                return false;
            }

            KernelException.ThrowIfFailed(result, "cannot read the map");
            return true;
        }
    }

    /// <summary>From now on user space can't write to the map.</summary>
    public static void Freeze(FileDescriptorHandle map) =>
        KernelException.ThrowIfFailed(bpf_map_freeze(map), "cannot freeze the map");

    /// <summary>A map by the number that a lookup in a map of maps gives; null when it is gone.</summary>
    public static FileDescriptorHandle? OpenMapById(uint id)
    {
        var fd = bpf_map_get_fd_by_id(id);
        return Errno.FromResult(fd) == Errno.NoEntry
            ? null
            : new FileDescriptorHandle(KernelException.ThrowIfFailed(fd, $"cannot open map {id}"));
    }

    /// <summary>What the kernel says about a map.</summary>
    public static MapInfo GetMapInfo(FileDescriptorHandle map)
    {
        var info = default(MapInfo);
        var length = (uint)sizeof(MapInfo);
        KernelException.ThrowIfFailed(bpf_obj_get_info_by_fd((int)map.DangerousGetHandle(), &info, &length), "cannot ask about the map");
        GC.KeepAlive(map);
        return info;
    }

    /// <summary>Type and number of a map or link: struct bpf_map_info and struct bpf_link_info begin with them.</summary>
    public static KernelIdentity Identify(FileDescriptorHandle held)
    {
        var identity = Identify((int)held.DangerousGetHandle());
        GC.KeepAlive(held);
        return identity;
    }

    /// <summary>The same of a link that this process attached.</summary>
    public static KernelIdentity Identify(BpfLinkHandle held)
    {
        var identity = Identify(bpf_link__fd(held));
        GC.KeepAlive(held);
        return identity;
    }

    private static KernelIdentity Identify(int fd)
    {
        // The kernel writes as much of the structure as there is room for.
        var info = stackalloc uint[2];
        var length = 2u * sizeof(uint);
        KernelException.ThrowIfFailed(bpf_obj_get_info_by_fd(fd, info, &length), "cannot ask about a map or link");
        return new KernelIdentity(info[0], info[1]);
    }

    /// <summary>
    /// Bytes of kernel memory that a map takes: "memlock" of its fdinfo (bpf_map_show_fdinfo). Kernels before 6.4 count
    /// maps that grow with all their entries.
    /// </summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public static long MemoryOf(FileDescriptorHandle map)
    {
        const string Name = "memlock:";
        foreach (var line in File.ReadLines($"/proc/self/fdinfo/{map.DangerousGetHandle()}"))
        {
            if (line.StartsWith(Name, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Name.Length), NumberStyles.Integer, CultureInfo.InvariantCulture, out var bytes))
            {
                GC.KeepAlive(map);
                return bytes;
            }
        }

        KernelException.Throw("the kernel does not say what memory a map takes", default);
        return 0;
    }

    /// <summary>The beginning of struct bpf_map_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapInfo
    {
        /// <summary>BPF_MAP_TYPE_*.</summary>
        public uint Type;

        /// <summary>Number of the map in this boot.</summary>
        public uint Id;

        /// <summary>Bytes of a key.</summary>
        public uint KeySize;

        /// <summary>Bytes of a value.</summary>
        public uint ValueSize;

        /// <summary>Entries.</summary>
        public uint MaxEntries;

        /// <summary>BPF_F_*.</summary>
        public uint MapFlags;
    }
}

/// <summary>BPF_MAP_TYPE_* as far as Guard makes maps itself.</summary>
internal enum MapType
{
    /// <summary>BPF_MAP_TYPE_ARRAY.</summary>
    Array = 2,

    /// <summary>BPF_MAP_TYPE_PERCPU_ARRAY.</summary>
    PerCpuArray = 6,

    /// <summary>BPF_MAP_TYPE_ARRAY_OF_MAPS.</summary>
    ArrayOfMaps = 12,

    /// <summary>BPF_MAP_TYPE_RINGBUF.</summary>
    RingBuffer = 27,
}
