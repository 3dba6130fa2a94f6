using System.Diagnostics.CodeAnalysis;
using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Programs and maps that are in the kernel: freshly loaded and attached nowhere, or adopted from pins and attached all
/// along. The next phase needs an <see cref="InstalledGeneration"/>, so that no program runs before a policy is in.
/// </summary>
internal sealed class LoadedLsm : IDisposable
{
    private readonly PinnedState _pins;
    private readonly BpfObjectHandle? _object;
    private readonly IReadOnlyList<BpfProgram> _programs;
    private readonly IProgramAttacher? _attacher;
    private readonly AttachedLinks _adoptedLinks;
    private readonly IReadOnlyList<string> _onDemand;
    private readonly WatchedHooks? _adoptedHooks;
    private bool _handedOver;

    private LoadedLsm(
        PinnedState pins,
        KernelMaps maps,
        BpfObjectHandle? bpfObject,
        IReadOnlyList<BpfProgram> programs,
        IProgramAttacher? attacher,
        AttachedLinks adoptedLinks,
        IReadOnlyList<string> onDemand)
    {
        _pins = pins;
        Maps = maps;
        _object = bpfObject;
        _programs = programs;
        _attacher = attacher;
        _adoptedLinks = adoptedLinks;
        _onDemand = onDemand;
        _adoptedHooks = bpfObject is null ? WatchedHooks.Open(pins, maps, adoptedLinks, onDemand) : null;
    }

    /// <summary>Its maps.</summary>
    public KernelMaps Maps { get; }

    /// <summary>True when this was pinned and has been enforcing without guardd.</summary>
    public bool IsAdopted => _object is null;

    internal static LoadedLsm FromPins(PinnedState pins, KernelMaps maps, AttachedLinks links, IReadOnlyList<string> onDemand) =>
        new(pins, maps, null, [], null, links, onDemand);

    internal static LoadedLsm FromObject(
        PinnedState pins, KernelMaps maps, BpfObjectHandle bpfObject, IReadOnlyList<BpfProgram> programs, IProgramAttacher attacher) =>
        new(pins, maps, bpfObject, programs, attacher, new AttachedLinks(), [.. AttachOrder.OnDemand(programs).Select(p => p.Name)]);

    /// <summary>What is attached on demand and was adopted; null when nothing is attached yet.</summary>
    public HooksOnDemand? Hooks => _adoptedHooks?.Hooks;

    /// <summary>What installs policies here. Its numbers go on from those of programs that these replace.</summary>
    public PolicyInstaller CreateInstaller() => new(Maps, IsAdopted ? GenerationsLost() : _pins.NewestOtherGeneration());

    /// <summary>
    /// Somebody has emptied the slot while guardd was away: nothing says which number was the last. Nobody pushes every
    /// second from boot on, so that the seconds since then are more.
    /// </summary>
    private ulong GenerationsLost() => PolicyInstaller.IsEmpty(Maps.Images) ? (ulong)Environment.TickCount64 / 1000 : 0;

    /// <summary>What asks the kernel what files are; null when the object has no such program. Needs no policy.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public FileIdentityReader? OpenFileIdentities()
    {
        if (IsAdopted)
        {
            var pin = PinnedState.LinkPin(AttachOrder.FilesProgram);
            return _adoptedLinks.Held.ContainsKey(pin) ? new FileIdentityReader(Libbpf.OpenPinned(Path.Combine(_pins.Directory, pin))) : null;
        }

        if (AttachOrder.FindFiles(_programs) is not { } program)
        {
            return null;
        }

        using var link = Libbpf.AttachIterator(program);
        return new FileIdentityReader(Libbpf.DuplicateLink(link));
    }

    /// <summary>
    /// Attaches, pins, and only then removes what older programs enforce. Adopted programs are attached already. When it
    /// throws, what was in force before still is, and this phase can only be disposed.
    /// </summary>
    /// <param name="generation">Proof that these maps hold a policy.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public AttachedLsm Attach(InstalledGeneration generation)
    {
        ArgumentNullException.ThrowIfNull(generation);
        if (!ReferenceEquals(generation.Maps, Maps))
        {
            KernelException.Throw("the generation was installed for other programs", default);
        }

        ObjectDisposedException.ThrowIf(_handedOver, this);
        var seeded = 0;
        var links = IsAdopted ? _adoptedLinks : AttachAll(generation.Needs, out seeded);
        var attached = new AttachedLsm(_pins, Maps, links, _adoptedHooks ?? WatchNew(links), IsAdopted, seeded) { LeftBehind = RemoveOthers() };
        _handedOver = true;
        _object?.Dispose();
        return attached;
    }

    /// <summary>The pins of what was attached just now stay, also when this throws: the next guardd adopts them.</summary>
    private WatchedHooks WatchNew(AttachedLinks links)
    {
        try
        {
            return WatchedHooks.Open(_pins, Maps, links, _onDemand);
        }
        catch
        {
            links.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handedOver)
        {
            return;
        }

        _adoptedHooks?.Hooks.Dispose();
        _adoptedLinks.Dispose();
        _object?.Dispose();
        Maps.Dispose();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The links belong to AttachedLsm, or are disposed here.")]
    private AttachedLinks AttachAll(ImageNeeds needs, out int seeded)
    {
        var links = new AttachedLinks();
        var staging = _pins.BeginStaging();
        try
        {
            foreach (var map in Maps.Names)
            {
                Libbpf.Pin(Maps[map], Path.Combine(staging, PinnedState.MapPin(map)));
            }

            AttachEach(AttachOrder.BeforeSeeding(_programs), links, staging);
            seeded = AttachOrder.FindSeed(_programs) is { } seed ? TaskSeeding.Run(seed) : 0;
            AttachEach(AttachOrder.AfterSeeding(_programs), links, staging);
            PrepareOnDemand(needs, staging);
            foreach (var iterator in _programs.Where(AttachOrder.IsKeptIterator))
            {
                var link = Libbpf.AttachIterator(iterator);
                links.Add(iterator.Name, link);
                Libbpf.Pin(link, Path.Combine(staging, PinnedState.LinkPin(iterator.Name)));
            }

            _pins.Commit();
            return links;
        }
        catch
        {
            // Newest first, and the pins before the links: what inherits is the last to go.
            try
            {
                _pins.AbandonStaging();
            }
            finally
            {
                links.Dispose();
            }

            throw;
        }
    }

    /// <summary>What could not be removed still enforces its old policy, which is too strict at worst: no reason to fail.</summary>
    private string? RemoveOthers()
    {
        try
        {
            _pins.RemoveOthers();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>The pins keep them: <see cref="HooksOnDemand"/> opens these.</summary>
    private void PrepareOnDemand(ImageNeeds needs, string staging)
    {
        var programs = AttachOrder.OnDemand(_programs).ToDictionary(p => p.Name);
        foreach (var (name, program) in programs)
        {
            Libbpf.Pin(program, Path.Combine(staging, PinnedState.ProgramPin(name)));
        }

        foreach (var name in HooksOnDemand.NeededBy(needs).Where(programs.ContainsKey))
        {
            using var link = _attacher!.Attach(programs[name]);
            Libbpf.Pin(link, Path.Combine(staging, PinnedState.LinkPin(name)));
        }
    }

    private void AttachEach(IEnumerable<BpfProgram> programs, AttachedLinks links, string staging)
    {
        foreach (var program in programs)
        {
            var link = _attacher!.Attach(program);
            links.Add(program.Name, link);
            Libbpf.Pin(link, Path.Combine(staging, PinnedState.LinkPin(program.Name)));
        }
    }
}
