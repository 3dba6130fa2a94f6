using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Programs at their hooks, with a policy, pinned: they enforce until the pins go, whatever becomes of guardd. Disposing
/// it lets go of the descriptors and changes nothing in the kernel.
/// </summary>
internal sealed class AttachedLsm : IDisposable
{
    private readonly PinnedState _pins;
    private readonly IReadOnlyList<IDisposable> _links;
    private readonly IReadOnlyList<string> _pinNames;

    internal AttachedLsm(
        PinnedState pins, KernelMaps maps, IReadOnlyList<IDisposable> links, IReadOnlyList<string> pinNames, bool adopted, int seeded)
    {
        _pins = pins;
        _links = links;
        _pinNames = pinNames;
        Maps = maps;
        IsAdopted = adopted;
        SeededTasks = seeded;
    }

    /// <summary>Its maps.</summary>
    public KernelMaps Maps { get; }

    /// <summary>True when it was attached before this guardd started.</summary>
    public bool IsAdopted { get; }

    /// <summary>Tasks that ran already and were given their storage.</summary>
    public int SeededTasks { get; }

    /// <summary>Why pins of older programs are still there and enforce as well; null when none are.</summary>
    public string? LeftBehind { get; init; }

    /// <summary>What makes a new generation ready for all that runs; null when the object has no such program.</summary>
    /// <exception cref="KernelException">It was pinned and is not there any more.</exception>
    public TaskRenewal? OpenRenewal()
    {
        var pin = PinnedState.LinkPin(AttachOrder.RenewProgram);
        return _pinNames.Contains(pin) ? new TaskRenewal(Libbpf.OpenPinned(Path.Combine(PinDirectory, pin))) : null;
    }

    /// <summary>Where it is pinned.</summary>
    public string PinDirectory => _pins.Directory;

    /// <summary>Pins that somebody removed. Enforcement lasts while guardd runs, and would end with it.</summary>
    public IReadOnlyList<string> MissingPins() => _pins.Missing(_pinNames);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Dispose();
        }

        Maps.Dispose();
    }
}
