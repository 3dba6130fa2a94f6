using System.Globalization;
using System.Text.RegularExpressions;
using Guard.Engine.Audit;
using Guard.Engine.Forwarding;
using Xunit;

namespace Guard.Engine.Tests.Forwarding;

/// <summary>The whole way to a receiver that people run.</summary>
public sealed partial class RsyslogTests : IDisposable
{
    private const int Batches = 120;
    private const int BatchSize = 50;

    private readonly string _directory = Directory.CreateTempSubdirectory("guard-rsyslog-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SkippableFact]
    public async Task Every_record_arrives_although_rsyslogd_is_killed_again_and_again()
    {
        Skip.IfNot(RsyslogServer.IsInstalled, "rsyslogd is not installed (apt-get install rsyslog)");
        using var server = new RsyslogServer(_directory);
        await server.StartAsync();
        using var store = SqliteAuditStore.Open(
            new SqliteAuditStoreOptions { Path = Path.Combine(_directory, "trail.db") }, TimeProvider.System);
        var signal = new TrailSignal();
        var forwarder = CreateForwarder(store, server, signal);
        forwarder.Start();

        var writing = Task.Run(() => AppendAllAsync(store, signal));
        for (var i = 0; i < 5; i++)
        {
            // Frozen first, so that acknowledged records die unread with it.
            await Task.Delay(300);
            await server.FreezeAsync();
            await Task.Delay(400);
            server.Kill();
            await Task.Delay(200);
            await server.StartAsync();
        }

        await writing;
        await WaitForCursorAsync(store, forwarder);
        await forwarder.DisposeAsync();
        Assert.Equal(Batches * BatchSize, store.ReadCursor("siem"));
        Assert.Empty(Enumerable.Range(1, Batches * BatchSize).Except(ReadReceived(server)));
    }

    [SkippableFact]
    public async Task Rsyslogd_reads_hostile_records_as_one_message_each()
    {
        Skip.IfNot(RsyslogServer.IsInstalled, "rsyslogd is not installed (apt-get install rsyslog)");
        using var server = new RsyslogServer(_directory);
        await server.StartAsync();
        var options = new SyslogSinkOptions { Name = "siem", Host = "127.0.0.1", Port = server.Port, ConfirmAfter = TimeSpan.FromMilliseconds(500) };
        await using var sink = new SyslogSink(options, TimeProvider.System);
        await sink.SendAsync([.. SyslogFormatterTests.Hostile.Select((record, i) => record with { Seq = i + 1 })], default);
        for (var i = 0; i < 100 && sink.Confirm() == 0; i++)
        {
            await Task.Delay(50);
        }

        var lines = await File.ReadAllLinesAsync(server.Output);
        Assert.Equal(SyslogFormatterTests.Hostile.Count, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("108 guardd exec.denied [guard@32473 seq=", line, StringComparison.Ordinal));
        Assert.Equal(SyslogFormatterTests.Hostile.Count, sink.Confirm());
    }

    private static Forwarder CreateForwarder(SqliteAuditStore store, RsyslogServer server, TrailSignal signal)
    {
        var sink = new SyslogSink(
            new SyslogSinkOptions { Name = "siem", Host = "127.0.0.1", Port = server.Port, ConfirmAfter = TimeSpan.FromSeconds(3) },
            TimeProvider.System);
        var options = new ForwarderOptions
        {
            ConfirmInterval = TimeSpan.FromMilliseconds(200),
            Schedule = new DeliverySchedule { Min = TimeSpan.FromMilliseconds(50), Max = TimeSpan.FromMilliseconds(400) },
        };
        return new Forwarder(store, sink, options, signal, TimeProvider.System, () => 0.5);
    }

    private static async Task AppendAllAsync(SqliteAuditStore store, TrailSignal signal)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            signal.Announce(store.Append([.. Enumerable.Range(1, BatchSize).Select(_ => SyslogFormatterTests.Plain)]));
            await Task.Delay(30);
        }
    }

    private static async Task WaitForCursorAsync(SqliteAuditStore store, Forwarder forwarder)
    {
        for (var i = 0; i < 300 && forwarder.Status.Lag > 0; i++)
        {
            await Task.Delay(100);
        }

        Assert.Equal(0, forwarder.Status.Lag);
        Assert.Equal(0, forwarder.Skipped);
        Assert.Null(forwarder.Status.Error);
        Assert.Equal(store.LastSeq, forwarder.Status.Cursor);
    }

    private static HashSet<int> ReadReceived(RsyslogServer server) =>
        [.. SeqPattern().Matches(File.ReadAllText(server.Output)).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex("guard@32473 seq=\"([0-9]+)\"")]
    private static partial Regex SeqPattern();
}
