using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Guard.Cli.Tests;

/// <summary>Just enough HTTP on a Unix socket to stand in for guardd: canned answers, requests kept.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("guardctl-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Dictionary<string, (int Status, string Body)> _answers = new(StringComparer.Ordinal);

    public FakeServer()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _ = Task.Run(AcceptAsync);
    }

    public string Path => System.IO.Path.Combine(_directory, "s");

    /// <summary>Answers as soon as it has the headers, and hangs up with the body unread, as guardd does with what it refuses.</summary>
    public bool RefusesBodies { get; set; }

    public List<(string Line, string Body)> Requests { get; } = [];

    /// <summary>The answer to a method and path, without its query.</summary>
    public FakeServer Answer<T>(string request, T value, JsonTypeInfo<T> type, int status = 200)
        => Answer(request, JsonSerializer.Serialize(value, type), status);

    public FakeServer Answer(string request, string body, int status = 200)
    {
        _answers[request] = (status, body);
        return this;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptAsync();
                using var stream = new NetworkStream(socket);
                await ServeAsync(stream);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, false, 1 << 16, leaveOpen: true);
        var line = await reader.ReadLineAsync() ?? "";
        var length = 0;
        for (var header = await reader.ReadLineAsync(); !string.IsNullOrEmpty(header); header = await reader.ReadLineAsync())
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(header.AsSpan(15), CultureInfo.InvariantCulture);
            }
        }
        var body = new char[length];
        if (length > 0 && !RefusesBodies)
        {
            // Of nothing, it would wait for more.
            await reader.ReadBlockAsync(body);
        }
        Requests.Add((line, new string(body)));
        var key = string.Join(' ', line.Split(' ')[..2]).Split('?')[0];
        var (status, answer) = _answers.GetValueOrDefault(key, (404, "{\"error\":\"the fake does not know this\"}"));
        var bytes = Encoding.UTF8.GetBytes(answer);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(bytes);
    }
}
