using System.Globalization;
using Guard.Engine.Control;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Guard.Engine.Hosting;

/// <summary>
/// The life of guardd: the socket first, so that its state can be asked for; then the engine; then READY=1 and the
/// watchdog. The stop goes the other way; enforcement is the kernel's and stays.
/// </summary>
internal sealed class GuardDaemon : IHostedService, IAsyncDisposable
{
    private readonly GuardOptions _options;
    private readonly IEngineHost _engine;
    private readonly ISystemdNotifier _notifier;
    private readonly ILogger _log;
    private readonly ControlServer _server;
    private readonly CancellationTokenSource _stopping = new();
    private Task _watchdog = Task.CompletedTask;

    /// <summary>For dependency injection.</summary>
    public GuardDaemon(GuardOptions options, IEngineHost engine, ISystemdNotifier notifier, ILoggerFactory loggers)
    {
        _options = options;
        _engine = engine;
        _notifier = notifier;
        _log = loggers.CreateLogger("guardd");
        var group = PeerAuthorisation.FindGroup("guard");
        _server = new ControlServer(new ControlServerOptions { Socket = options.Socket, Group = group }, engine.Control, engine.Trail, loggers);
        if (group is null)
        {
            _log.NoGroup();
        }
    }

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _log.Starts(DaemonVersion.Full);
        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
        _notifier.Notify(ServiceState.Status("starting"));
        await _engine.StartAsync(cancellationToken).ConfigureAwait(false);
        _server.EngineHasStarted();
        var state = ReportState();
        _notifier.Notify(ServiceState.Ready);
        _log.Runs(state, _options.Socket);
        var watchdog = new SystemdWatchdog(_notifier, IsHealthy, TimeProvider.System, _log);
        _watchdog = Task.Run(() => watchdog.RunAsync(_stopping.Token), CancellationToken.None);
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watchdog.ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await _engine.StopAsync(cancellationToken).ConfigureAwait(false);
        _log.Stopped();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private bool IsHealthy()
    {
        ReportState();
        return _engine.Healthy;
    }

    private string ReportState()
    {
        var status = _engine.Control.GetStatus();
        var text = string.Create(CultureInfo.InvariantCulture, $"{status.State}, {status.RuleCount} rules, generation {status.Generation}");
        if (status.Reasons.Count > 0)
        {
            text += ": " + string.Join("; ", status.Reasons);
        }
        _notifier.Notify(ServiceState.Status(text));
        return text;
    }
}
