using System.Net;
using System.Net.Sockets;

namespace Guard.Engine.Control;

/// <summary>
/// A Unix socket to listen on that takes connections from ends with names of any length. Sockets keep no more room for the
/// name of the other end than their own name has, and a longer one is an exception on a thread of the runtime: whoever may
/// connect could end guardd. Not thread-safe until it is bound.
/// </summary>
internal sealed class ListeningEndPoint : EndPoint
{
    /// <summary>More than the kernel ever gives: a name of 108 bytes, its family and a zero.</summary>
    private const int LongestAddress = 128;

    private readonly UnixDomainSocketEndPoint _place;
    private bool _bound;

    private ListeningEndPoint(UnixDomainSocketEndPoint place) => _place = place;

    /// <inheritdoc />
    public override AddressFamily AddressFamily => AddressFamily.Unix;

    /// <summary>A socket that is bound to a place. Unlike others it leaves its file behind when it is disposed.</summary>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint place)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var here = new ListeningEndPoint(place);
            socket.Bind(here);
            here._bound = true;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The address to bind to; from then on room for that of any other end.</summary>
    public override SocketAddress Serialize() => _bound ? new SocketAddress(AddressFamily.Unix, LongestAddress) : _place.Serialize();

    /// <summary>The other end's name. One that the runtime does not take is given as the place itself: nothing depends on it.</summary>
    public override EndPoint Create(SocketAddress socketAddress)
    {
        try
        {
            return _place.Create(socketAddress);
        }
        catch (ArgumentException)
        {
            return _place;
        }
    }

    /// <inheritdoc />
    public override string ToString() => _place.ToString();
}
