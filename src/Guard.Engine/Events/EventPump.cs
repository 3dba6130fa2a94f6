using System.Globalization;
using Guard.Engine.Audit;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Kernel.Abi;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Engine.Events;

/// <summary>
/// From the rings to the trail: decode, account for losses, keep the process tree, name, write. One task per ring; when
/// the trail can't keep up the tasks wait, the rings fill, and the kernel counts what it drops.
/// </summary>
internal sealed class EventPump : IAsyncDisposable
{
    private const int QueueCapacity = 4096;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(10);

    private readonly EventRing _decisions;
    private readonly EventRing _observed;
    private readonly PumpTargets _targets;
    private readonly EventLoss _loss;
    private readonly FailureReport _failures;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lossGate = new();
    private readonly Dictionary<string, long> _losses = [];
    private Task[] _tasks = [];
    private long _malformed;
    private bool _reportFails;

    /// <summary>Opens the rings; nothing is read before <see cref="Start"/>.</summary>
    /// <exception cref="KernelException">The kernel refused; nothing is left open.</exception>
    public EventPump(KernelMaps maps, EventLoss loss, FailureReport failures, PumpTargets targets, ILogger log)
    {
        Counters = new KernelCounters(maps.Counters);
        _targets = targets;
        _loss = loss;
        _failures = failures;
        _log = log;
        _decisions = new EventRing(maps.RingDecisions, "decisions", QueueCapacity);
        try
        {
            _observed = new EventRing(maps.RingObserved, "observed", QueueCapacity);
        }
        catch
        {
            _decisions.Dispose();
            throw;
        }
    }

    /// <summary>What the programs count.</summary>
    public KernelCounters Counters { get; }

    /// <summary>False when a ring can't be read any more.</summary>
    public bool Healthy => Array.TrueForAll(_tasks, task => !task.IsCompleted);

    /// <summary>Events lost so far, by ring and cause, and ring records that were not understood.</summary>
    public IReadOnlyDictionary<string, long> Losses
    {
        get
        {
            lock (_lossGate)
            {
                var losses = new Dictionary<string, long>(_losses);
                if (Interlocked.Read(ref _malformed) is > 0 and var malformed)
                {
                    losses["malformed"] = malformed;
                }

                return losses;
            }
        }
    }

    /// <summary>Begins to read.</summary>
    public void Start()
    {
        _decisions.Start();
        _observed.Start();
        _tasks =
        [
            Task.Run(() => DrainAsync(_decisions)),
            Task.Run(() => DrainAsync(_observed)),
            Task.Run(() => ReportLossesAsync(_stop.Token)),
        ];
    }

