using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Guard.Engine.Control;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Control;

public sealed class ControlServerTests
{
    [Fact]
    public async Task Status_is_answered_to_a_reader()
    {
        await using var server = await RunningServer.StartAsync(PeerAccess.Read);
        var status = JsonSerializer.Deserialize(await server.Http.GetStringAsync(ControlApi.Status), GuardJson.Default.EngineStatus);
        Assert.Equal("enforcing", status?.State);
    }

    [Fact]
    public async Task Push_reaches_the_engine_with_the_peer_of_the_connection()
    {
        await using var server = await RunningServer.StartAsync();
        var response = await PushAsync(server, new PolicyBundle([new BundleFile("a.yml", [1, 2, 3])]));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(server.Engine.Pushed.TryDequeue(out var pushed));
        Assert.Equal((uint)1000, pushed.Peer.Uid);
        Assert.Equal([1, 2, 3], pushed.Bundle.Files[0].Content);
    }

    [Theory]
    [InlineData("POST", ControlApi.Policy)]
    [InlineData("DELETE", ControlApi.Policy + "?all=true")]
    [InlineData("POST", ControlApi.PolicySweep)]
    public async Task A_reader_may_not_change_and_the_attempt_is_recorded(string method, string path)
    {
        await using var server = await RunningServer.StartAsync(PeerAccess.Read);
        var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.True(server.Engine.Recorded.TryDequeue(out var record));
        Assert.Equal(AuditKinds.ControlDenied, record.Kind);
        Assert.Equal("1000", record.Detail!["uid"]);
        Assert.Empty(server.Engine.Pushed);
    }

