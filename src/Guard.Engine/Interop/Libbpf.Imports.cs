using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <content>
/// Every import, private. Only symbols of libbpf 1.1 (Debian 12). Calls that give pointers give NULL and set errno; calls
/// that give an int give -errno and their errno is not read. A C bool is one byte.
/// </content>
internal static unsafe partial class Libbpf
{
    private const string Library = "libbpf.so.1";

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint bpf_object__open_file(string path, nint options);

    [LibraryImport(Library)]
    private static partial int bpf_object__load(BpfObjectHandle bpfObject);

    [LibraryImport(Library)]
    private static partial void bpf_object__close(nint bpfObject);

    [LibraryImport(Library)]
    private static partial nint bpf_object__btf(BpfObjectHandle bpfObject);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int btf__find_by_name_kind(nint btf, string name, uint kind);

    [LibraryImport(Library)]
    private static partial long btf__resolve_size(nint btf, uint type);

    [LibraryImport(Library)]
    private static partial nint bpf_object__next_program(BpfObjectHandle bpfObject, nint previous);

    [LibraryImport(Library)]
    private static partial nint bpf_object__next_map(BpfObjectHandle bpfObject, nint previous);

    [LibraryImport(Library)]
    private static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    private static partial nint bpf_program__section_name(nint program);

    [LibraryImport(Library)]
    private static partial int bpf_program__fd(nint program);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int libbpf_find_vmlinux_btf_id(string name, int attachType);

    [LibraryImport(Library)]
    private static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool autoload);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint bpf_program__attach(nint program);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint bpf_program__attach_iter(nint program, nint options);

    [LibraryImport(Library)]
    private static partial nint bpf_map__name(nint map);

    [LibraryImport(Library)]
    private static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    private static partial bool bpf_map__is_internal(nint map);

    [LibraryImport(Library)]
    private static partial int bpf_link__fd(BpfLinkHandle link);

    [LibraryImport(Library)]
    private static partial int bpf_link__destroy(nint link);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_raw_tracepoint_open(string? name, int programFd);

    [LibraryImport(Library)]
    private static partial int bpf_iter_create(int linkFd);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_obj_pin(int fd, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_obj_get(string path);

    [LibraryImport(Library)]
    private static partial int bpf_obj_get_info_by_fd(int fd, void* info, uint* length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_map_create(
        uint type, string? name, uint keySize, uint valueSize, uint maxEntries, MapCreateOptions* options);

    [LibraryImport(Library)]
    private static partial int bpf_map_update_elem(FileDescriptorHandle map, void* key, void* value, ulong flags);

    [LibraryImport(Library)]
    private static partial int bpf_map_lookup_elem(FileDescriptorHandle map, void* key, void* value);

    [LibraryImport(Library)]
    private static partial int bpf_map_freeze(FileDescriptorHandle map);

    [LibraryImport(Library)]
    private static partial int bpf_map_get_fd_by_id(uint id);

    [LibraryImport(Library)]
    private static partial int bpf_link_get_fd_by_id(uint id);

    [LibraryImport(Library)]
    private static partial int bpf_link_get_next_id(uint id, uint* next);

    [LibraryImport(Library)]
    private static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library)]
    private static partial nint libbpf_set_print(nint callback);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint ring_buffer__new(
        FileDescriptorHandle map, delegate* unmanaged<nint, byte*, nuint, int> callback, nint context, nint options);

    [LibraryImport(Library)]
    private static partial int ring_buffer__poll(RingBufferHandle ring, int timeoutMs);

    [LibraryImport(Library)]
    private static partial int ring_buffer__consume(RingBufferHandle ring);

    [LibraryImport(Library)]
    private static partial void ring_buffer__free(nint ring);

    [LibraryImport(Library)]
    private static partial int bpf_prog_test_run_opts(int program, TestRunOptions* options);

    /// <summary>struct bpf_map_create_opts of libbpf 1.1.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MapCreateOptions
    {
        public nuint Size;
        public uint BtfFd;
        public uint BtfKeyTypeId;
        public uint BtfValueTypeId;
        public uint BtfVmlinuxValueTypeId;
        public uint InnerMapFd;
        public uint MapFlags;
        public ulong MapExtra;
        public uint NumaNode;
        public uint MapIfindex;
    }

    /// <summary>struct bpf_test_run_opts of libbpf 1.1.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TestRunOptions
    {
        public nuint Size;
        public void* DataIn;
        public void* DataOut;
        public uint DataSizeIn;
        public uint DataSizeOut;
        public void* ContextIn;
        public void* ContextOut;
        public uint ContextSizeIn;
        public uint ContextSizeOut;
        public uint ReturnValue;
        public int Repeat;
        public uint Duration;
        public uint Flags;
        public uint Cpu;
        public uint BatchSize;
    }
}
