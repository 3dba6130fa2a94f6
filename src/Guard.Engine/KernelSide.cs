using Guard.Engine.Events;
using Guard.Engine.Hosting;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Kernel.Abi;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>
/// The engine's hold on the kernel: programs attached, policy in, rings read. Exists only when all of that succeeded.
/// </summary>
internal sealed class KernelSide : IKernelSide
{
    private readonly EngineParts _parts;
    private readonly AttachedLsm _lsm;
    private readonly PolicyInstaller _installer;
    private readonly Iterators _iterators;
    private readonly EventPump _pump;
    private readonly HeldFiles? _held;

    private KernelSide(EngineParts parts, AttachedLsm lsm, PolicyInstaller installer, Iterators iterators, EventPump pump)
    {
        _parts = parts;
        _lsm = lsm;
        _installer = installer;
        _iterators = iterators;
        _pump = pump;
        _held = iterators.Sweep is not { } sweep ? null : new HeldFiles(sweep, parts.Enricher, record => parts.Writer.Write(record with { BootId = parts.BootId }), parts.Time);
    }

    /// <inheritdoc/>
    public bool WasAdopted => _lsm.IsAdopted;

    /// <inheritdoc/>
    public int SeededTasks => _lsm.SeededTasks;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Losses => _pump.Losses;

    /// <inheritdoc/>
    public bool Healthy => _pump.Healthy;

    /// <inheritdoc/>
    public GuardCounters ReadCounters() => _pump.Counters.ReadSum();

    /// <inheritdoc/>
    public long MemoryBytes() => _lsm.Maps.MemoryBytes() + _installer.MemoryBytes;

    /// <inheritdoc/>
    public IEnumerable<string> Weaknesses()
    {
        if (_parts.Policy.Problem is { } problem)
        {
            yield return problem;
        }

        if (FtraceSwitch.Complaint() is { } complaint)
        {
            yield return complaint;
        }

        foreach (var reason in _lsm.LookAtPins())
        {
            yield return reason;
        }
    }

    /// <summary>Loads or adopts, installs the policy, and attaches last.</summary>
    /// <exception cref="KernelException">The kernel refused; what was in force before still is.</exception>
    /// <exception cref="InvalidDataException">The kept policy can't be used.</exception>
    public static KernelSide Attach(EngineParts parts)
    {
        using var opened = OpenedLsm.Open(new LsmOptions
        {
            ObjectPath = parts.Options.BpfObject,
            HostRoot = LsmOptions.FirstProcessRoot,
        });
        var taken = new Stack<IDisposable>();
        try
        {
            return Attach(parts, opened.AdoptOrLoad(), taken);
        }
        catch
        {
            parts.Policy.LetGo();
            while (taken.TryPop(out var one))
            {
                one.Dispose();
            }

            throw;
        }
    }

    /// <summary>What is taken is to be disposed when this throws, the last first.</summary>
    private static KernelSide Attach(EngineParts parts, LoadedLsm loaded, Stack<IDisposable> taken)
    {
        taken.Push(loaded);
        var identities = Take(loaded.OpenFileIdentities(), taken);
        WriteConfig(loaded.Maps, parts.Options);
        var installer = loaded.CreateInstaller();
        taken.Push(installer);
        parts.Policy.UseFileIdentities(identities);
        parts.Policy.UseHooks(loaded.Hooks);
        var generation = parts.Policy.Recover(installer);
        var lsm = loaded.Attach(generation);
        taken.Push(lsm);
        parts.Policy.UseHooks(lsm.Hooks);
        parts.Policy.SettleHooks();
        var iterators = new Iterators(identities, Take(lsm.OpenRenewal(), taken), Take(lsm.OpenSweep(), taken));
        parts.Policy.UseRenewal(iterators.Renewal);
        var loss = new EventLoss(parts.Time, lsm.Maps.LoadName(), parts.Store.ReadCursor);
        var failures = new FailureReport(lsm.Maps.LoadName(), parts.Store.ReadCursor, parts.Store.WriteCursor, parts.Time);

        // Last: nothing may throw once there are rings, which only an asynchronous end lets go of.
        return new KernelSide(parts, lsm, installer, iterators, new EventPump(lsm.Maps, loss, failures, parts.PumpTargets, parts.Log));
    }

    /// <inheritdoc/>
    public void Start()
    {
        _parts.Processes.Seed();
        _pump.Start();
        if (_parts.Policy.HasInstalled)
        {
            SweepFiles();
        }
    }

    /// <inheritdoc/>
    public SweepOutcome? SweepFiles() => _held?.Sweep();

    /// <summary>Reads what is in the rings and lets go; the kernel goes on enforcing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync().ConfigureAwait(false);
        await _pump.KeepLossStateAsync(_parts.Store.WriteCursor).ConfigureAwait(false);
        _parts.Policy.LetGo();
        _iterators.Dispose();
        _installer.Dispose();
        _lsm.Dispose();
    }

    private static T? Take<T>(T? one, Stack<IDisposable> taken)
        where T : class, IDisposable
    {
        if (one is not null)
        {
            taken.Push(one);
        }

        return one;
    }

    private static void WriteConfig(KernelMaps maps, GuardOptions options) => maps.WriteConfig(new GuardConfig
    {
        FailureMode = options.Failure == FailureMode.Closed ? 1u : 0u,
        Observe = options.ObserveExec ? 1u : 0u,
        GuarddTgid = (uint)Environment.ProcessId,
        SubjectsMapId = Libbpf.GetMapInfo(maps["subjects"]).Id,
    });

    /// <summary>What asks the kernel; each null when the object has no such program.</summary>
    private sealed record Iterators(FileIdentityReader? Identities, TaskRenewal? Renewal, OpenFileSweep? Sweep) : IDisposable
    {
        public void Dispose()
        {
            Identities?.Dispose();
            Renewal?.Dispose();
            Sweep?.Dispose();
        }
    }
}
