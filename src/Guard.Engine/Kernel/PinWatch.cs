using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Compares what guardd holds with what is pinned where everybody looks: in the mount namespace of the first process, where
/// the next guardd will adopt it. guardd's own may still show a bpffs that was unmounted there. What is missing is pinned
/// anew. Any thread, one after the other.
/// </summary>
internal sealed class PinWatch
{
    private const int MostNamed = 3;

    private readonly string _fileSystem;
    private readonly string _root;
    private readonly string _directory;
    private readonly Dictionary<string, HeldObject> _held;
    private readonly Lock _gate = new();

    /// <summary>Watches over pins.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="directory">Their directory, without <see cref="LsmOptions.HostRoot"/>.</param>
    /// <param name="held">What is held, by the names of the pins.</param>
    public PinWatch(LsmOptions options, string directory, Dictionary<string, HeldObject> held)
    {
        _fileSystem = options.HostRoot + options.BpfFileSystem;
        _root = options.HostRoot + options.PinRoot;
        _directory = options.HostRoot + directory;
        _held = held;
    }

    /// <summary>Watches over one more, which is held as long as it is watched.</summary>
    public void Add(string pin, HeldObject held)
    {
        lock (_gate)
        {
            _held.Add(pin, held);
        }
    }

    /// <summary>Removes a pin and watches it no longer, so that no look in between pins it anew.</summary>
    /// <param name="path">The pin.</param>
    /// <exception cref="IOException">It is still there, and watched.</exception>
    public void Unpin(string path)
    {
        lock (_gate)
        {
            File.Delete(path);
            _held.Remove(Path.GetFileName(path));
        }
    }

    /// <summary>What is amiss, with what to do; empty when every pin is there. What could be pinned anew is in order at the next look.</summary>
    public IEnumerable<string> Look()
    {
        lock (_gate)
        {
            return LookAtAll();
        }
    }

    private string[] LookAtAll()
    {
        if (!Libc.IsBpfFileSystem(_fileSystem))
        {
            return [Ends($"{Shown(_fileSystem)} is no bpffs, it was unmounted or lies below another mount", $"mount -t bpf bpf {Shown(_fileSystem)}")];
        }

        if (Directory.Exists(_root) && !Libc.IsBpfFileSystem(_root))
        {
            return [Ends($"something is mounted above {Shown(_root)}", $"umount {Shown(_root)}")];
        }

        var lost = _held.Where(held => !IsPinned(held.Key, held.Value.Identity)).Select(held => held.Key).Order(StringComparer.Ordinal).ToList();
        return lost.Count == 0 ? [] : [PinAnew(lost)];
    }

    private bool IsPinned(string pin, KernelIdentity identity)
    {
        try
        {
            using var found = Libbpf.OpenPinned(Path.Combine(_directory, pin));
            return Libbpf.Identify(found) == identity;
        }
        catch (KernelException)
        {
            // Absent, or no BPF object: not the one that is held.
            return false;
        }
    }

    private string PinAnew(List<string> lost)
    {
        var names = string.Join(", ", lost.Take(MostNamed)) + (lost.Count > MostNamed ? $" and {lost.Count - MostNamed} more" : "");
        try
        {
            PinnedState.MakeDirectory(_root);
            PinnedState.MakeDirectory(_directory);
            foreach (var pin in lost)
            {
                var path = Path.Combine(_directory, pin);
                File.Delete(path);
                _held[pin].PinAt(path);
            }

            return $"pins were removed from {Shown(_directory)} ({names}); they are pinned anew: find out who removed them";
        }
        catch (Exception e) when (e is KernelException or IOException or UnauthorizedAccessException)
        {
            return Ends($"pins were removed from {Shown(_directory)} ({names}) and can't be pinned anew: {e.Message.Split('\n')[0]}", $"ls -la {Shown(_root)}");
        }
    }

    private static string Ends(string what, string remedy) => $"{what}; enforcement would end with guardd: {remedy}";

    private static string Shown(string path) =>
        path.StartsWith(LsmOptions.FirstProcessRoot, StringComparison.Ordinal) ? path[LsmOptions.FirstProcessRoot.Length..] : path;
}
