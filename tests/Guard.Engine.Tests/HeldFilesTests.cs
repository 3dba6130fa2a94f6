using Guard.Engine.Enrichment;
using Guard.Engine.Events;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Tests.Enrichment;
using Guard.Policies.Normalising;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests;

public sealed class HeldFilesTests : IDisposable
{
    private readonly FakeProc _proc = new();
    private readonly List<AuditRecord> _records = [];
    private readonly EventEnricher _enricher;

    public HeldFilesTests()
    {
        var procfs = new ProcfsReader(_proc.Root);
        _enricher = new EventEnricher(new EnrichmentSources
        {
            FindRule = (_, rule) => new RuleReference { Id = $"r{rule}", Title = $"Rule {rule}", Tags = ["attack.t1003.008"] },
            FindPolicyHash = _ => "abc",
            Processes = new ProcessTree(procfs),
            Accounts = new AccountNames(TimeProvider.System, Path.Combine(_proc.Root, "passwd")),
            Cgroups = new CgroupNames(procfs, TimeProvider.System, _proc.Root),
            Clock = new BootClock(TimeProvider.System),
        });
    }

    public void Dispose() => _proc.Dispose();

    private static GuardEvent Open(int descriptor, int verdict = 2) => new()
    {
        Kind = GuardEventKind.FileHeld,
        Tgid = 101,
        Tid = 101,
        LoginUid = uint.MaxValue,
        Comm = KernelText.FromString("nginx"),
        Verdict = verdict,
        Category = RuleCategory.FileAccess,
        Generation = 3,
        Rules = [1],
        Access = AccessKinds.Read | AccessKinds.Write,
        Path = KernelText.FromString("/etc/shadow"),
        Image = KernelText.FromString("/usr/sbin/nginx"),
        Descriptor = descriptor,
    };

    [Fact]
    public void A_file_that_is_held_is_named_and_recorded()
    {
        var outcome = Sweep(Open(7));
        var file = Assert.Single(outcome.Files);
        Assert.Equal((1, 101, "nginx", "/usr/sbin/nginx", 7, "/etc/shadow", "r1", "Rule 1"), (outcome.Held, file.Pid, file.Comm, file.Image, file.Descriptor, file.Path, file.RuleId, file.RuleTitle));
        Assert.Equal(["read", "write"], file.Access);

        var record = _records[0];
        Assert.Equal((AuditKinds.FileHeld, null, null), (record.Kind, record.Verdict, record.Errno));
        Assert.Equal(("7", "/etc/shadow", 101, "abc", 3UL), (record.Detail!["descriptor"], record.File!.Path, record.Process!.Pid, record.PolicyHash, record.Generation));
        Assert.Equal(["attack.t1003.008"], record.Rule!.Tags);
        Assert.Equal("/usr/sbin/nginx (pid 101, uid 0) has /etc/shadow open (read+write, descriptor 7), which rule 'Rule 1' refuses now", record.Message);
        Assert.Equal((AuditKinds.PolicySwept, "1", "abc"), (_records[1].Kind, _records[1].Detail!["held"], _records[1].PolicyHash));
    }

    [Fact]
    public void A_file_that_is_mapped_has_no_descriptor()
    {
        var file = Assert.Single(Sweep(Open(0) with { Access = AccessKinds.Map }).Files);
        Assert.Null(file.Descriptor);
        Assert.Equal("mapped", Assert.Single(_records[0].Detail!).Value);
        Assert.Equal("/usr/sbin/nginx (pid 101, uid 0) has /etc/shadow mapped for execution, which rule 'Rule 1' refuses now", _records[0].Message);
    }

    [Fact]
    public void The_failure_mode_refuses_without_a_rule()
    {
        var file = Assert.Single(Sweep(Open(7) with { Rules = [] }).Files);
        Assert.Null(file.RuleId);
        Assert.EndsWith("which the failure mode refuses now", _records[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_only_be_recorded_is_counted()
    {
        var outcome = Sweep(Open(1, verdict: 1), Open(2, verdict: 1));
        Assert.Equal((0, 2), (outcome.Held, outcome.Recorded));
        Assert.Empty(outcome.Files);
        Assert.Empty(_records);
    }

    [Fact]
    public void Of_very_many_a_thousand_are_named_and_the_others_counted()
    {
        var outcome = Sweep([.. Enumerable.Range(0, 2500).Select(number => Open(number) with { Tgid = 101 + (number / 100) })]);
        Assert.Equal((2500, HeldFiles.NamedMax), (outcome.Held, outcome.Files.Count));
        Assert.Equal(HeldFiles.NamedMax + 1, _records.Count);
        Assert.Equal(("2500", "1000"), (_records[^1].Detail!["held"], _records[^1].Detail!["named"]));
        Assert.Contains("1500 of them without a record of their own", _records[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_with_very_many_leaves_room_for_the_others()
    {
        var outcome = Sweep([.. Enumerable.Range(0, 2500).Select(descriptor => Open(descriptor)), Open(7) with { Tgid = 102 }]);
        Assert.Equal((2501, HeldFiles.NamedOfProcessMax + 1), (outcome.Held, outcome.Files.Count));
        Assert.Equal(102, outcome.Files[^1].Pid);
    }

    [Fact]
    public void A_kernel_that_refuses_is_said_and_what_was_found_before_stays()
    {
        var outcome = new HeldFiles(new FakeSweep([Open(7)], fails: true), _enricher, _records.Add, TimeProvider.System).Sweep();
        Assert.Equal((1, "no more"), (outcome.Held, outcome.Error));
        Assert.Equal("no more", _records[^1].Detail!["error"]);
        Assert.Contains("could not all be looked at", _records[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_found_is_no_record()
    {
        Assert.Equal(0, Sweep().Held);
        Assert.Empty(_records);
    }

    [Fact]
    public async Task A_sweep_that_does_not_end_holds_nobody_up()
    {
        using var slow = new SlowSweep();
        var held = new HeldFiles(slow, _enricher, _records.Add, TimeProvider.System) { Patience = TimeSpan.FromMilliseconds(1) };

        Assert.Contains("it takes more than", held.Sweep().Error, StringComparison.Ordinal);
        Assert.Contains("an earlier sweep has not ended", held.Sweep().Error, StringComparison.Ordinal);
        Assert.Equal(1, slow.Runs);

        slow.End.Set();
        await slow.Ended.Task;
    }

    /// <summary>Held up by a process until the test lets go.</summary>
    private sealed class SlowSweep : IOpenFileSweep, IDisposable
    {
        public ManualResetEventSlim End { get; } = new();

        public TaskCompletionSource Ended { get; } = new();

        public int Runs { get; private set; }

        public long Run(Action<GuardEvent> found)
        {
            Runs++;
            End.Wait();
            Ended.SetResult();
            return 0;
        }

        public void Dispose() => End.Dispose();
    }

    private SweepOutcome Sweep(params GuardEvent[] open) => new HeldFiles(new FakeSweep(open, fails: false), _enricher, _records.Add, TimeProvider.System).Sweep();

    private sealed class FakeSweep(GuardEvent[] open, bool fails) : IOpenFileSweep
    {
        public long Run(Action<GuardEvent> found)
        {
            Array.ForEach(open, found);
            if (fails)
            {
                KernelException.Throw("no more", default);
            }

            return 0;
        }
    }
}
