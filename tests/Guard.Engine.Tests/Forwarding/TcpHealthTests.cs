using System.Net;
using System.Net.Sockets;
using Guard.Engine.Forwarding;
using Xunit;

namespace Guard.Engine.Tests.Forwarding;

public sealed class TcpHealthTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket _sender = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _receiver;

    public TcpHealthTests()
    {
        _listener.Start();
        _sender.Connect(_listener.LocalEndpoint);
        _receiver = _listener.AcceptSocket();
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public void A_receiver_that_does_not_stop_sending_holds_nobody()
    {
        Say(32 << 10);
        var broken = Assert.Throws<SocketException>(() => TcpHealth.ThrowIfClosed(_sender));
        Assert.Contains("does not stop sending", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_receiver_says_now_and_then_is_dropped()
    {
        for (var i = 0; i < 3; i++)
        {
            Say(8 << 10);
            TcpHealth.ThrowIfClosed(_sender);
            Assert.Equal(0, _sender.Available);
        }
    }

    [Fact]
    public void A_receiver_that_closed_is_broken()
    {
        _receiver.Dispose();
        Assert.True(SpinWait.SpinUntil(() => _sender.Poll(0, SelectMode.SelectRead), TimeSpan.FromSeconds(20)));
        Assert.Throws<SocketException>(() => TcpHealth.ThrowIfClosed(_sender));
    }

    private void Say(int bytes)
    {
        _receiver.Send(new byte[bytes]);
        Assert.True(SpinWait.SpinUntil(() => _sender.Available >= bytes, TimeSpan.FromSeconds(20)));
    }
}
