using Guard.Engine.Audit;
using Guard.Engine.Control;
using Guard.Engine.Forwarding;
using Guard.Engine.Hosting;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Engine;

/// <summary>
/// The engine: trail first, then the kernel (load or adopt, install, attach last), then the proof, then forwarding.
/// Without kernel support it runs degraded and says why; the trail and the control socket work all the same.
/// </summary>
internal sealed class GuardEngine : IEngineHost
{
    private readonly EngineParts _parts;
    private readonly EngineControl _control;
    private readonly List<Forwarder> _forwarders = [];
    private readonly CancellationTokenSource _stopping = new();
    private KernelSide? _kernel;
    private Task _health = Task.CompletedTask;
    private Task _retention = Task.CompletedTask;

    /// <summary>Opens the trail; nothing else happens before <see cref="StartAsync"/>.</summary>
    /// <exception cref="AuditStoreException">The trail can't be used.</exception>
    public GuardEngine(GuardOptions options, ILoggerFactory loggers)
    {
        _parts = new EngineParts(options, loggers.CreateLogger("guardd"), TimeProvider.System);
        _control = new EngineControl(_parts, () => _kernel, () => [.. _forwarders.Select(forwarder => forwarder.Status)]);
    }

    /// <inheritdoc/>
    public IEngineControl Control => _control;

    /// <inheritdoc/>
    public IAuditStore Trail => _parts.Store;

    /// <inheritdoc/>
    public bool Healthy => _kernel is null || (_kernel.Healthy && _parts.Health.IsTurning);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.Run(AttachKernel, cancellationToken).ConfigureAwait(false);
        StartForwarding();
        await RecordStartAsync(cancellationToken).ConfigureAwait(false);
        _retention = Task.Run(() => RetainAsync(_stopping.Token), CancellationToken.None);
        if (_kernel is { } kernel)
        {
            _health = Task.Run(() => _parts.Health.RunAsync(kernel.Weaknesses, _stopping.Token), CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(Quietly(_health), Quietly(_retention)).ConfigureAwait(false);
        if (_kernel is { } kernel)
        {
            await kernel.DisposeAsync().ConfigureAwait(false);
        }

        await _parts.Writer.WriteAsync(Record(AuditKinds.EngineStopped, "guardd stops; what is in force stays in force"), cancellationToken).ConfigureAwait(false);
        await _parts.Writer.StopAsync().ConfigureAwait(false);
        foreach (var forwarder in _forwarders)
        {
            await forwarder.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        await _parts.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping is the one way in which these end.
        }
    }

    /// <summary>Prunes the trail every minute. A failure is the store's and is said by its writer; the next turn tries again.</summary>
    private async Task RetainAsync(CancellationToken cancellationToken)
    {
        var options = RetentionOf(_parts.Options.Trail);
        var retention = new Retention(_parts.Store, options, [.. _parts.Options.Sinks.Select(sink => sink.Name)], _parts.Time);
        using var timer = new PeriodicTimer(options.Interval, _parts.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                retention.Run();
            }
            catch (AuditStoreException e)
            {
                _parts.Log.LogError(e, "The trail could not be pruned");
            }
        }
    }

    private static RetentionOptions RetentionOf(TrailOptions trail) => new()
    {
        MaxBytes = trail.MaxBytes,
        MaxAge = TimeSpan.FromDays(trail.MaxAgeDays),
    };

    private void AttachKernel()
    {
        var checks = new KernelSupport().Probe();
        var failures = KernelSupport.Failures(checks);
        if (failures.Count > 0)
        {
            _parts.Health.CannotEnforce("this machine can't enforce: guardctl doctor says what to do", failures);
            return;
        }

        try
        {
            _kernel = KernelSide.Attach(_parts);
            _kernel.Start();
            _parts.Health.Prove(_kernel.Weaknesses);
        }
        catch (Exception e) when (e is KernelException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _parts.Log.LogCritical(e, "Guard could not be attached to the kernel");
            _parts.Health.CannotEnforce(e.Message.Split('\n')[0], []);
        }
    }

    private void StartForwarding()
    {
        foreach (var options in _parts.Options.Sinks)
        {
            var sink = new SyslogSink(
                new SyslogSinkOptions { Name = options.Name, Host = options.Host, Port = options.Port, SoftwareVersion = DaemonVersion.Short },
                _parts.Time);
            var forwarder = new Forwarder(_parts.Store, sink, new ForwarderOptions(), _parts.Signal, _parts.Time, Random.Shared.NextDouble);
            forwarder.Start();
            _forwarders.Add(forwarder);
        }
    }

    private async Task RecordStartAsync(CancellationToken cancellationToken)
    {
        var how = _kernel switch
        {
            null => "guardd starts and enforces nothing",
            { WasAdopted: true } => "guardd starts and goes on with what the kernel enforces",
            var kernel => $"guardd starts; {kernel.SeededTasks} running tasks were made known",
        };
        await _parts.Writer.WriteAsync(Record(AuditKinds.EngineStarted, how), cancellationToken).ConfigureAwait(false);
        if (!await _parts.Writer.TryFlushAsync(cancellationToken).ConfigureAwait(false))
        {
            _parts.Log.LogError("The trail can't be written; enforcement does not wait for it");
        }
    }

    private AuditRecord Record(string kind, string message) => new()
    {
        Time = _parts.Time.GetUtcNow(),
        Kind = kind,
        BootId = _parts.BootId,
        PolicyHash = _parts.Policy.Current?.Image.PolicyHash,
        Generation = _parts.Policy.Current?.Generation,
        Message = message,
        Detail = new Dictionary<string, string> { ["version"] = DaemonVersion.Short },
    };
}
