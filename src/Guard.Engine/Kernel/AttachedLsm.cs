using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Programs at their hooks, with a policy, pinned: they enforce until the pins go, whatever becomes of guardd. Disposing
/// it lets go of the descriptors and changes nothing in the kernel.
/// </summary>
internal sealed class AttachedLsm : IDisposable
{
    private readonly PinnedState _pins;
    private readonly AttachedLinks _links;
    private readonly PinWatch _watch;

    internal AttachedLsm(
        PinnedState pins, KernelMaps maps, AttachedLinks links, WatchedHooks watched, bool adopted, int seeded)
    {
        _pins = pins;
        _links = links;
        Maps = maps;
        IsAdopted = adopted;
        SeededTasks = seeded;
        (_watch, Hooks) = watched;
    }

    /// <summary>Its maps.</summary>
    public KernelMaps Maps { get; }

    /// <summary>What is attached only while a policy asks for it.</summary>
    public HooksOnDemand Hooks { get; }

    /// <summary>True when it was attached before this guardd started.</summary>
    public bool IsAdopted { get; }

    /// <summary>Tasks that ran already and were given their storage.</summary>
    public int SeededTasks { get; }

    /// <summary>Why pins of older programs are still there and enforce as well; null when none are.</summary>
    public string? LeftBehind { get; init; }

    /// <summary>What makes a new generation ready for all that runs; null when the object has no such program.</summary>
    /// <exception cref="KernelException">It was pinned and is not there any more.</exception>
    public TaskRenewal? OpenRenewal() => OpenIterator(AttachOrder.RenewProgram) is { } link ? new TaskRenewal(link) : null;

    /// <summary>What finds files that are open or mapped already; null when the object has no such program.</summary>
    /// <exception cref="KernelException">It was pinned and is not there any more.</exception>
    public OpenFileSweep? OpenSweep()
    {
        var links = new List<FileDescriptorHandle>();
        foreach (var program in (string[])[AttachOrder.OpenFilesProgram, AttachOrder.MappedFilesProgram])
        {
            if (OpenIterator(program) is { } link)
            {
                links.Add(link);
            }
        }

        return links.Count == 0 ? null : new OpenFileSweep(links);
    }

    /// <summary>Where it is pinned.</summary>
    public string PinDirectory => _pins.Directory;

    /// <summary>Whether the pins are where everybody looks; see <see cref="PinWatch.Look"/>.</summary>
    public IEnumerable<string> LookAtPins() => _watch.Look();

    /// <inheritdoc/>
    public void Dispose()
    {
        Hooks.Dispose();
        _links.Dispose();
        Maps.Dispose();
    }

    private FileDescriptorHandle? OpenIterator(string program)
    {
        var pin = PinnedState.LinkPin(program);
        return _links.Held.ContainsKey(pin) ? Libbpf.OpenPinned(Path.Combine(PinDirectory, pin)) : null;
    }
}
