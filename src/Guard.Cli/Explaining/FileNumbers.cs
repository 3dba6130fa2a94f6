using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Guard.Cli.Explaining;

/// <summary>What file a path is on this machine: device and inode.</summary>
internal static partial class FileNumbers
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxInode = 0x100;

    /// <summary>Places in struct statx, which is the same on every architecture.</summary>
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;

    /// <summary>The file, or null where there is none or none that may be looked at. As guardd looks: links on the way are followed, one at the end is not.</summary>
    public static (ulong Device, ulong Inode)? Of(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        return Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxInode, buffer) == 0
            ? (BinaryPrimitives.ReadUInt64LittleEndian(buffer[DeviceOffset..]), BinaryPrimitives.ReadUInt64LittleEndian(buffer[InodeOffset..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> buffer);
}
