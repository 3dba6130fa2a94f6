using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Guard.Engine.Control;

/// <summary>Another guardd answers on the socket, or holds its lock.</summary>
internal sealed class AlreadyRunningException : Exception
{
    /// <summary>Creates one with a sentence for people.</summary>
    public AlreadyRunningException(string message)
        : base(message)
    {
    }
}

/// <summary>The control socket as a file: never taken from a living guardd, never anything but a socket removed.</summary>
internal static partial class SocketFile
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxType = 1;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int TypeSocket = 0xC000;

    /// <summary>Removes what a dead guardd has left behind.</summary>
    /// <exception cref="AlreadyRunningException">Somebody answers there.</exception>
    /// <exception cref="IOException">Something else than a socket is in the place.</exception>
    public static void Claim(string path)
    {
        if (FileType(path) is not { } type)
        {
            return;
        }
        if (type != TypeSocket)
        {
            throw new IOException($"{path} exists and is no socket; guardd does not replace it");
        }
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        throw new AlreadyRunningException($"another guardd answers on {path}");
    }

    /// <summary>Owner root may all, the group too, others nothing. Without a group: the owner alone.</summary>
    public static void Restrict(string path, uint? group)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(path, Owner);
        if (group is { } gid && LChown(path, uint.MaxValue, gid) == 0)
        {
            File.SetUnixFileMode(path, Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        }
    }

    private static int? FileType(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        return Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxType, buffer) == 0
            ? BinaryPrimitives.ReadUInt16LittleEndian(buffer[ModeOffset..]) & TypeMask
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> buffer);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, uint owner, uint group);
}
