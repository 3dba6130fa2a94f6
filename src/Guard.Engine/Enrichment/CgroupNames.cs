using System.Text.RegularExpressions;

namespace Guard.Engine.Enrichment;

/// <summary>What the path of a cgroup tells.</summary>
/// <param name="Path">Below the root of the hierarchy, with a leading slash.</param>
/// <param name="Unit">The systemd unit, or null.</param>
/// <param name="ContainerId">The container, or null.</param>
internal sealed record CgroupName(string Path, string? Unit, string? ContainerId);

/// <summary>
/// Cgroup ids to paths: an id is the inode number of the cgroup's directory. Unknown ids are looked up by way of the
/// process, then by reading the whole tree, at most once a second. Safe from any thread.
/// </summary>
internal sealed partial class CgroupNames
{
    private const int CacheMax = 16_384;
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(1);

    private readonly string _root;
    private readonly ProcfsReader _procfs;
    private readonly TimeProvider _time;
    private readonly Func<string, ulong> _inodeOf;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, CgroupName> _known = [];
    private long? _scanned;

    public CgroupNames(ProcfsReader procfs, TimeProvider time, string root = "/sys/fs/cgroup", Func<string, ulong>? inodeOf = null)
    {
        _procfs = procfs;
        _time = time;
        _root = root;
        _inodeOf = inodeOf ?? FileIdentity.InodeOf;
    }

    /// <summary>The name of a cgroup, or null when it is gone and was never seen.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="pid">A process that was in it.</param>
    public CgroupName? Find(ulong id, int pid)
    {
        lock (_gate)
        {
            if (id == 0)
            {
                return null;
            }

            if (_known.TryGetValue(id, out var known))
            {
                return known;
            }

            if (_procfs.ReadCgroup(pid) is { } path && _inodeOf(_root + path) == id)
            {
                Add(id, path);
            }
            else
            {
                Scan();
            }

            return _known.GetValueOrDefault(id);
        }
    }

    /// <summary>Reads unit and container out of a path.</summary>
    public static CgroupName Parse(string path)
    {
        string? unit = null, slice = null, container = null;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (UnitPattern().IsMatch(part))
            {
                unit = part;
            }
            else if (part.EndsWith(".slice", StringComparison.Ordinal))
            {
                slice = part;
            }

            // conmon supervises a container from outside.
            if (ContainerPattern().Match(part) is { Success: true } match && !part.Contains("conmon", StringComparison.Ordinal))
            {
                container = match.Groups[1].Value;
            }
        }

        return new CgroupName(path, unit ?? slice, container);
    }

    private void Scan()
    {
        if (_scanned is { } scanned && _time.GetElapsedTime(scanned) < ScanInterval)
        {
            return;
        }

        _scanned = _time.GetTimestamp();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        try
        {
            Add(_inodeOf(_root), "/");
            foreach (var directory in Directory.EnumerateDirectories(_root, "*", options))
            {
                Add(_inodeOf(directory), directory[_root.Length..]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No cgroup v2 here, or a directory went away: what was found stays.
        }
    }

    private void Add(ulong id, string path)
    {
        if (_known.Count >= CacheMax)
        {
            _known.Clear();
        }

        if (id != 0)
        {
            _known[id] = Parse(path);
        }
    }

    [GeneratedRegex(@"\.(service|scope|socket|mount|swap)$", RegexOptions.CultureInvariant)]
    private static partial Regex UnitPattern();

    /// <summary>docker-ID.scope, cri-containerd-ID.scope, crio-ID.scope, libpod-ID.scope, slice:containerd:ID, ID.</summary>
    [GeneratedRegex(@"(?:^|[-:])([0-9a-f]{64})(?:\.scope)?$", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPattern();
}
