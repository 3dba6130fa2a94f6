using Microsoft.Extensions.Logging;

namespace Guard.Engine.Hosting;

/// <summary>
/// Feeds systemd's watchdog at half of its interval, but only after a health callback said yes: an engine that is
/// wedged, or a thread pool that no longer runs this, lets the watchdog bite.
/// </summary>
internal sealed class SystemdWatchdog
{
    private readonly ISystemdNotifier _notifier;
    private readonly Func<bool> _healthy;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Watches over a callback.</summary>
    public SystemdWatchdog(ISystemdNotifier notifier, Func<bool> healthy, TimeProvider time, ILogger log)
    {
        _notifier = notifier;
        _healthy = healthy;
        _time = time;
        _log = log;
    }

    /// <summary>Feeds until it is told to stop. Returns at once where there is no watchdog.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!_notifier.IsEnabled || _notifier.WatchdogInterval is not { } interval)
        {
            return;
        }
        using var timer = new PeriodicTimer(interval / 2, _time);
        try
        {
            do
            {
                Feed();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The stop.
        }
    }

    private void Feed()
    {
        bool healthy;
        try
        {
            healthy = _healthy();
        }
#pragma warning disable CA1031 // Whatever the callback throws means the same: not healthy.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.HealthCheckFailed(e);
            healthy = false;
        }
        if (healthy)
        {
            _notifier.Notify(ServiceState.Watchdog);
        }
        else
        {
            _log.NotHealthy();
        }
    }
}
