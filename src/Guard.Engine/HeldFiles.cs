using System.Globalization;
using Guard.Engine.Enrichment;
using Guard.Engine.Events;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>
/// Files that were open or mapped before the policy that refuses them, or came to their holder without an open (fork, exec): looked
/// for after a push, told to who pushed, and written into the trail. They stay open. Safe from any thread.
/// </summary>
internal sealed class HeldFiles
{
    /// <summary>Most files of one sweep that become records and are named in its answer; the others are counted.</summary>
    public const int NamedMax = 1000;

    /// <summary>Of one process, so that none can keep the others from being named.</summary>
    public const int NamedOfProcessMax = 100;

    private readonly IOpenFileSweep _sweep;
    private readonly EventEnricher _enricher;
    private readonly Action<AuditRecord> _write;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Task<SweepOutcome>? _running;

    /// <param name="sweep">Asks the kernel.</param>
    /// <param name="enricher">Names processes and rules.</param>
    /// <param name="write">Puts a record into the trail.</param>
    /// <param name="time">The time of the summary.</param>
    public HeldFiles(IOpenFileSweep sweep, EventEnricher enricher, Action<AuditRecord> write, TimeProvider time)
    {
        _sweep = sweep;
        _enricher = enricher;
        _write = write;
        _time = time;
    }

    /// <summary>How long an answer is waited for: who pushes must not wait for ever for a process that holds the sweep up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Sweeps once. A kernel that refuses is said in <see cref="SweepOutcome.Error"/> and in the trail, and so is a sweep that
    /// takes longer than <see cref="Patience"/>: it goes on, its findings go into the trail, and there is no other one meanwhile.
    /// </summary>
    public SweepOutcome Sweep()
    {
        Task<SweepOutcome> sweep;
        lock (_gate)
        {
            if (_running is { IsCompleted: false })
            {
                return new SweepOutcome(0, []) { Error = "an earlier sweep has not ended; the trail gets what it finds" };
            }

            sweep = _running = Task.Factory.StartNew(SweepOnce, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        try
        {
            return sweep.WaitAsync(Patience, _time).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            return new SweepOutcome(0, [])
            {
                Error = $"it takes more than {Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s; the trail gets what is found",
            };
        }
    }

    private SweepOutcome SweepOnce()
    {
        var found = new Findings(this);
        string? error = null;
        long undecided = 0;
        try
        {
            undecided = _sweep.Run(found.Take);
        }
        catch (KernelException e)
        {
            error = e.Message.Split('\n')[0];
        }

        var outcome = new SweepOutcome(found.Held, found.Files) { Recorded = found.Recorded, Undecided = undecided, Error = error };
        if (outcome.Held > 0 || undecided > 0 || error is not null)
        {
            _write(Summary(outcome, found.First));
        }

        return outcome;
    }

    private AuditRecord Summary(SweepOutcome outcome, AuditRecord? first)
    {
        var detail = new Dictionary<string, string>
        {
            ["held"] = Text(outcome.Held),
            ["named"] = Text(outcome.Files.Count),
            ["undecided"] = Text(outcome.Undecided),
        };
        if (outcome.Error is { } error)
        {
            detail["error"] = error;
        }

        var more = outcome.Held > outcome.Files.Count ? $", {outcome.Held - outcome.Files.Count} of them without a record of their own" : "";
        var doubt = outcome.Undecided > 0 ? $"; {outcome.Undecided} could not be decided about" : "";
        return new AuditRecord
        {
            Time = _time.GetUtcNow(),
            Kind = AuditKinds.PolicySwept,
            PolicyHash = first?.PolicyHash,
            Generation = first?.Generation,
            Message = outcome.Error is null
                ? $"{outcome.Held} files that the policy refuses are open or mapped{more}{doubt}"
                : $"open and mapped files could not all be looked at: {outcome.Error}; {outcome.Held} files that the policy refuses are open or mapped{more}{doubt}",
            Detail = detail,
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What comes up in one sweep.</summary>
    private sealed class Findings(HeldFiles owner)
    {
        private readonly List<HeldFile> _files = [];
        private readonly Dictionary<int, int> _namedOf = [];

        public IReadOnlyList<HeldFile> Files => _files;

        /// <summary>The first record: of which policy and generation.</summary>
        public AuditRecord? First { get; private set; }

        /// <summary>Refused by an open now.</summary>
        public long Held { get; private set; }

        /// <summary>Allowed and recorded by an open now: counted only, or a rule that records all opens would fill the trail.</summary>
        public long Recorded { get; private set; }

        public void Take(GuardEvent open)
        {
            if (open.Verdict != (int)Verdict.Block)
            {
                Recorded++;
                return;
            }

            Held++;
            var named = _namedOf.GetValueOrDefault(open.Tgid);
            if (_files.Count < NamedMax && named < NamedOfProcessMax && owner._enricher.ToRecord(open) is { } record)
            {
                _namedOf[open.Tgid] = named + 1;
                First ??= record;
                _files.Add(ToHeldFile(open, record));
                owner._write(record);
            }
        }

        private static HeldFile ToHeldFile(GuardEvent open, AuditRecord record) => new(
            open.Tgid,
            record.Process?.Comm,
            record.Process?.Image,
            record.Process?.User,
            open.Access.HasFlag(AccessKinds.Map) ? null : open.Descriptor,
            record.File?.Path ?? "",
            record.File?.Access ?? [],
            record.Rule?.Id,
            record.Rule?.Title);
    }
}
