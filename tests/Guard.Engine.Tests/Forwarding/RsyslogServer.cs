using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Guard.Engine.Tests.Forwarding;

/// <summary>A real rsyslogd on a free loopback port that writes the structured data of each message to a file.</summary>
internal sealed class RsyslogServer : IDisposable
{
    private const string Program = "/usr/sbin/rsyslogd";

    private readonly string _directory;
    private Process? _process;

    public RsyslogServer(string directory)
    {
        _directory = directory;
        Port = FindFreePort();
        File.WriteAllText(
            Path.Combine(directory, "rsyslog.conf"),
            string.Create(CultureInfo.InvariantCulture, $$"""
            global(workDirectory="{{directory}}" maxMessageSize="64k")
            module(load="imtcp")
            template(name="line" type="string" string="%pri% %app-name% %msgid% %structured-data%%msg%\n")
            input(type="imtcp" address="127.0.0.1" port="{{Port}}")
            action(type="omfile" file="{{Output}}" template="line" asyncWriting="off" flushOnTXEnd="on")
            """));
    }

    public static bool IsInstalled => File.Exists(Program);

    public int Port { get; }

    public string Output => Path.Combine(_directory, "received.log");

    public async Task StartAsync()
    {
        var pidFile = Path.Combine(_directory, "rsyslogd.pid");
        File.Delete(pidFile);
        _process = Process.Start(new ProcessStartInfo(
            Program, ["-n", "-f", Path.Combine(_directory, "rsyslog.conf"), "-i", pidFile]))!;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new InvalidOperationException("rsyslogd does not listen");
    }

    /// <summary>SIGSTOP: the kernel goes on acknowledging what the process does not read.</summary>
    public async Task FreezeAsync()
    {
        using var kill = Process.Start("kill", ["-STOP", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGKILL: nothing is flushed, what was not read is gone.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            Kill();
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
