using Guard.Engine.Audit;
using Guard.Engine.Control;
using Guard.Engine.Forwarding;
using Guard.Engine.Hosting;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Protocol;
using Guard.Protocol.Host;
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
    private readonly Func<IReadOnlyList<SupportCheck>> _lacking;
    private readonly Func<EngineParts, IKernelSide> _attach;
    private IKernelSide? _kernel;
    private Task _health = Task.CompletedTask;
    private Task _retention = Task.CompletedTask;

    /// <summary>Opens the trail; nothing else happens before <see cref="StartAsync"/>.</summary>
    /// <exception cref="AuditStoreException">The trail can't be used.</exception>
    public GuardEngine(GuardOptions options, ILoggerFactory loggers)
        : this(
            new EngineParts(options, loggers.CreateLogger("guardd"), TimeProvider.System),
            () => KernelSupport.Failures(new KernelSupport().Probe()),
            KernelSide.Attach)
    {
    }

    /// <summary>The same with parts that are there, and another kernel.</summary>
    /// <param name="parts">Taken over.</param>
    /// <param name="lacking">What keeps this machine from enforcing.</param>
    /// <param name="attach">Attaches to the kernel; throws as <see cref="KernelSide.Attach(EngineParts)"/> does.</param>
    internal GuardEngine(EngineParts parts, Func<IReadOnlyList<SupportCheck>> lacking, Func<EngineParts, IKernelSide> attach)
    {
        _parts = parts;
        _lacking = lacking;
        _attach = attach;
        _control = new EngineControl(_parts, () => _kernel, () => [.. _forwarders.Select(forwarder => forwarder.Status)]);
    }

    /// <inheritdoc/>
    public IEngineControl Control => _control;

    /// <inheritdoc/>
    public IAuditStore Trail => _parts.Store;

    /// <inheritdoc/>
    public bool Healthy => _parts.Writer.IsMoving && (_kernel is null || (_kernel.Healthy && _parts.Health.IsTurning && !_health.IsCompleted));

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.Run(AttachKernelAsync, cancellationToken).ConfigureAwait(false);
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
        await EndAsync("The self-test", () => _health).ConfigureAwait(false);
        await EndAsync("Pruning the trail", () => _retention).ConfigureAwait(false);
        if (_kernel is { } kernel)
        {
            await EndAsync("Reading the rings", () => kernel.DisposeAsync().AsTask()).ConfigureAwait(false);
        }

        var stopped = Record(AuditKinds.EngineStopped, "guardd stops; what is in force stays in force");
        await EndAsync("The record of the stop", () => _parts.Writer.WriteAsync(stopped, cancellationToken).AsTask()).ConfigureAwait(false);
        await EndAsync("Writing the trail", _parts.Writer.StopAsync).ConfigureAwait(false);
        foreach (var forwarder in _forwarders)
        {
            await EndAsync("Forwarding", () => forwarder.DisposeAsync().AsTask()).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        await _parts.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the end of one part. What it throws is said and keeps no other part from ending.</summary>
    private async Task EndAsync(string part, Func<Task> end)
    {
        try
        {
            await end().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping is the one way in which most of these end.
        }
        catch (Exception e)
        {
            _parts.Log.LogError(e, "{Part} ended with an error; guardd goes on stopping", part);
        }
    }

    /// <summary>Prunes the trail every minute. A failure is said; the next turn tries again.</summary>
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
            catch (Exception e)
            {
                // Also what is no failure of the store: without pruning the trail would grow until the disk is full.
                _parts.Log.LogError(e, "The trail could not be pruned");
            }
        }
    }

    private static RetentionOptions RetentionOf(TrailOptions trail) => new()
    {
        MaxBytes = trail.MaxBytes,
        MaxAge = TimeSpan.FromDays(trail.MaxAgeDays),
    };

    private async Task AttachKernelAsync()
    {
        var failures = _lacking();
        if (failures.Count > 0)
        {
            _parts.Health.CannotEnforce("this machine can't enforce: guardctl doctor says what to do", failures);
            return;
        }

        IKernelSide? kernel = null;
        try
        {
            kernel = _attach(_parts);
            kernel.Start();
            _parts.Health.Prove(kernel.Weaknesses);

            // Not before: a kernel side that nobody reads would be taken for one that enforces.
            (_kernel, kernel) = (kernel, null);
        }
        catch (Exception e) when (e is KernelException or AuditStoreException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _parts.Log.LogCritical(e, "Guard could not be attached to the kernel");
            _parts.Health.CannotEnforce(e.Message.Split('\n')[0], []);
        }
        finally
        {
            if (kernel is not null)
            {
                await EndAsync("Attaching to the kernel", () => kernel.DisposeAsync().AsTask()).ConfigureAwait(false);
            }
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
            _parts.Log.LogError("The trail can't be written; enforcement does not wait for it: {Error}", _parts.Writer.Status.Error);
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
