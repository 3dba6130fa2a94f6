using Guard.Engine.Audit;
using Guard.Engine.Enrichment;
using Guard.Engine.Events;
using Guard.Engine.Hosting;
using Guard.Engine.Policy;
using Microsoft.Extensions.Logging;

namespace Guard.Engine;

/// <summary>Everything of the engine that needs no kernel: made at construction, there for as long as guardd runs.</summary>
internal sealed class EngineParts : IAsyncDisposable
{
    private const string PolicyDirectory = "policy";
    private const string SecretFile = "secret";

    public EngineParts(GuardOptions options, ILogger log, TimeProvider time)
    {
        var procfs = new ProcfsReader();
        Options = options;
        Time = time;
        Log = log;
        Store = SqliteAuditStore.Open(new SqliteAuditStoreOptions { Path = options.Trail.Path }, time);
        Writer = new AuditWriter(Store, new AuditWriterOptions(), time, Signal);
        Accounts = new AccountNames(time);
        Processes = new ProcessTree(procfs);
        BootId = EnrichmentSources.ReadBootId();
        Hits = new RuleHits(Names);
        Enricher = new EventEnricher(new EnrichmentSources
        {
            FindRule = Names.FindReference,
            FindPolicyHash = Names.FindHash,
            Processes = Processes,
            Accounts = Accounts,
            Cgroups = new CgroupNames(procfs, time),
            Clock = new BootClock(time),
            BootId = BootId,
        });
        var state = Path.GetDirectoryName(Path.GetFullPath(options.Trail.Path))!;
        var folder = new PolicyFolder(Path.Combine(state, PolicyDirectory));
        var secret = MachineSecret.ReadOrDraw(Path.Combine(state, SecretFile), MachineSecret.Draw);
        Policy = new PolicyInForce(folder, Names, Accounts, new PolicyRules(secret, options.Survival), time, log);
        Health = new EngineHealth(new Kernel.SelfTest(), Writer, time, log);
    }

    public GuardOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public SqliteAuditStore Store { get; }

    public AuditWriter Writer { get; }

    public TrailSignal Signal { get; } = new();

    public AccountNames Accounts { get; }

    public ProcessTree Processes { get; }

    public GenerationNames Names { get; } = new();

    public RuleHits Hits { get; }

    public EventEnricher Enricher { get; }

    public TraceStream Trace { get; } = new();

    public PolicyInForce Policy { get; }

    public EngineHealth Health { get; }

    /// <summary>The kernel's boot id, or null.</summary>
    public string? BootId { get; }

    /// <summary>Where the pump brings events.</summary>
    public PumpTargets PumpTargets => new()
    {
        Processes = Processes,
        Enricher = Enricher,
        Writer = Writer,
        Trace = Trace,
        Hits = Hits,
        Time = Time,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync().ConfigureAwait(false);
        Store.Dispose();
    }
}
