using Guard.Policies;
using Guard.Protocol;

namespace Guard.Engine.Hosting;

/// <summary>What the engine does with an operation that it cannot decide.</summary>
internal enum FailureMode
{
    /// <summary>It goes ahead.</summary>
    Open,

    /// <summary>It is refused.</summary>
    Closed,
}

/// <summary>guard.yaml, checked. The defaults here are what guard.yaml(5) documents.</summary>
internal sealed record GuardOptions
{
    /// <summary>Where the configuration is when nothing else is said.</summary>
    public const string DefaultPath = "/etc/guard/guard.yaml";

    /// <summary><c>failure</c>.</summary>
    public FailureMode Failure { get; init; } = FailureMode.Open;

    /// <summary><c>observe_exec</c>: launches are reported even when no rule speaks of them.</summary>
    public bool ObserveExec { get; init; } = true;

    /// <summary><c>survival</c>: added to what no rule may refuse root.</summary>
    public SurvivalEntries Survival { get; init; } = SurvivalEntries.None;

    /// <summary><c>trail</c>.</summary>
    public TrailOptions Trail { get; init; } = new();

    /// <summary><c>sinks</c>.</summary>
    public IReadOnlyList<SinkOptions> Sinks { get; init; } = [];

    /// <summary><c>socket</c>.</summary>
    public string Socket { get; init; } = ControlApi.SocketPath;

    /// <summary><c>bpf_object</c>.</summary>
    public string BpfObject { get; init; } = "/usr/lib/guard/bpf/guard.bpf.o";
}

/// <summary>The audit trail.</summary>
internal sealed record TrailOptions
{
    /// <summary><c>path</c> of the database.</summary>
    public string Path { get; init; } = "/var/lib/guard/trail.db";

    /// <summary><c>max_bytes</c>: the oldest records go when it is larger.</summary>
    public long MaxBytes { get; init; } = 2L << 30;

    /// <summary><c>max_age_days</c>: records older than this go.</summary>
    public int MaxAgeDays { get; init; } = 90;
}

/// <summary>One receiver of the trail.</summary>
/// <param name="Name">Its name in status and logs; the cursor is kept under it.</param>
/// <param name="Type">syslog.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
internal sealed record SinkOptions(string Name, string Type, string Host, int Port);
