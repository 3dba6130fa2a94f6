using System.Net;
using System.Text;
using System.Text.Json;
using Guard.Engine.Control;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Control;

/// <summary>What members of the group that may read can keep from root and from each other.</summary>
public sealed class ControlLoadTests
{
    private const uint Ann = 1001;
    private const uint Ben = 1002;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_push_and_a_check_of_root_do_not_wait_for_the_check_of_a_reader()
    {
        await using var server = await RunningServer.StartAsync();
        using var held = new Held();
        server.Engine.OnCheck = held.Hold;
        var check = server.As(PeerAccess.Read, Ann).PostAsync(ControlApi.PolicyCheck, Bundle());
        await held.UntilAsync(1);
        server.Engine.OnCheck = null;
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync(ControlApi.Policy, Bundle()).WaitAsync(Patience)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync(ControlApi.PolicyCheck, Bundle()).WaitAsync(Patience)).StatusCode);
        held.Release();
        Assert.Equal(HttpStatusCode.OK, (await check).StatusCode);
    }

    [Theory]
    [InlineData(Ann)]
    [InlineData(Ben)]
    public async Task While_a_reader_has_a_check_no_other_readers_bundle_is_taken(uint other)
    {
        await using var server = await RunningServer.StartAsync();
        using var held = new Held();
        server.Engine.OnCheck = held.Hold;
        var check = server.As(PeerAccess.Read, Ann).PostAsync(ControlApi.PolicyCheck, Bundle());
        await held.UntilAsync(1);
        using var second = await server.ConnectAsAsync(PeerAccess.Read, other);
        await second.SendAsync(Head(1000));
        var answer = new byte[1000];
        var received = second.ReceiveAsync(answer);
        await Task.Delay(500);
        Assert.False(received.IsCompleted, "guardd asked for the body");
        held.Release();
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(answer, 0, await received.WaitAsync(Patience)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await check).StatusCode);
    }

    [Fact]
    public async Task A_reader_sends_eight_mebibytes_to_a_check_and_root_more()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.StartsWith("HTTP/1.1 100", await FirstAnswerAsync(server, PeerAccess.Read, 8 << 20), StringComparison.Ordinal);
        var refused = await FirstAnswerAsync(server, PeerAccess.Read, (8 << 20) + 1);
        Assert.StartsWith("HTTP/1.1 413", refused, StringComparison.Ordinal);
        Assert.Contains("8 MiB", refused, StringComparison.Ordinal);
        Assert.Contains("guardctl policy check", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 100", await FirstAnswerAsync(server, PeerAccess.Change, (8 << 20) + 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_queries_run_at_once_and_one_of_one_reader()
    {
        await using var server = await RunningServer.StartAsync();
        using var held = new Held();
        server.Engine.OnQuery = query =>
        {
            if (query.Path is not null)
            {
                held.Hold();
            }
        };
        var (ann, ben) = (server.As(PeerAccess.Read, Ann), server.As(PeerAccess.Read, Ben));
        var queries = Enumerable.Range(0, 3).Select(_ => ann.GetAsync(ControlApi.Audit + "?path=*x*")).ToList();
        await held.UntilAsync(1);
        await Task.Delay(300);
        Assert.Equal(1, held.Count);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(ControlApi.Audit).WaitAsync(Patience)).StatusCode);
        queries.AddRange(Enumerable.Range(0, 3).Select(_ => ben.GetAsync(ControlApi.Audit + "?path=*x*")));
        queries.Add(server.Http.GetAsync(ControlApi.Audit + "?path=*x*"));
        await held.UntilAsync(2);
        await Task.Delay(300);
        Assert.Equal(2, held.Count);
        held.Release();
        Assert.All(await Task.WhenAll(queries), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_follower_that_reads_what_there_is_waits_for_the_turn_of_a_query()
    {
        await using var server = await RunningServer.StartAsync();
        server.Engine.Append([.. Enumerable.Repeat(new AuditRecord { Kind = "exec.denied" }, 3000)]);
        using var held = new Held();
        server.Engine.OnQuery = _ => held.Hold();
        var ann = server.As(PeerAccess.Read, Ann);
        var streams = Enumerable.Range(0, 3).Select(_ => ann.GetAsync(ControlApi.AuditFollow + "?after=0", HttpCompletionOption.ResponseHeadersRead)).ToList();
        await held.UntilAsync(1);
        await Task.Delay(300);
        Assert.Equal(1, held.Count);
        held.Release();
        await Task.WhenAll(streams);
    }

    [Fact]
    public async Task A_reader_has_four_streams_and_leaves_room_for_root()
    {
        await using var server = await RunningServer.StartAsync();
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
        {
            open.Add(await FollowAsync(server.As(PeerAccess.Read, Ann)));
        }
        Assert.All(open, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));
        using var fifth = await FollowAsync(server.As(PeerAccess.Read, Ann));
        Assert.Equal(HttpStatusCode.TooManyRequests, fifth.StatusCode);
        var error = JsonSerializer.Deserialize(await fifth.Content.ReadAsByteArrayAsync(), GuardJson.Default.ControlError)!;
        Assert.Contains("4 streams", error.Error, StringComparison.Ordinal);
        Assert.NotEmpty(error.Hint!);
        for (var uid = Ben; uid <= Ben + 3; uid++)
        {
            for (var i = 0; i < 4; i++)
            {
                open.Add(await FollowAsync(server.As(PeerAccess.Read, uid)));
            }
        }
        Assert.Equal(12, open.Count(stream => stream.StatusCode == HttpStatusCode.OK));
        using var roots = await FollowAsync(server.Http);
        Assert.Equal(HttpStatusCode.OK, roots.StatusCode);
        open.ForEach(stream => stream.Dispose());
    }

    private static Task<HttpResponseMessage> FollowAsync(HttpClient client)
        => client.GetAsync(ControlApi.AuditFollow, HttpCompletionOption.ResponseHeadersRead);

    private static async Task<string> FirstAnswerAsync(RunningServer server, PeerAccess access, long length)
    {
        using var socket = await server.ConnectAsAsync(access, Ann);
        await socket.SendAsync(Head(length));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        int read;
        do
        {
            read = await socket.ReceiveAsync(buffer).WaitAsync(Patience);
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        while (read > 0 && !answer.ToString().StartsWith("HTTP/1.1 100", StringComparison.Ordinal));
        return answer.ToString();
    }

    /// <summary>A request that says how large its bundle is, and waits to be asked for it.</summary>
    private static byte[] Head(long length)
        => Encoding.ASCII.GetBytes($"POST {ControlApi.PolicyCheck} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n");

    private static ByteArrayContent Bundle()
        => new(JsonSerializer.SerializeToUtf8Bytes(new PolicyBundle([new BundleFile("a.yml", [1])]), GuardJson.Default.PolicyBundle));

    /// <summary>Keeps whoever comes until it lets all go.</summary>
    private sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim _go = new();
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Hold()
        {
            Interlocked.Increment(ref _count);
            _go.Wait(TimeSpan.FromSeconds(60));
        }

        public async Task UntilAsync(int count)
        {
            for (var i = 0; i < 1500 && Count < count; i++)
            {
                await Task.Delay(10);
            }
            Assert.Equal(count, Count);
        }

        public void Release() => _go.Set();

        public void Dispose()
        {
            _go.Set();
            _go.Dispose();
        }
    }
}
