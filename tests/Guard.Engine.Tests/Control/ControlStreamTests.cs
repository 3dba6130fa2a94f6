using System.Text.Json;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Control;

public sealed class ControlStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Launches_arrive_one_by_one_and_silence_is_an_empty_line()
    {
        await using var server = await RunningServer.StartAsync();
        using var reader = await OpenAsync(server, ControlApi.TraceExec);
        server.Engine.Launches.Writer.TryWrite(new ExecTrace { Process = new ProcessInfo { Pid = 17 } });
        var trace = JsonSerializer.Deserialize(await LineAsync(reader), GuardJson.Default.ExecTrace);
        Assert.Equal(17, trace?.Process.Pid);
        Assert.Equal("", await LineAsync(reader));
    }

    [Fact]
    public async Task A_client_that_goes_ends_the_engines_side_too()
    {
        await using var server = await RunningServer.StartAsync();
        (await OpenAsync(server, ControlApi.TraceExec)).Dispose();
        server.Http.CancelPendingRequests();
        await server.Engine.TraceEnded.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_nobody_else()
    {
        await using var server = await RunningServer.StartAsync();
        using var idle = await server.ConnectAsync();
        await idle.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET {ControlApi.TraceExec} HTTP/1.1\r\nHost: x\r\n\r\n"));
        for (var i = 0; i < 20_000; i++)
        {
            server.Engine.Launches.Writer.TryWrite(new ExecTrace { Process = new ProcessInfo { Pid = i, Image = new string('x', 200) } });
        }
        Assert.Contains("enforcing", await server.Http.GetStringAsync(ControlApi.Status).WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_the_server_ends_streams_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        using var reader = await OpenAsync(server, ControlApi.AuditFollow);
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));
        await server.Engine.DisposeAsync();
    }

    [Fact]
    public async Task Follow_begins_now_and_filters()
    {
        await using var server = await RunningServer.StartAsync();
        server.Engine.Append([Record("exec.denied", "old")]);
        using var reader = await OpenAsync(server, ControlApi.AuditFollow + "?kind=exec.denied");
        Assert.Equal("", await LineAsync(reader));
        server.Engine.Append([Record("policy.pushed", "other"), Record("exec.denied", "new")]);
        Assert.Equal("new", (await NextAsync(reader)).Message);
    }

    [Fact]
    public async Task Follow_after_a_number_misses_nothing_beyond_a_page()
    {
        await using var server = await RunningServer.StartAsync();
        server.Engine.Append([.. Enumerable.Range(1, 2500).Select(n => Record("exec.denied", "r" + n))]);
        using var reader = await OpenAsync(server, ControlApi.AuditFollow + "?after=2");
        for (var n = 3; n <= 2500; n++)
        {
            Assert.Equal(n, (await NextAsync(reader)).Seq);
        }
    }

    [Fact]
    public async Task More_than_sixteen_streams_are_refused_and_a_closed_one_makes_room()
    {
        await using var server = await RunningServer.StartAsync();
        var readers = new List<StreamReader>();
        for (var i = 0; i < 16; i++)
        {
            readers.Add(await OpenAsync(server, ControlApi.AuditFollow));
        }
        Assert.Equal(429, await StatusAsync(server));
        readers.ForEach(reader => reader.Dispose());
        var limit = DateTime.UtcNow + Patience;
        while (await StatusAsync(server) == 429)
        {
            Assert.True(DateTime.UtcNow < limit);
            await Task.Delay(50);
        }
    }

    private static async Task<int> StatusAsync(RunningServer server)
    {
        using var response = await server.Http.GetAsync(ControlApi.AuditFollow, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }

    private static AuditRecord Record(string kind, string message) => new() { Kind = kind, Message = message };

    private static async Task<StreamReader> OpenAsync(RunningServer server, string path)
    {
        var response = await server.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<string> LineAsync(StreamReader reader) => await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException();

    private static async Task<AuditRecord> NextAsync(StreamReader reader)
    {
        string line;
        do
        {
            line = await LineAsync(reader);
        }
        while (line.Length == 0);
        return JsonSerializer.Deserialize(line, GuardJson.Default.AuditRecord)!;
    }
}
