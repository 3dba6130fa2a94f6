using Guard.Engine.Audit;
using Guard.Engine.Control;

namespace Guard.Engine.Hosting;

/// <summary>The engine as the daemon around it sees it.</summary>
internal interface IEngineHost : IAsyncDisposable
{
    /// <summary>
    /// What the control socket serves. There from construction on; until <see cref="StartAsync"/> has completed only
    /// <see cref="IEngineControl.GetStatus"/> is called, which answers <c>starting</c>.
    /// </summary>
    IEngineControl Control { get; }

    /// <summary>The trail that the control socket reads from.</summary>
    IAuditStore Trail { get; }

    /// <summary>
    /// False when a part that must move has stopped moving: the watchdog is then no longer fed and systemd restarts
    /// guardd. Being degraded is not unhealthy. Returns at once.
    /// </summary>
    bool Healthy { get; }

    /// <summary>Recovers, loads, installs and attaches; returns when the engine decides, or knows why it cannot.</summary>
    /// <exception cref="Exception">guardd ends with exit code 1; a kernel without support is no reason for that.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops user space; what the kernel decides stays in force.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
