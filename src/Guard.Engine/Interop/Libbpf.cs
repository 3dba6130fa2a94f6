using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>
/// libbpf.so.1 as Guard uses it: typed calls that throw <see cref="KernelException"/> with a sentence and the errno.
/// Object calls are not thread-safe for one object; map calls are.
/// </summary>
internal static unsafe partial class Libbpf
{
    /// <summary>Reads an object file; nothing reaches the kernel yet.</summary>
    public static BpfObjectHandle OpenObject(string path)
    {
        LibbpfLog.Install();
        var pointer = bpf_object__open_file(path, 0);
        if (pointer == 0)
        {
            KernelException.Throw($"cannot open the BPF object {path}", Errno.FromLastCall(), LibbpfLog.LastMessages());
        }

        return new BpfObjectHandle(pointer);
    }

    /// <summary>Bytes of a struct as the object was compiled with it; null when the object doesn't speak of it.</summary>
    public static long? StructSize(BpfObjectHandle bpfObject, string name)
    {
        const uint kindStruct = 4;
        var btf = bpf_object__btf(bpfObject);
        var type = btf == 0 ? -1 : btf__find_by_name_kind(btf, name, kindStruct);
        var size = type < 0 ? -1 : btf__resolve_size(btf, (uint)type);
        GC.KeepAlive(bpfObject);
        return size < 0 ? null : size;
    }

    /// <summary>Creates the maps and puts the programs through the verifier.</summary>
    public static void LoadObject(BpfObjectHandle bpfObject)
    {
        LibbpfLog.Clear();
        var result = bpf_object__load(bpfObject);
        if (result < 0)
        {
            KernelException.Throw(
                "the kernel refused the BPF object", Errno.FromResult(result), LibbpfLog.LastVerifierLog() ?? LibbpfLog.LastMessages());
        }
    }

    /// <summary>All programs, in the order of the object file.</summary>
    public static List<BpfProgram> Programs(BpfObjectHandle bpfObject)
    {
        var programs = new List<BpfProgram>();
        for (var p = bpf_object__next_program(bpfObject, 0); p != 0; p = bpf_object__next_program(bpfObject, p))
        {
            programs.Add(new BpfProgram(bpfObject, p, Text(bpf_program__name(p)), Text(bpf_program__section_name(p))));
        }

        return programs;
    }

    /// <summary>All maps, in the order of the object file.</summary>
    public static List<BpfMap> Maps(BpfObjectHandle bpfObject)
    {
        var maps = new List<BpfMap>();
        for (var m = bpf_object__next_map(bpfObject, 0); m != 0; m = bpf_object__next_map(bpfObject, m))
        {
            maps.Add(new BpfMap(bpfObject, m, Text(bpf_map__name(m)), bpf_map__is_internal(m)));
        }

        return maps;
    }

    /// <summary>BPF_LSM_MAC of enum bpf_attach_type, include/uapi/linux/bpf.h.</summary>
    private const int LsmAttachType = 27;

    /// <summary>Whether the kernel that runs has an LSM hook that programs can be attached to; false without BTF.</summary>
    public static bool HasLsmHook(string hook) => libbpf_find_vmlinux_btf_id(hook, LsmAttachType) > 0;

    /// <summary>Says before the load whether the program shall be loaded.</summary>
    public static void SetAutoload(BpfProgram program, bool autoload)
    {
        KernelException.ThrowIfFailed(bpf_program__set_autoload(program.Pointer, autoload), $"autoload of {program.Name}");
        GC.KeepAlive(program.Object);
    }

    /// <summary>A descriptor of a loaded map that outlives the object.</summary>
    public static FileDescriptorHandle DuplicateMap(BpfMap map)
    {
        var fd = KernelException.ThrowIfFailed(bpf_map__fd(map.Pointer), $"map {map.Name} is not loaded");
        var copy = Libc.Duplicate(fd);
        GC.KeepAlive(map.Object);
        return copy;
    }

    /// <summary>Attaches by what SEC() says.</summary>
    public static BpfLinkHandle Attach(BpfProgram program)
    {
        LibbpfLog.Clear();
        var link = bpf_program__attach(program.Pointer);
        if (link == 0)
        {
            KernelException.Throw($"cannot attach {program.Name} to {program.Section}", Errno.FromLastCall(), LibbpfLog.LastMessages());
        }

        GC.KeepAlive(program.Object);
        return new BpfLinkHandle(link);
    }

    /// <summary>Makes an iterator program readable; nothing runs yet.</summary>
    public static BpfLinkHandle AttachIterator(BpfProgram program)
    {
        var link = bpf_program__attach_iter(program.Pointer, 0);
        if (link == 0)
        {
            KernelException.Throw($"cannot attach the iterator {program.Name}", Errno.FromLastCall(), LibbpfLog.LastMessages());
        }

        GC.KeepAlive(program.Object);
        return new BpfLinkHandle(link);
    }

    /// <summary>One pass of an iterator: reading it to the end runs it.</summary>
    public static FileDescriptorHandle CreateIterator(BpfLinkHandle link)
    {
        var fd = bpf_iter_create(bpf_link__fd(link));
        GC.KeepAlive(link);
        return new FileDescriptorHandle(KernelException.ThrowIfFailed(fd, "cannot create an iterator"));
    }

