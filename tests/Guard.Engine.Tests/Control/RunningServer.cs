using System.Net.Sockets;
using System.Text;
using Guard.Engine.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Engine.Tests.Control;

/// <summary>A control server on a socket in a directory of its own, with an engine that is a fake.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ControlServer _server;

    private RunningServer(string directory, FakeEngine engine, ControlServer server)
    {
        Directory = directory;
        Engine = engine;
        _server = server;
        Http = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, token) => new NetworkStream(await ConnectAsync(token), true) })
        {
            BaseAddress = new Uri("http://guardd"),
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public string Directory { get; }

    public string Socket => Path.Combine(Directory, "s");

    public FakeEngine Engine { get; }

    public HttpClient Http { get; }

    public static async Task<RunningServer> StartAsync(PeerAccess? access = PeerAccess.Change, bool started = true, uint? group = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("guardctl-test-").FullName;
        var engine = new FakeEngine();
        var options = new ControlServerOptions
        {
            Socket = Path.Combine(directory, "s"),
            Group = group,
            Heartbeat = TimeSpan.FromMilliseconds(200),
            Poll = TimeSpan.FromMilliseconds(10),
            HeaderTimeout = TimeSpan.FromSeconds(1),
        };
        var server = new ControlServer(options, engine, engine, NullLoggerFactory.Instance, access is { } fixedAccess ? new FixedPeer(fixedAccess) : null);
        var running = new RunningServer(directory, engine, server);
        await server.StartAsync(CancellationToken.None);
        if (started)
        {
            server.EngineHasStarted();
        }
        return running;
    }

    public Task StopAsync() => _server.StopAsync(CancellationToken.None);

    public async Task<Socket> ConnectAsync(CancellationToken token = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), token);
        return socket;
    }

    /// <summary>Sends bytes, says that no more will come or does not, and reads until the server closes.</summary>
    public async Task<string> RawAsync(byte[] bytes, bool halfClose = true)
    {
        using var socket = await ConnectAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = new StringBuilder();
        try
        {
            await socket.SendAsync(bytes, limit.Token);
            if (halfClose)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            var buffer = new byte[4096];
            for (var read = await socket.ReceiveAsync(buffer, limit.Token); read > 0; read = await socket.ReceiveAsync(buffer, limit.Token))
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // The server has hung up: that is an answer too.
        }
        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private sealed class FixedPeer(PeerAccess access) : IPeerAuthorisation
    {
        public PeerIdentity Identify(Socket socket) => new(new ControlPeer(4242, 1000, 1000), access);
    }
}
