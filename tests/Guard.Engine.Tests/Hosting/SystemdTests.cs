using System.Net.Sockets;
using System.Text;
using Guard.Engine.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Guard.Engine.Tests.Hosting;

public sealed class SystemdTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void States_are_datagrams_to_the_socket(bool isAbstract)
    {
        var name = (isAbstract ? "@guard-" : Path.GetTempPath() + "guard-") + Guid.NewGuid();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name[1..] : name));
        listener.ReceiveTimeout = 5000;
        var notifier = new SystemdNotifier(name, null, null);
        notifier.Notify(ServiceState.Ready);
        notifier.Notify(ServiceState.Status("two\nlines"));
        Assert.Equal("READY=1", Receive(listener));
        Assert.Equal("STATUS=two lines", Receive(listener));
    }

    [Fact]
    public void Without_systemd_nothing_is_sent_and_nothing_fails()
    {
        new SystemdNotifier(null, null, null).Notify(ServiceState.Ready);
        new SystemdNotifier("/nonexistent/socket", null, null).Notify(ServiceState.Ready);
    }

    [Theory]
    [InlineData("60000000", null, 60)]
    [InlineData("60000000", "1", null)]
    [InlineData("x", null, null)]
    [InlineData("0", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_is_this_processs_or_none(string? microseconds, string? pid, int? seconds)
        => Assert.Equal(seconds, (int?)new SystemdNotifier("@x", microseconds, pid).WatchdogInterval?.TotalSeconds);

    [Fact]
    public async Task The_watchdog_is_fed_only_while_the_engine_is_healthy()
    {
        var notifier = new CountingNotifier();
        var healthy = true;
        using var ending = new CancellationTokenSource();
        var watchdog = new SystemdWatchdog(notifier, () => healthy ? true : throw new InvalidOperationException(), TimeProvider.System, NullLogger.Instance);
        var running = watchdog.RunAsync(ending.Token);
        Assert.True(SpinWait.SpinUntil(() => notifier.Count > 3, TimeSpan.FromSeconds(10)));
        healthy = false;
        await Task.Delay(100);
        var then = notifier.Count;
        await Task.Delay(300);
        Assert.Equal(then, notifier.Count);
        await ending.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(5));
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    private sealed class CountingNotifier : ISystemdNotifier
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public bool IsEnabled => true;

        public TimeSpan? WatchdogInterval => TimeSpan.FromMilliseconds(40);

        public void Notify(ServiceState state) => Interlocked.Increment(ref _count);
    }
}
