using Guard.Engine.Events;
using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>Goes over what all processes but guardd have open and mapped; the seam for tests without a kernel.</summary>
internal interface IOpenFileSweep
{
    /// <summary>
    /// Each open file, and each that is mapped for execution, that a rule of the policy in force speaks of, with what an open
    /// or a mapping would be answered now.
    /// </summary>
    /// <param name="found">Called for each, on this thread.</param>
    /// <returns>Open files that could not be decided about, or whose record was not understood.</returns>
    /// <exception cref="KernelException">The kernel refused, or wrote what is no record.</exception>
    long Run(Action<GuardEvent> found);
}

/// <summary>
/// Reads the iterators <c>iter_open_files</c> and <c>iter_mapped_files</c>. What is opened or closed meanwhile may or may not be seen; an open is decided
/// by the policy in force either way. Any thread, one at a time.
/// </summary>
internal sealed class OpenFileSweep : IOpenFileSweep, IDisposable
{
    // What the kernel gathers before it gives any of it (bpf_seq_read).
    private const int PieceBytes = 32 << 10;

    private readonly IReadOnlyList<FileDescriptorHandle> _links;

    /// <summary>Takes over the iterators' links.</summary>
    public OpenFileSweep(IReadOnlyList<FileDescriptorHandle> links) => _links = links;

    /// <inheritdoc/>
    public long Run(Action<GuardEvent> found) => _links.Sum(link => Run(link, found));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Dispose();
        }
    }

    private static long Run(FileDescriptorHandle link, Action<GuardEvent> found)
    {
        var records = new SweepRecords(found);
        var piece = new byte[PieceBytes];
        using var iterator = Libbpf.CreateIterator(link);
        for (var got = Libc.Read(iterator, piece); got > 0; got = Libc.Read(iterator, piece))
        {
            records.Feed(piece.AsSpan(0, got));
        }

        records.End();
        return records.Undecided + records.Malformed;
    }
}
