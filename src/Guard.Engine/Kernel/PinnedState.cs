using System.Security.Cryptography;
using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Guard's directories on the bpffs: what is pinned there enforces without guardd. One directory per object file, named
/// by its hash; it is filled as <c>new-HASH</c> and gets its name by a rename once everything is attached and pinned, so
/// that the name means complete. Others are removed only after that. Not thread-safe.
/// </summary>
internal sealed class PinnedState
{
    private const string StagingPrefix = "new-";
    private const string RetiredPrefix = "old-";
    private const int HashDigits = 16;

    private readonly LsmOptions _options;
    private readonly string _final;
    private readonly string _staging;

    /// <summary>Looks after the pins of one object file.</summary>
    public PinnedState(LsmOptions options, string objectHash)
    {
        _options = options;
        _final = Path.Combine(options.PinRoot, objectHash);
        _staging = Path.Combine(options.PinRoot, StagingPrefix + objectHash);
    }

    /// <summary>Where the pins are once all are there.</summary>
    public string Directory => _final;

    /// <summary>The name of an object file's directory: the first 16 digits of its SHA-256.</summary>
    public static string HashOf(string objectPath)
    {
        using var file = File.OpenRead(objectPath);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..HashDigits];
    }

    /// <summary>Name of a map's pin. A dot means something else to a bpffs.</summary>
    public static string MapPin(string map) => "map_" + map.Replace('.', '_');

    /// <summary>Name of the pin of a program's link.</summary>
    public static string LinkPin(string program) => "link_" + program;

    /// <summary>Name of the pin of a program that is attached now and then.</summary>
    public static string ProgramPin(string program) => "program_" + program;

    /// <summary>Mounts the bpffs if need be and makes Guard's directory.</summary>
    public void EnsureRoot()
    {
        if (!Libc.IsBpfFileSystem(_options.BpfFileSystem))
        {
            System.IO.Directory.CreateDirectory(_options.BpfFileSystem);
            Libc.MountBpfFileSystem(_options.BpfFileSystem);
        }

        MakeDirectory(_options.PinRoot);
    }

    /// <summary>Whether all these pins are there. Completes a rename that an earlier guardd did not get to.</summary>
    public bool IsComplete(IReadOnlyCollection<string> pins)
    {
        if (HasAll(_final, pins))
        {
            return true;
        }

        if (!HasAll(_staging, pins))
        {
            return false;
        }

        Commit();
        return true;
    }

    /// <summary>An empty directory to pin into; what an earlier attempt left is put aside, still pinned.</summary>
    public string BeginStaging()
    {
        if (System.IO.Directory.Exists(_staging))
        {
            Retire(_staging);
        }

        MakeDirectory(_staging);
        return _staging;
    }

    /// <summary>All is attached and pinned: the staging directory becomes the one that a restart adopts.</summary>
    public void Commit()
    {
        if (System.IO.Directory.Exists(_final))
        {
            Retire(_final);
        }

        Libc.Rename(_staging, _final);
    }

    /// <summary>Takes back what this attempt pinned, and nothing else.</summary>
    public void AbandonStaging() => Remove(_staging);

    /// <summary>Directories of other object files and of attempts that came to nothing.</summary>
    public IReadOnlyList<string> Others() =>
        System.IO.Directory.Exists(_options.PinRoot)
            ? [.. System.IO.Directory.GetDirectories(_options.PinRoot).Where(d => d != _final).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Ends what the others enforce: only to be called when this one's programs are attached.</summary>
    public void RemoveOthers()
    {
        foreach (var other in Others())
        {
            Remove(other);
        }
    }

    /// <summary>The newest generation that any of the others has in its slot; 0 for none.</summary>
    public ulong NewestOtherGeneration()
    {
        var newest = 0UL;
        foreach (var directory in Others().Append(_final))
        {
            var pin = Path.Combine(directory, MapPin("images"));
            if (File.Exists(pin))
            {
                newest = Math.Max(newest, ReadGeneration(pin));
            }
        }

        return newest;
    }

    /// <summary>Watches over these pins.</summary>
    public PinWatch Watch(Dictionary<string, HeldObject> held) => new(_options, _final, held);

    private static ulong ReadGeneration(string pin)
    {
        try
        {
            using var images = Libbpf.OpenPinned(pin);
            return PolicyInstaller.ReadGeneration(images);
        }
        catch (KernelException)
        {
            // Another ABI's slot: its numbers mean nothing here.
            return 0;
        }
    }

    private static bool HasAll(string directory, IReadOnlyCollection<string> pins) =>
        pins.Count > 0 && pins.All(pin => File.Exists(Path.Combine(directory, pin)));

    /// <summary>A directory that only root may enter; nothing when it is there.</summary>
    internal static void MakeDirectory(string path) =>
        System.IO.Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static void Remove(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            return;
        }

        foreach (var pin in System.IO.Directory.GetFiles(directory))
        {
            File.Delete(pin);
        }

        System.IO.Directory.Delete(directory);
    }

    /// <summary>Renames a directory out of the way. Its pins stay, and with them what they enforce.</summary>
    private void Retire(string directory)
    {
        for (var n = 0; ; n++)
        {
            var aside = Path.Combine(_options.PinRoot, $"{RetiredPrefix}{Path.GetFileName(directory)}-{n}");
            if (!System.IO.Directory.Exists(aside))
            {
                Libc.Rename(directory, aside);
                return;
            }
        }
    }
}
