using System.Buffers.Binary;
using System.Net.Sockets;

namespace Guard.Engine.Control;

/// <summary>What a peer may do. Each level includes the one before.</summary>
internal enum PeerAccess
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Read state, policy and trail.</summary>
    Read,

    /// <summary>Change what is in force.</summary>
    Change,
}

/// <summary>Who a connection belongs to and what he may do: decided once, when it is accepted.</summary>
/// <param name="Peer">The kernel's word about the other side.</param>
/// <param name="Access">What follows from it.</param>
internal sealed record PeerIdentity(ControlPeer Peer, PeerAccess Access);

/// <summary>Looks at a connection; the seam for tests that cannot be somebody else.</summary>
internal interface IPeerAuthorisation
{
    /// <summary>Decides about a connected socket.</summary>
    PeerIdentity Identify(Socket socket);
}

/// <summary>
/// SO_PEERCRED and SO_PEERGROUPS: uid, gid and supplementary groups that the peer had when it connected, as the kernel
/// noted them. No name service is asked, so none can block or be talked into anything; a membership that was given
/// after login counts from the next login, as everywhere.
/// </summary>
internal sealed class PeerAuthorisation : IPeerAuthorisation
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int MostGroups = 65536;

    private readonly uint? _readers;

    /// <summary>Takes the gid of the group that may read, or null for nobody.</summary>
    public PeerAuthorisation(uint? readers) => _readers = readers;

    /// <inheritdoc />
    public PeerIdentity Identify(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        if (socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) != credentials.Length)
        {
            return new PeerIdentity(new ControlPeer(0, uint.MaxValue, uint.MaxValue), PeerAccess.None);
        }
        var peer = new ControlPeer(
            BinaryPrimitives.ReadInt32LittleEndian(credentials),
            BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(credentials[8..]));
        return new PeerIdentity(peer, Decide(peer, socket));
    }

    private PeerAccess Decide(ControlPeer peer, Socket socket)
    {
        if (peer.Uid == 0)
        {
            return PeerAccess.Change;
        }
        return _readers is { } readers && (peer.Gid == readers || Groups(socket).Contains(readers))
            ? PeerAccess.Read
            : PeerAccess.None;
    }

    private static List<uint> Groups(Socket socket)
    {
        for (var size = 64; size <= MostGroups; size *= 8)
        {
            var buffer = new byte[size * sizeof(uint)];
            try
            {
                var length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, buffer);
                var groups = new List<uint>(length / sizeof(uint));
                for (var at = 0; at + sizeof(uint) <= length; at += sizeof(uint))
                {
                    groups.Add(BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at)));
                }
                return groups;
            }
            catch (SocketException)
            {
                // ERANGE: more groups than there was room for. Anything else ends with no groups.
            }
        }
        return [];
    }

    /// <summary>The gid of a local group, or null.</summary>
    public static uint? FindGroup(string name, string file = "/etc/group")
    {
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                var fields = line.Split(':');
                if (fields.Length >= 3 && fields[0] == name && uint.TryParse(fields[2], out var gid))
                {
                    return gid;
                }
            }
        }
        catch (IOException)
        {
            // No file, no group.
        }
        return null;
    }
}
