using System.Globalization;
using System.Net.Sockets;

namespace Guard.Engine.Hosting;

/// <summary>Tells systemd about the service's state.</summary>
internal interface ISystemdNotifier
{
    /// <summary>Whether somebody listens.</summary>
    bool IsEnabled { get; }

    /// <summary>How long systemd waits for a sign of life, or null.</summary>
    TimeSpan? WatchdogInterval { get; }

    /// <summary>Sends a state; a failure is not the service's problem and is swallowed.</summary>
    void Notify(ServiceState state);
}

/// <inheritdoc />
internal sealed class SystemdNotifier : ISystemdNotifier
{
    private readonly string? _socketPath;

    /// <summary>For $NOTIFY_SOCKET and $WATCHDOG_USEC of this process.</summary>
    public SystemdNotifier()
        : this(
            Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
            Environment.GetEnvironmentVariable("WATCHDOG_PID"))
    {
    }

    internal SystemdNotifier(string? socket, string? watchdogMicroseconds, string? watchdogPid)
    {
        // A leading @ stands for the NUL of an abstract address.
        _socketPath = string.IsNullOrEmpty(socket) ? null : socket[0] == '@' ? '\0' + socket[1..] : socket;
        WatchdogInterval = IsForThisProcess(watchdogPid)
            && long.TryParse(watchdogMicroseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && microseconds is > 0 and < long.MaxValue / 10
            ? TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : null;
    }

    /// <inheritdoc />
    public bool IsEnabled => _socketPath is not null;

    /// <inheritdoc />
    public TimeSpan? WatchdogInterval { get; }

    /// <inheritdoc />
    public void Notify(ServiceState state)
    {
        if (_socketPath is null)
        {
            return;
        }
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(state.GetData(), new UnixDomainSocketEndPoint(_socketPath));
        }
        catch (SocketException)
        {
            // A service manager that has gone must not take the service with it.
        }
    }

    private static bool IsForThisProcess(string? pid)
        => string.IsNullOrEmpty(pid) || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
}
