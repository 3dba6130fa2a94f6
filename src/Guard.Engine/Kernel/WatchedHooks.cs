using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>The watch over all pins, and what is attached on demand, which tells it what comes and goes.</summary>
/// <param name="Watch">Over maps, programs and links.</param>
/// <param name="Hooks">What is attached on demand.</param>
internal sealed record WatchedHooks(PinWatch Watch, HooksOnDemand Hooks)
{
    /// <summary>Of what is pinned already.</summary>
    /// <param name="pins">Where.</param>
    /// <param name="maps">All maps.</param>
    /// <param name="links">What is attached always.</param>
    /// <param name="onDemand">Names of programs that are attached on demand.</param>
    /// <exception cref="KernelException">What is pinned can't be opened.</exception>
    public static WatchedHooks Open(PinnedState pins, KernelMaps maps, AttachedLinks links, IEnumerable<string> onDemand)
    {
        var programs = onDemand.ToDictionary(p => p, p => Libbpf.OpenPinned(Path.Combine(pins.Directory, PinnedState.ProgramPin(p))));
        var held = new Dictionary<string, HeldObject>(links.Held);
        foreach (var map in maps.Names)
        {
            held.Add(PinnedState.MapPin(map), HeldObject.Of(maps[map]));
        }

        foreach (var (program, handle) in programs)
        {
            held.Add(PinnedState.ProgramPin(program), HeldObject.Of(handle));
        }

        var watch = pins.Watch(held);
        return new WatchedHooks(watch, new HooksOnDemand(pins.Directory, watch, programs));
    }
}
