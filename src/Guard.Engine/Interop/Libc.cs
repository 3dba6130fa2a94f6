using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <summary>The few calls of libc that the base class library lacks.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc.so.6";
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int DirectoryCloseOnExec = 0x10000 | 0x80000;
    private const int PathOnlyNoFollowCloseOnExec = 0x200000 | 0x20000 | 0x80000;
    private const int DuplicateCloseOnExec = 1030;
    private const int ClockBootTime = 7;
    private const long BpfFileSystemMagic = 0xcafe4a11;

    /// <summary>Nanoseconds since boot, time asleep included.</summary>
    public static long BootTimeNanoseconds()
    {
        if (clock_gettime(ClockBootTime, out var time) != 0)
        {
            KernelException.Throw("cannot read CLOCK_BOOTTIME", Errno.FromLastCall());
        }

        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    /// <summary>Opens for reading and closes again; the errno is what the open said.</summary>
    public static Errno TryOpenForRead(string path)
    {
        int fd;
        do
        {
            fd = open(path, ReadOnlyCloseOnExec, 0);
        }
        while (fd < 0 && Errno.FromLastCall() == Errno.Interrupted);

        if (fd < 0)
        {
            return Errno.FromLastCall();
        }

        Close(fd);
        return default;
    }

    /// <summary>
    /// A descriptor that only says which file it is (O_PATH), of a symbolic link itself where the path ends in one; null when
    /// there is none, or none that may be reached.
    /// </summary>
    /// <param name="path">Absolute; its bytes as Latin-1 characters, without NUL.</param>
    public static FileDescriptorHandle? TryOpenPathOnly(string path)
    {
        var bytes = new byte[path.Length + 1];
        System.Text.Encoding.Latin1.GetBytes(path, bytes);
        fixed (byte* pointer = bytes)
        {
            int fd;
            do
            {
                fd = open_bytes(pointer, PathOnlyNoFollowCloseOnExec, 0);
            }
            while (fd < 0 && Errno.FromLastCall() == Errno.Interrupted);

            return fd < 0 ? null : new FileDescriptorHandle(fd);
        }
    }

    /// <summary>
    /// What was made, renamed and deleted in a directory is on disk when this returns, as far as the file system has such a
    /// call. Without it a power cut may undo it, whatever was flushed of the files themselves.
    /// </summary>
    /// <exception cref="IOException">It could not be written, or there is no such directory.</exception>
    public static void SyncDirectory(string path)
    {
        var fd = open(path, DirectoryCloseOnExec, 0);
        if (fd < 0)
        {
            throw new IOException($"cannot open {path}: {Errno.FromLastCall()}");
        }

        var failed = fsync(fd) == 0 ? default : Errno.FromLastCall();
        Close(fd);
        if (!failed.IsNone && failed != Errno.Invalid)
        {
            throw new IOException($"cannot write {path} to disk: {failed}");
        }
    }

    /// <summary>True on a bpffs; false when it is something else or not there.</summary>
    public static bool IsBpfFileSystem(string path)
    {
        // struct statfs is 120 bytes on the 64-bit Linux ABIs; f_type comes first.
        var buffer = stackalloc long[64];
        return statfs(path, buffer) == 0 && buffer[0] == BpfFileSystemMagic;
    }

    /// <summary>Mounts a bpffs that only its owner may enter.</summary>
    public static void MountBpfFileSystem(string path)
    {
        const ulong noSuidNoDevNoExec = 2 | 4 | 8;
        if (mount("bpf", path, "bpf", noSuidNoDevNoExec, "mode=0700") != 0)
        {
            KernelException.Throw($"cannot mount a bpffs on {path}", Errno.FromLastCall());
        }
    }

    /// <summary>Unmounts; for tests.</summary>
    public static void Unmount(string path)
    {
        if (umount2(path, 0) != 0)
        {
            KernelException.Throw($"cannot unmount {path}", Errno.FromLastCall());
        }
    }

    /// <summary>rename(2): within one file system, replaces nothing that is not empty.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
        {
            KernelException.Throw($"cannot rename {from} to {to}", Errno.FromLastCall());
        }
    }

    /// <summary>Reads from an iterator, at most the length of the buffer; 0 at the end.</summary>
    public static int Read(FileDescriptorHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                var got = read(descriptor, pointer, (nuint)buffer.Length);
                if (got >= 0)
                {
                    return (int)got;
                }

                // EAGAIN: an iterator has gone through a million objects and had nothing to say yet (bpf_seq_read).
                if (Errno.FromLastCall() != Errno.Interrupted && Errno.FromLastCall() != Errno.TryAgain)
                {
                    KernelException.Throw("cannot read", Errno.FromLastCall());
                }
            }
        }
    }

    /// <summary>A second descriptor of the same thing, closed on exec.</summary>
    public static FileDescriptorHandle Duplicate(int descriptor)
    {
        var copy = fcntl(descriptor, DuplicateCloseOnExec, 0);
        if (copy < 0)
        {
            KernelException.Throw("cannot duplicate a descriptor", Errno.FromLastCall());
        }

        return new FileDescriptorHandle(copy);
    }

    /// <summary>Effective uid.</summary>
    public static uint EffectiveUserId() => geteuid();

    /// <summary>Formats what a print callback was given into UTF-8; the list of arguments is used up.</summary>
    public static string Format(byte* format, nint arguments)
    {
        // A va_list is used up by reading it: measure with a copy. It is 24 bytes on x86-64 and 32 on arm64, passed by
        // reference on both, and lives on libbpf's stack, where reading 8 bytes more does no harm.
        var copy = stackalloc byte[32];
        Buffer.MemoryCopy((void*)arguments, copy, 32, 32);
        var length = vsnprintf(null, 0, format, (nint)copy);
        if (length <= 0)
        {
            return string.Empty;
        }

        var buffer = new byte[length + 1];
        fixed (byte* pointer = buffer)
        {
            length = Math.Min(length, vsnprintf(pointer, (nuint)buffer.Length, format, arguments));
        }

        return System.Text.Encoding.UTF8.GetString(buffer, 0, Math.Max(0, length));
    }

    internal static bool Close(int descriptor) => close(descriptor) == 0;

    [LibraryImport(Library, SetLastError = true)]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport(Library, SetLastError = true, EntryPoint = "open")]
    private static partial int open_bytes(byte* path, int flags, int mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(FileDescriptorHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Library)]
    private static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, long* buffer);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport(Library)]
    private static partial uint geteuid();

    [LibraryImport(Library)]
    private static partial int vsnprintf(byte* buffer, nuint size, byte* format, nint arguments);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
