using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// After a push: makes what the new generation says of every running program ready, so that a push is live in full when
/// it is reported. A process that acts before its turn does the same for itself, so that nothing hangs on this but time.
/// </summary>
internal sealed class TaskRenewal : IDisposable
{
    // A pass finds again only what began meanwhile, or what a decision was about to read itself.
    private const int PassesMax = 10;

    private readonly FileDescriptorHandle _link;

    /// <summary>Takes over the iterator's link.</summary>
    public TaskRenewal(FileDescriptorHandle link) => _link = link;

    /// <summary>Passes over all tasks until one finds nothing to do, ten at most; how many programs were read anew.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public int Run()
    {
        var total = 0;
        for (var pass = 0; pass < PassesMax; pass++)
        {
            using var iterator = Libbpf.CreateIterator(_link);
            var renewed = TaskSeeding.SumNumbers(TaskSeeding.ReadAll(iterator));
            if (renewed == 0)
            {
                break;
            }

            total += renewed;
        }

        return total;
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();
}
