using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Guard.Engine.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Engine.Tests.Control;

/// <summary>A control server on a socket in a directory of its own, with an engine that is a fake.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ControlServer _server;
    private readonly List<HttpClient> _others = [];
    private int _bound;

    private RunningServer(string directory, FakeEngine engine, ControlServer server)
    {
        Directory = directory;
        Engine = engine;
        _server = server;
        Http = Client(ConnectAsync);
    }

    public string Directory { get; }

    public string Socket => Path.Combine(Directory, "guardd.sock");

    public FakeEngine Engine { get; }

    public HttpClient Http { get; }

    public static async Task<RunningServer> StartAsync(PeerAccess? access = PeerAccess.Change, bool started = true, uint? group = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("guardctl-test-").FullName;
        var engine = new FakeEngine();
        var options = new ControlServerOptions
        {
            Socket = Path.Combine(directory, "guardd.sock"),
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

    /// <summary>A client that the server takes for somebody else than the one it was started for.</summary>
    public HttpClient As(PeerAccess access, uint uid)
    {
        var client = Client(token => ConnectAsAsync(access, uid, token));
        _others.Add(client);
        return client;
    }

    /// <summary>A connection of somebody else: who it is stands in the name that its own end is bound to.</summary>
    public async Task<Socket> ConnectAsAsync(PeerAccess access, uint uid, CancellationToken token = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(Directory, $"{(int)access}-{uid}-{Interlocked.Increment(ref _bound)}")));
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), token);
        return socket;
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
        _others.ForEach(client => client.Dispose());
        await _server.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static HttpClient Client(Func<CancellationToken, Task<Socket>> connect)
        => new(new SocketsHttpHandler { ConnectCallback = async (_, token) => new NetworkStream(await connect(token), true) })
        {
            BaseAddress = new Uri("http://guardd"),
            Timeout = TimeSpan.FromSeconds(60),
        };

    private sealed class FixedPeer(PeerAccess access) : IPeerAuthorisation
    {
        public PeerIdentity Identify(Socket socket)
        {
            var name = Path.GetFileName(socket.RemoteEndPoint?.ToString() ?? "").Split('-');
            return name.Length == 3
                ? new(new ControlPeer(4242, uint.Parse(name[1], CultureInfo.InvariantCulture), 1000), Enum.Parse<PeerAccess>(name[0]))
                : new(new ControlPeer(4242, 1000, 1000), access);
        }
    }
}
