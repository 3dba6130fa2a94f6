using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// The object file, opened and understood; the kernel knows nothing of it yet. First of three phases: OpenedLsm,
/// <see cref="LoadedLsm"/>, <see cref="AttachedLsm"/>.
/// </summary>
internal sealed class OpenedLsm : IDisposable
{
    private readonly BpfObjectHandle _object;
    private readonly IProgramAttacher _attacher;
    private readonly IReadOnlyList<BpfProgram> _programs;
    private readonly IReadOnlyList<string> _maps;
    private bool _handedOver;

    private OpenedLsm(BpfObjectHandle bpfObject, PinnedState pins, string hash, IProgramAttacher attacher)
    {
        _object = bpfObject;
        _attacher = attacher;
        var loaded = Libbpf.Programs(bpfObject).ToLookup(p => AttachOrder.IsLoaded(p, Libbpf.HasLsmHook));
        foreach (var group in loaded)
        {
            foreach (var program in group)
            {
                Libbpf.SetAutoload(program, group.Key);
            }
        }

        _programs = [.. loaded[true]];
        _maps = [.. Libbpf.Maps(bpfObject).Where(m => !m.IsInternal).Select(m => m.Name)];
        Pins = pins;
        Hash = hash;
    }

    /// <summary>First 16 digits of the object file's SHA-256.</summary>
    public string Hash { get; }

    /// <summary>Its pins.</summary>
    internal PinnedState Pins { get; }

    /// <summary>Opens the object file.</summary>
    /// <exception cref="KernelException">It is no BPF object.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static OpenedLsm Open(LsmOptions options, IProgramAttacher? attacher = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var hash = PinnedState.HashOf(options.ObjectPath);
        var bpfObject = Libbpf.OpenObject(options.ObjectPath);
        try
        {
            LayoutCheck.Require(bpfObject);
            return new OpenedLsm(bpfObject, new PinnedState(options, hash), hash, attacher ?? new ProgramAttacher());
        }
        catch
        {
            bpfObject.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Goes on with what is pinned if all of it is there, touching nothing; loads anew otherwise, beside whatever is in force.
    /// </summary>
    /// <exception cref="KernelException">The kernel refused; the message has the verifier's log.</exception>
    public LoadedLsm AdoptOrLoad()
    {
        Pins.EnsureRoot();
        var attached = _programs.Where(AttachOrder.IsPinned).Select(p => p.Name).ToList();
        var onDemand = AttachOrder.OnDemand(_programs).Select(p => p.Name).ToList();
        return Pins.IsComplete(PinNames(attached, onDemand)) ? Adopt(attached, onDemand) : Load();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_handedOver)
        {
            _object.Dispose();
        }
    }

    private List<string> PinNames(List<string> attached, List<string> onDemand) =>
    [
        .. _maps.Select(PinnedState.MapPin),
        .. attached.Select(PinnedState.LinkPin),
        .. onDemand.Select(PinnedState.ProgramPin),
    ];

    private LoadedLsm Adopt(List<string> attached, List<string> onDemand)
    {
        var maps = new Dictionary<string, FileDescriptorHandle>();
        var links = new AttachedLinks();
        try
        {
            foreach (var map in _maps)
            {
                maps.Add(map, Libbpf.OpenPinned(Path.Combine(Pins.Directory, PinnedState.MapPin(map))));
            }

            foreach (var program in attached)
            {
                links.Add(program, Libbpf.OpenPinned(Path.Combine(Pins.Directory, PinnedState.LinkPin(program))));
            }

            return LoadedLsm.FromPins(Pins, new KernelMaps(maps), links, onDemand);
        }
        catch
        {
            links.Dispose();
            new KernelMaps(maps).Dispose();
            throw;
        }
    }

    private LoadedLsm Load()
    {
        KernelSymbols.Require();
        Libbpf.LoadObject(_object);
        var maps = new Dictionary<string, FileDescriptorHandle>();
        foreach (var map in Libbpf.Maps(_object).Where(m => !m.IsInternal))
        {
            maps.Add(map.Name, Libbpf.DuplicateMap(map));
        }

        _handedOver = true;
        return LoadedLsm.FromObject(Pins, new KernelMaps(maps), _object, _programs, _attacher);
    }
}
