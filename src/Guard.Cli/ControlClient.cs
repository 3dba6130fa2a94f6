using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Protocol;

namespace Guard.Cli;

/// <summary>Asks guardd over its socket. Every failure becomes a sentence, a hint and an exit code.</summary>
internal sealed class ControlClient : IDisposable
{
    /// <summary>A larger body is sent only when guardd asks for it: what it refuses unread would end the connection before its answer.</summary>
    private const int LargestUnasked = 16 << 10;

    private readonly string _socket;
    private readonly HttpClient _http;

    /// <summary>For a socket; nothing is connected yet.</summary>
    public ControlClient(string socket)
    {
        _socket = socket;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Longer than guardd lets a check wait for its turn, in which it does not ask for the body.
            Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://guardd"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>GET.</summary>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Get, path, null, type, TimeSpan.FromSeconds(30), cancellationToken);

    /// <summary>DELETE.</summary>
    public Task<T> DeleteAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Delete, path, null, type, TimeSpan.FromMinutes(5), cancellationToken);

    /// <summary>POST of a bundle.</summary>
    public Task<PolicyOutcome> PostAsync(string path, PolicyBundle bundle, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(bundle, GuardJson.Default.PolicyBundle));
        content.Headers.ContentType = new("application/json");
        return SendAsync(HttpMethod.Post, path, content, GuardJson.Default.PolicyOutcome, TimeSpan.FromMinutes(5), cancellationToken);
    }

    /// <summary>POST without a body.</summary>
    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Post, path, null, type, TimeSpan.FromMinutes(5), cancellationToken);

    /// <summary>GET of JSON lines. Ends when guardd closes the stream.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false) is { } line)
        {
            // An empty line says that guardd lives.
            if (line.Length > 0)
            {
                yield return Parse(Encoding.UTF8.GetBytes(line), type);
            }
        }
    }

    /// <summary>Appends parameters that are not null, escaped.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Key, string? Value)> parameters)
    {
        var text = new StringBuilder(path);
        var separator = '?';
        foreach (var (key, value) in parameters)
        {
            if (value is not null)
            {
                text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }
        return text.ToString();
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.ExpectContinue = content?.Headers.ContentLength > LargestUnasked;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var response = await OpenAsync(request, limit.Token).ConfigureAwait(false);
            return Parse(await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false), type);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Unreachable, $"guardd did not answer within {timeout.TotalSeconds:0} s", "systemctl status guardd");
        }
        catch (HttpRequestException)
        {
            throw Gone();
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException is SocketException socket ? Explain(socket) : Gone();
        }
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            throw await RefusalAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<CliException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var code = response.StatusCode switch
        {
            HttpStatusCode.Forbidden => ExitCode.NotPermitted,
            HttpStatusCode.NotFound => ExitCode.NotFound,
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => ExitCode.Unreachable,
            _ => ExitCode.Findings,
        };
        ControlError? error = null;
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            error = JsonSerializer.Deserialize(bytes, GuardJson.Default.ControlError);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            // Not from guardd's endpoints; the status has to do.
        }
        return new CliException(code, error?.Error ?? $"guardd answered {(int)response.StatusCode}", error?.Hint)
        {
            Busy = response.StatusCode == HttpStatusCode.TooManyRequests,
        };
    }

    private static T Parse<T>(byte[] bytes, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type)
                ?? throw new CliException(ExitCode.Findings, "guardd answered with nothing", "guardctl version");
        }
        catch (JsonException)
        {
            throw new CliException(ExitCode.Findings, "guardd's answer is not understood; guardctl and guardd may be of different versions", "guardctl version");
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private CliException Explain(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied => new CliException(
            ExitCode.NotPermitted,
            $"{_socket} may not be opened: only root and members of the group guard may talk to guardd",
            "try again with sudo, or: sudo usermod -aG guard $USER, and log in again"),
        SocketError.ConnectionRefused => new CliException(
            ExitCode.Unreachable, $"nobody answers on {_socket}: guardd has ended", "sudo systemctl start guardd; journalctl -u guardd"),
        _ => new CliException(
            ExitCode.Unreachable, $"guardd is not running: {_socket} is not there", "sudo systemctl start guardd; guardctl doctor"),
    };

    private static CliException Gone()
        => new(ExitCode.Unreachable, "guardd closed the connection before it had answered", "journalctl -u guardd");
}