    /// <summary>Reads what is in the rings now to its end, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _decisions.Stop();
        _observed.Stop();
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_tasks), Task.Delay(JoinTimeout, _targets.Time)).ConfigureAwait(false);
        foreach (var ring in (EventRing[])[_decisions, _observed])
        {
            ring.Dispose();
            TellUnread(ring);
        }

        _stop.Dispose();
    }

    /// <summary>
    /// Keeps what was seen so far, for the next guardd to find gaps. What is kept was on disk before: a crash in between
    /// shows as a loss, never hides one.
    /// </summary>
    public async Task KeepLossStateAsync(Action<string, long> writeCursor)
    {
        var state = new List<(string Name, long Value)>();
        lock (_lossGate)
        {
            _loss.Save((name, value) => state.Add((name, value)));
        }

        if (!await _targets.Writer.TryFlushAsync().ConfigureAwait(false))
        {
            _log.LogError("The trail can't be written: what it does not have yet will show as lost");
            return;
        }

        try
        {
            state.ForEach(entry => writeCursor(entry.Name, entry.Value));
        }
        catch (AuditStoreException e)
        {
            _log.LogError(e, "What was seen of the rings could not be kept: some of it may show as lost");
        }
    }

    private void TellUnread(EventRing ring)
    {
        if (ring.Abandoned + ring.Records.Count is > 0 and var unread)
        {
            _log.LogError(
                "{Count} records of the ring {Ring} were read and did not reach the trail, which could not keep up; the next guardd reports them as lost",
                unread,
                ring.Name);
        }
    }

    private async Task DrainAsync(EventRing ring)
    {
        try
        {
            await foreach (var record in ring.Records.ReadAllAsync().ConfigureAwait(false))
            {
                await TakeAsync(record).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // Nobody else looks at what ends this task: Healthy only sees that it has ended.
            _log.LogError(e, "The ring {Ring} is not read any more: its events are lost from when it is full until the watchdog has guardd started anew", ring.Name);
        }
    }

    private async ValueTask TakeAsync(byte[] bytes)
    {
        if (!EventDecoder.TryDecode(bytes, out var happened, out var error))
        {
            await RefuseAsync(bytes.Length, error).ConfigureAwait(false);
            return;
        }

        lock (_lossGate)
        {
            _loss.Observe(happened);
        }

        _targets.Processes.Observe(happened);
        if (happened.Kind == GuardEventKind.Exec)
        {
            Trace(happened);
            return;
        }

        if (!_targets.CountHit(happened) || _targets.Enricher.ToRecord(happened) is not { } record)
        {
            return;
        }

        await _targets.Writer.WriteAsync(record).ConfigureAwait(false);
    }

    private void Trace(GuardEvent happened)
    {
        if (_targets.Trace.HasListeners && _targets.Enricher.ToTrace(happened, 0) is { } trace)
        {
            _targets.Trace.Publish(trace);
        }
    }

    private async ValueTask RefuseAsync(int length, DecodeError error)
    {
        // Said once and then at each power of two: whoever can flood this must not be able to flood the trail.
        var count = Interlocked.Increment(ref _malformed);
        if ((count & (count - 1)) != 0)
        {
            return;
        }

        await _targets.Writer.WriteAsync(new AuditRecord
        {
            Time = _targets.Time.GetUtcNow(),
            Kind = AuditKinds.EventMalformed,
            Message = string.Create(CultureInfo.InvariantCulture, $"a ring record of {length} bytes was not understood ({error}); {count} so far"),
            Detail = new Dictionary<string, string> { ["count"] = count.ToString(CultureInfo.InvariantCulture), ["error"] = error.ToString() },
        }).ConfigureAwait(false);
    }

    private async Task ReportLossesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReportInterval, _targets.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await TryReportAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await TryReportAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What keeps a report from being made is said once; the counts only grow, so that a later report has all of it.</summary>
    private async ValueTask TryReportAsync()
    {
        try
        {
            await ReportOnceAsync().ConfigureAwait(false);
            _reportFails = false;
        }
        catch (Exception e)
        {
            if (!_reportFails)
            {
                _log.LogError(e, "Events that were lost and failures of the engine can't be told now; it is tried again every second");
            }

            _reportFails = true;
        }
    }

    private async ValueTask ReportOnceAsync()
    {
        IReadOnlyList<LossReport> reports;
        var counters = Counters.ReadSum();
        lock (_lossGate)
        {
            _loss.Observe(counters);
            reports = _loss.Report();
            foreach (var report in reports)
            {
                _losses[report.Name] = _losses.GetValueOrDefault(report.Name) + report.Count;
            }
        }

        foreach (var report in reports)
        {
            await WriteLossAsync(report).ConfigureAwait(false);
        }

        await ReportFailuresAsync(counters).ConfigureAwait(false);
    }

    /// <summary>What a failing store does not let be noted as reported is reported at the next look.</summary>
    private async ValueTask ReportFailuresAsync(GuardCounters counters)
    {
        try
        {
            foreach (var record in _failures.Take(counters))
            {
                await _targets.Writer.WriteAsync(record).ConfigureAwait(false);
            }
        }
        catch (AuditStoreException e)
        {
            _log.LogError(e, "Failures of the engine could not be noted as reported");
        }
    }

    private async ValueTask WriteLossAsync(LossReport report)
    {
        _targets.Trace.CountLost(report.Count);
        await _targets.Writer.WriteAsync(new AuditRecord
        {
            Time = _targets.Time.GetUtcNow(),
            Kind = AuditKinds.EventsLost,
            Message = string.Create(CultureInfo.InvariantCulture, $"{report.Count} events were lost: {report.Name}"),
            Detail = new Dictionary<string, string>
            {
                ["cause"] = report.Name,
                ["count"] = report.Count.ToString(CultureInfo.InvariantCulture),
            },
        }).ConfigureAwait(false);
    }
}
