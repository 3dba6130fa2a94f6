using System.Net.Sockets;
using Guard.Engine.Control;
using Xunit;

namespace Guard.Engine.Tests.Control;

public sealed class SocketFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("guard-socket-").FullName;

    private string Socket => Path.Combine(_directory, "s");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_socket_that_somebody_answers_is_left_alone()
    {
        using var listener = Bind();
        Assert.Throws<AlreadyRunningException>(() => SocketFile.Claim(Socket));
        Assert.True(File.Exists(Socket));
    }

    [Fact]
    public void A_socket_without_an_owner_is_removed()
    {
        using (var listener = Bind())
        {
            // A hard link survives what the runtime cleans up.
            File.Move(Socket, Socket + ".kept");
        }
        File.Move(Socket + ".kept", Socket);
        SocketFile.Claim(Socket);
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public void Anything_else_in_its_place_is_not_touched()
    {
        File.WriteAllText(Socket, "precious");
        Assert.Throws<IOException>(() => SocketFile.Claim(Socket));
        Assert.Equal("precious", File.ReadAllText(Socket));
    }

    [Fact]
    public async Task A_second_server_does_not_take_the_place_of_the_first()
    {
        await using var first = await RunningServer.StartAsync();
        Assert.Throws<AlreadyRunningException>(() => SocketFile.Claim(first.Socket));
        Assert.Equal(200, (int)(await first.Http.GetAsync(Guard.Protocol.ControlApi.Status)).StatusCode);
    }

    private Socket Bind()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Socket));
        listener.Listen();
        return listener;
    }
}
