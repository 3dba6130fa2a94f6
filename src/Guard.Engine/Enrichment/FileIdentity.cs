using System.Runtime.InteropServices;

namespace Guard.Engine.Enrichment;

/// <summary>What the class library does not tell of files: inode numbers, and links as bytes.</summary>
internal static partial class FileIdentity
{
    private const int CurrentDirectory = -100;
    private const uint InodeMask = 0x100;
    private const int StatxBytes = 256;
    private const int InodeOffset = 32;
    private const int LinkBytes = 4096;

    /// <summary>The inode number, 0 when there is no such file.</summary>
    public static unsafe ulong InodeOf(string path)
    {
        var buffer = stackalloc byte[StatxBytes];
        return statx(CurrentDirectory, path, 0, InodeMask, buffer) == 0 ? *(ulong*)(buffer + InodeOffset) : 0;
    }

    /// <summary>What a symbolic link says, byte for byte; empty when it cannot be read.</summary>
    public static unsafe byte[] ReadLink(string path)
    {
        var buffer = stackalloc byte[LinkBytes];
        var length = readlink(path, buffer, LinkBytes);
        return length > 0 ? new ReadOnlySpan<byte>(buffer, (int)length).ToArray() : [];
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint readlink(string path, byte* buffer, nuint size);
}