    /// <summary>The same of an iterator that was pinned.</summary>
    public static FileDescriptorHandle CreateIterator(FileDescriptorHandle link)
    {
        var fd = bpf_iter_create((int)link.DangerousGetHandle());
        GC.KeepAlive(link);
        return new FileDescriptorHandle(KernelException.ThrowIfFailed(fd, "cannot create an iterator"));
    }

    /// <summary>Attaches a loaded program by what it was loaded for, as LSM programs can be: no libbpf object is needed.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">What to call it when it fails.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static FileDescriptorHandle AttachProgram(FileDescriptorHandle program, string name)
    {
        var fd = bpf_raw_tracepoint_open(null, (int)program.DangerousGetHandle());
        GC.KeepAlive(program);
        return new FileDescriptorHandle(KernelException.ThrowIfFailed(fd, $"cannot attach {name}"));
    }

    /// <summary>A descriptor of a link that outlives the handle.</summary>
    public static FileDescriptorHandle DuplicateLink(BpfLinkHandle link)
    {
        var copy = Libc.Duplicate(bpf_link__fd(link));
        GC.KeepAlive(link);
        return copy;
    }

    /// <summary>Pins a link, so that it outlives this process.</summary>
    public static void Pin(BpfLinkHandle link, string path)
    {
        KernelException.ThrowIfFailed(bpf_obj_pin(bpf_link__fd(link), path), $"cannot pin {path}");
        GC.KeepAlive(link);
    }

    /// <summary>Pins a map, so that it outlives this process.</summary>
    public static void Pin(FileDescriptorHandle map, string path)
    {
        KernelException.ThrowIfFailed(bpf_obj_pin((int)map.DangerousGetHandle(), path), $"cannot pin {path}");
        GC.KeepAlive(map);
    }

    /// <summary>Pins a program, so that it outlives the object that it was loaded from.</summary>
    public static void Pin(BpfProgram program, string path)
    {
        KernelException.ThrowIfFailed(bpf_obj_pin(bpf_program__fd(program.Pointer), path), $"cannot pin {path}");
        GC.KeepAlive(program.Object);
    }

    /// <summary>Opens what is pinned at a path.</summary>
    public static FileDescriptorHandle OpenPinned(string path) =>
        new(KernelException.ThrowIfFailed(bpf_obj_get(path), $"cannot open the pin {path}"));

    /// <summary>Number of CPUs that per-CPU maps have a value for.</summary>
    public static int PossibleCpus() =>
        KernelException.ThrowIfFailed(libbpf_num_possible_cpus(), "cannot count the CPUs");

    /// <summary>Begins to read a ring; the callback runs inside <see cref="Poll"/>.</summary>
    public static RingBufferHandle NewRing(
        FileDescriptorHandle map, delegate* unmanaged<nint, byte*, nuint, int> callback, nint context)
    {
        var ring = ring_buffer__new(map, callback, context, 0);
        if (ring == 0)
        {
            KernelException.Throw("cannot read the ring buffer", Errno.FromLastCall());
        }

        return new RingBufferHandle(ring);
    }

    /// <summary>Waits for records and hands them to the callback. Negative: -errno, or what the callback gave.</summary>
    public static int Poll(RingBufferHandle ring, int timeoutMs) => ring_buffer__poll(ring, timeoutMs);

    /// <summary>Hands over what is there, without waiting and whether or not the kernel has woken anybody.</summary>
    public static int Consume(RingBufferHandle ring) => ring_buffer__consume(ring);

    /// <summary>Runs a loaded program once per <paramref name="repeat"/> with a context it may write to (SEC("syscall")).</summary>
    public static ProgramRun TestRun(BpfProgram program, Span<byte> context, ReadOnlySpan<byte> data = default, int repeat = 0)
    {
        fixed (byte* contextPointer = context)
        fixed (byte* dataPointer = data)
        {
            var options = new TestRunOptions
            {
                Size = (nuint)sizeof(TestRunOptions),
                ContextIn = contextPointer,
                ContextSizeIn = (uint)context.Length,
                DataIn = dataPointer,
                DataSizeIn = (uint)data.Length,
                Repeat = repeat,
            };
            var result = bpf_prog_test_run_opts(bpf_program__fd(program.Pointer), &options);
            KernelException.ThrowIfFailed(result, $"cannot run {program.Name}");
            GC.KeepAlive(program.Object);
            return new ProgramRun(options.ReturnValue, options.Duration);
        }
    }

    internal static void Close(nint bpfObject) => bpf_object__close(bpfObject);

    internal static bool Destroy(nint link) => bpf_link__destroy(link) == 0;

    internal static void Free(nint ring) => ring_buffer__free(ring);

    internal static void SetPrint(delegate* unmanaged<int, byte*, nint, int> callback) => libbpf_set_print((nint)callback);

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? string.Empty;
}

/// <summary>What BPF_PROG_TEST_RUN said.</summary>
/// <param name="ReturnValue">What the program returned.</param>
/// <param name="NanosecondsPerRun">Average over the repetitions.</param>
internal readonly record struct ProgramRun(uint ReturnValue, uint NanosecondsPerRun);
