using System.Buffers.Binary;
using System.Net.Sockets;

namespace Guard.Engine.Forwarding;

/// <summary>What the kernel knows of a TCP connection (struct tcp_info, whose layout only ever grows).</summary>
internal static class TcpHealth
{
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int AcknowledgedOffset = 120;

    // Receivers of syslog say nothing; 16 KiB since the last look is more than any banner.
    private const int MostReads = 64;

    /// <summary>
    /// Throws when the peer has closed or reset the connection. What it may have said is dropped, up to 16 KiB at a time: one
    /// that says more counts as broken, because whoever sends without pause would never let its reader go.
    /// </summary>
    /// <exception cref="SocketException">It has, or it does not stop sending.</exception>
    public static void ThrowIfClosed(Socket socket)
    {
        Span<byte> ignored = stackalloc byte[256];
        for (var reads = 0; socket.Poll(0, SelectMode.SelectRead); reads++)
        {
            if (reads == MostReads)
            {
                throw new SocketException((int)SocketError.ConnectionAborted, "the receiver does not stop sending");
            }

            if (socket.Receive(ignored, SocketFlags.None) == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset, "the receiver closed the connection");
            }
        }
    }

    /// <summary>Bytes that the peer's kernel has acknowledged since the connection began, its SYN included.</summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    public static long ReadAcknowledged(Socket socket)
    {
        Span<byte> info = stackalloc byte[256];
        var length = socket.GetRawSocketOption(TcpLevel, TcpInfo, info);
        return length >= AcknowledgedOffset + sizeof(long)
            ? BinaryPrimitives.ReadInt64LittleEndian(info[AcknowledgedOffset..])
            : throw new SocketException((int)SocketError.OperationNotSupported, "the kernel does not tell what was acknowledged");
    }
}
