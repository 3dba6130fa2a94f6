using Guard.Engine.Kernel.Abi;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>The engine's hold on the kernel, as the engine uses it. Safe from any thread.</summary>
internal interface IKernelSide : IAsyncDisposable
{
    /// <summary>True when enforcement had never stopped.</summary>
    bool WasAdopted { get; }

    /// <summary>Processes that ran before and were made known.</summary>
    int SeededTasks { get; }

    /// <summary>Events lost so far, by ring and cause.</summary>
    IReadOnlyDictionary<string, long> Losses { get; }

    /// <summary>False when a ring can't be read any more.</summary>
    bool Healthy { get; }

    /// <summary>What the programs count.</summary>
    /// <exception cref="Interop.KernelException">The kernel does not say.</exception>
    GuardCounters ReadCounters();

    /// <summary>Bytes of kernel memory that maps and images take now.</summary>
    /// <exception cref="Interop.KernelException">The kernel does not say.</exception>
    /// <exception cref="IOException">What it says can't be read.</exception>
    long MemoryBytes();

    /// <summary>What keeps the engine from its claim although denials deny.</summary>
    IEnumerable<string> Weaknesses();

    /// <summary>
    /// Begins to read the rings. What was open before a policy that this start put in force is told now; of what has been in
    /// force all along the push told it. Once; when it throws, this can only be disposed.
    /// </summary>
    /// <exception cref="IOException">/proc can't be read.</exception>
    void Start();

    /// <summary>Files that are open although the policy refuses them; null when the object has no such program.</summary>
    SweepOutcome? SweepFiles();
}
