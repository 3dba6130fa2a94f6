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
internal sealed class KernelSide : IAsyncDisposable
{
    private readonly EngineParts _parts;
    private readonly AttachedLsm _lsm;
    private readonly PolicyInstaller _installer;
    private readonly FileIdentityReader? _identities;
    private readonly EventPump _pump;
    private readonly TaskRenewal? _renewal;
    private readonly OpenFileSweep? _sweep;
    private readonly HeldFiles? _held;

    private KernelSide(
        EngineParts parts, AttachedLsm lsm, PolicyInstaller installer, FileIdentityReader? identities, EventPump pump)
    {
        _identities = identities;
        _parts = parts;
        _lsm = lsm;
        _installer = installer;
        _pump = pump;
        _renewal = lsm.OpenRenewal();
        parts.Policy.UseRenewal(_renewal);
        _sweep = lsm.OpenSweep();
        _held = _sweep is null ? null : new HeldFiles(_sweep, parts.Enricher, record => parts.Writer.Write(record with { BootId = parts.BootId }), parts.Time);
        Counters = new KernelCounters(lsm.Maps.Counters);
    }

    /// <summary>What the programs count.</summary>
    public KernelCounters Counters { get; }

    /// <summary>Bytes of kernel memory that maps and images take now.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public long MemoryBytes() => _lsm.Maps.MemoryBytes() + _installer.MemoryBytes;

    /// <summary>True when enforcement had never stopped.</summary>
    public bool WasAdopted => _lsm.IsAdopted;

    /// <summary>Processes that ran before and were made known.</summary>
    public int SeededTasks => _lsm.SeededTasks;

    /// <summary>Events lost so far, by ring and cause.</summary>
    public IReadOnlyDictionary<string, long> Losses => _pump.Losses;

    /// <summary>False when a ring can't be read any more.</summary>
    public bool Healthy => _pump.Healthy;

    /// <summary>What keeps the engine from its claim although denials deny.</summary>
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
        var loaded = opened.AdoptOrLoad();
        PolicyInstaller? installer = null;
        FileIdentityReader? identities = null;
        AttachedLsm? lsm = null;
        try
        {
            identities = loaded.OpenFileIdentities();
            WriteConfig(loaded.Maps, parts.Options);
            installer = loaded.CreateInstaller();
            parts.Policy.UseFileIdentities(identities);
            parts.Policy.UseHooks(loaded.Hooks);
            var generation = parts.Policy.Recover(installer);
            lsm = loaded.Attach(generation);
            parts.Policy.UseHooks(lsm.Hooks);
            parts.Policy.SettleHooks();
            var loss = new EventLoss(parts.Time, lsm.Maps.LoadName(), parts.Store.ReadCursor);
            var failures = new FailureReport(lsm.Maps.LoadName(), parts.Store.ReadCursor, parts.Store.WriteCursor, parts.Time);
            return new KernelSide(parts, lsm, installer, identities, new EventPump(lsm.Maps, loss, failures, parts.PumpTargets, parts.Log));
        }
        catch
        {
            parts.Policy.LetGo();
            lsm?.Dispose();
            identities?.Dispose();
            installer?.Dispose();
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Begins to read the rings. What was open before a policy that this start put in force is told now; of what has been in
    /// force all along the push told it.
    /// </summary>
    public void Start()
    {
        _parts.Processes.Seed();
        _pump.Start();
        if (_parts.Policy.HasInstalled)
        {
            SweepFiles();
        }
    }

    /// <summary>Files that are open although the policy refuses them; null when the object has no such program. Any thread.</summary>
    public SweepOutcome? SweepFiles() => _held?.Sweep();

    /// <summary>Reads what is in the rings and lets go; the kernel goes on enforcing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync().ConfigureAwait(false);
        await _pump.KeepLossStateAsync(_parts.Store.WriteCursor).ConfigureAwait(false);
        _parts.Policy.LetGo();
        _identities?.Dispose();
        _renewal?.Dispose();
        _sweep?.Dispose();
        _installer.Dispose();
        _lsm.Dispose();
    }

    private static void WriteConfig(KernelMaps maps, GuardOptions options) => maps.WriteConfig(new GuardConfig
    {
        FailureMode = options.Failure == FailureMode.Closed ? 1u : 0u,
        Observe = options.ObserveExec ? 1u : 0u,
        GuarddTgid = (uint)Environment.ProcessId,
        SubjectsMapId = Libbpf.GetMapInfo(maps["subjects"]).Id,
    });
}
