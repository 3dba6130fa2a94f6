using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Guard.Engine.Hosting;

/// <summary>
/// Stops the host on SIGTERM, SIGINT and SIGQUIT, and tells systemd when it is stopping. READY=1 is the daemon's to
/// send: the host has started long before the engine decides.
/// </summary>
internal sealed class SystemdLifetime : IHostLifetime, IDisposable
{
    private readonly IHostApplicationLifetime _application;
    private readonly ISystemdNotifier _notifier;
    private readonly List<IDisposable> _registrations = [];

    /// <summary>For dependency injection.</summary>
    public SystemdLifetime(IHostApplicationLifetime application, ISystemdNotifier notifier)
    {
        _application = application;
        _notifier = notifier;
    }

    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(_application.ApplicationStopping.Register(() => _notifier.Notify(ServiceState.Stopping)));
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _application.StopApplication();
    }
}
