using Guard.Engine.Kernel.Abi;
using Guard.Protocol;

namespace Guard.Engine.Tests;

/// <summary>A hold on no kernel, with the faults that a test wants.</summary>
internal sealed class FakeKernelSide : IKernelSide
{
    private int _looks;

    public Exception? FailsToStart { get; set; }

    public Exception? FailsToEnd { get; set; }

    public Exception? FailsToCount { get; set; }

    public Exception? FailsToLook { get; set; }

    public bool Ended { get; private set; }

    /// <summary>How often a proof has asked for weaknesses.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public bool WasAdopted => false;

    public int SeededTasks => 0;

    public IReadOnlyDictionary<string, long> Losses { get; } = new Dictionary<string, long>();

    public bool Healthy => true;

    public GuardCounters ReadCounters()
    {
        if (FailsToCount is not null)
        {
            throw FailsToCount;
        }

        var counters = default(GuardCounters);
        counters.Denied[0] = 7;
        return counters;
    }

    public long MemoryBytes() => FailsToCount is null ? 4096 : throw FailsToCount;

    public IEnumerable<string> Weaknesses()
    {
        Interlocked.Increment(ref _looks);
        return FailsToLook is null ? [] : throw FailsToLook;
    }

    public void Start()
    {
        if (FailsToStart is not null)
        {
            throw FailsToStart;
        }
    }

    public SweepOutcome? SweepFiles() => null;

    public ValueTask DisposeAsync()
    {
        Ended = true;
        return FailsToEnd is null ? ValueTask.CompletedTask : throw FailsToEnd;
    }
}