    [Fact]
    public async Task A_sweep_says_what_is_open_and_503_when_there_is_no_kernel_to_ask()
    {
        await using var server = await RunningServer.StartAsync();
        var response = await server.Http.PostAsync(ControlApi.PolicySweep, null);
        var outcome = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), GuardJson.Default.SweepOutcome);
        Assert.Equal((1, "/etc/shadow"), (outcome!.Held, outcome.Files[0].Path));

        server.Engine.Swept = null;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.PostAsync(ControlApi.PolicySweep, null)).StatusCode);
    }

    [Theory]
    [InlineData(ControlApi.Status)]
    [InlineData(ControlApi.AuditFollow)]
    [InlineData("/v1/nothing")]
    public async Task Nobody_else_may_even_look(string path)
    {
        await using var server = await RunningServer.StartAsync(PeerAccess.None);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.GetAsync(path)).StatusCode);
        Assert.Single(server.Engine.Recorded);
    }

    [Fact]
    public async Task Denials_fill_the_trail_at_most_ten_times_a_minute()
    {
        await using var server = await RunningServer.StartAsync(PeerAccess.None);
        for (var i = 0; i < 30; i++)
        {
            await server.Http.GetAsync(ControlApi.Status);
        }
        Assert.Equal(10, server.Engine.Recorded.Count);
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/v1/policy/", 404)]
    [InlineData("PUT", ControlApi.Policy, 405)]
    [InlineData("POST", ControlApi.Status, 405)]
    [InlineData("GET", ControlApi.PolicyShow, 400)]
    [InlineData("GET", ControlApi.PolicyShow + "?id=x", 404)]
    [InlineData("GET", ControlApi.Audit + "?limit=0", 400)]
    [InlineData("GET", ControlApi.Audit + "?limit=1&limit=2", 400)]
    [InlineData("GET", ControlApi.Audit + "?verdicts=block", 400)]
    [InlineData("GET", ControlApi.Audit + "?verdict=deny", 400)]
    [InlineData("GET", ControlApi.Audit + "?since=tomorrow", 400)]
    [InlineData("GET", ControlApi.AuditFollow + "?pid=-1", 400)]
    [InlineData("DELETE", ControlApi.Policy, 400)]
    [InlineData("DELETE", ControlApi.Policy + "?all=true&id=x", 400)]
    public async Task A_request_that_is_wrong_gets_its_status_and_a_sentence(string method, string path, int expected)
    {
        await using var server = await RunningServer.StartAsync();
        var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(expected, (int)response.StatusCode);
        var error = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), GuardJson.Default.ControlError);
        Assert.NotEmpty(error!.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"files\":null}")]
    [InlineData("{\"files\":[null]}")]
    [InlineData("{\"files\":[{\"name\":\"a\"}]}")]
    [InlineData("{\"files\":[{\"name\":null,\"content\":\"\"}]}")]
    [InlineData("{\"files\":[{\"name\":\"a\",\"content\":\"%%%\"}]}")]
    public async Task A_body_that_is_no_bundle_is_400_and_reaches_nobody(string body)
    {
        await using var server = await RunningServer.StartAsync();
        var response = await server.Http.PostAsync(ControlApi.Policy, new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(server.Engine.Pushed);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_413_before_it_is_read()
    {
        await using var server = await RunningServer.StartAsync();
        var head = Encoding.ASCII.GetBytes($"POST {ControlApi.Policy} HTTP/1.1\r\nHost: x\r\nContent-Length: {ControlEndpoints.MaxBundleBytes + 1}\r\n\r\n{{");
        Assert.StartsWith("HTTP/1.1 413", await server.RawAsync(head, halfClose: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\0\0\0\0")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\n\r\n")]
    [InlineData("GET /v1/status HTTP/1.1\r\n\r\n")]
    [InlineData("POST /v1/policy HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /v1/policy HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST /v1/policy HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")]
    [InlineData("\u0016\u0003\u0001\u0002")]
    public async Task Bytes_that_are_no_request_do_not_take_the_server_down(string bytes)
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await server.RawAsync(Encoding.Latin1.GetBytes(bytes));
        Assert.DoesNotContain("200 OK", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(ControlApi.Status)).StatusCode);
    }

    /// <summary>Where this fails it ends the process, as it would end guardd.</summary>
    [Theory]
    [InlineData(false, 60)]
    [InlineData(false, 107)]
    [InlineData(false, 108)]
    [InlineData(true, 108)]
    public async Task A_client_whose_own_end_has_a_long_name_is_served(bool @abstract, int length)
    {
        await using var server = await RunningServer.StartAsync();
        var name = Encoding.ASCII.GetBytes(Path.Combine(server.Directory, "c").PadRight(length, 'c'));
        name[0] = @abstract ? (byte)0 : name[0];
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new RawName(name));
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(server.Socket));
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {ControlApi.Status} HTTP/1.1\r\nHost: x\r\n\r\n"));
        var answer = new byte[4096];
        var received = await socket.ReceiveAsync(answer).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, received), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_removes_the_socket()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.True(File.Exists(server.Socket));
        await server.StopAsync();
        Assert.False(File.Exists(server.Socket));
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await server.RawAsync(Encoding.ASCII.GetBytes("GET /v1/status HTTP/1.1\r\nHost: x\r\nX: " + new string('a', 40_000) + "\r\n\r\n"), halfClose: false);
        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_never_finishes_its_headers_is_hung_up_on()
    {
        await using var server = await RunningServer.StartAsync();
        using var socket = await server.ConnectAsync();
        await socket.SendAsync("GET /v1/sta"u8.ToArray());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, limit.Token) > 0)
        {
            // 408, then the end.
        }
    }

    [Fact]
    public async Task An_engine_that_throws_is_a_500_without_its_words()
    {
        await using var server = await RunningServer.StartAsync();
        server.Engine.Fails = new InvalidOperationException("secret");
        var response = await server.Http.GetAsync(ControlApi.Status);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_engine_has_started_only_the_status_is_served()
    {
        await using var server = await RunningServer.StartAsync(started: false);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(ControlApi.Status)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetAsync(ControlApi.Policy)).StatusCode);
    }

    [Fact]
    public async Task Remove_passes_ids_and_all_apart()
    {
        await using var server = await RunningServer.StartAsync();
        await server.Http.DeleteAsync(ControlApi.Policy + "?id=a%20b&id=c");
        Assert.Equal(["a b", "c"], server.Engine.Removed);
        await server.Http.DeleteAsync(ControlApi.Policy + "?all=true");
        Assert.Null(server.Engine.Removed);
    }

    [Fact]
    public async Task A_push_that_waits_for_its_turn_while_guardd_stops_is_told_so()
    {
        await using var server = await RunningServer.StartAsync();
        server.Engine.PushMayEnd.Reset();
        var first = PushAsync(server, new PolicyBundle([]));
        Assert.True(SpinWait.SpinUntil(() => !server.Engine.Pushed.IsEmpty, TimeSpan.FromSeconds(20)));

        using var second = await server.ConnectAsync();
        await second.SendAsync(Encoding.ASCII.GetBytes($"POST {ControlApi.Policy} HTTP/1.1\r\nHost: guardd\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n"));
        // Kestrel says it when the endpoint begins to read.
        Assert.Contains(" 100 ", await ReceiveAsync(second), StringComparison.Ordinal);
        await second.SendAsync("{\"files\":[]}"u8.ToArray());
        var stopped = server.StopAsync();
        var answer = await ReceiveAsync(second);
        server.Engine.PushMayEnd.Set();

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("guardd is stopping", answer, StringComparison.Ordinal);
        Assert.Single(server.Engine.Pushed);
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        await stopped;
    }

    private static async Task<string> ReceiveAsync(System.Net.Sockets.Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
    }

    private static Task<HttpResponseMessage> PushAsync(RunningServer server, PolicyBundle bundle)
        => server.Http.PostAsync(ControlApi.Policy, new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(bundle, GuardJson.Default.PolicyBundle)));

    /// <summary>A name as the kernel takes it, without the zero that the runtime's own has at its end.</summary>
    private sealed class RawName(byte[] name) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Unix, name.Length + 2);
            name.CopyTo(address.Buffer.Span[2..]);
            return address;
        }
    }
}
