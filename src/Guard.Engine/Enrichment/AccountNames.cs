using Guard.Policies;

namespace Guard.Engine.Enrichment;

/// <summary>
/// Account names from passwd(5), read again when the file has changed, and for the compiler those of group(5). Accounts that
/// only a directory service knows are not there: records then carry the uid alone, and rules must name the uid. Safe from any
/// thread.
/// </summary>
internal sealed class AccountNames
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly string _groups;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Dictionary<uint, string> _names = [];
    private Dictionary<string, uint> _uids = [];
    private (DateTime Written, long Length) _version;
    private long? _looked;

    public AccountNames(TimeProvider time, string path = "/etc/passwd", string groups = "/etc/group")
    {
        _time = time;
        _path = path;
        _groups = groups;
    }

    /// <summary>The first name that passwd(5) gives to the uid, or null.</summary>
    public string? Find(uint uid)
    {
        lock (_gate)
        {
            if (_looked is not { } looked || _time.GetElapsedTime(looked) >= LookAgain)
            {
                Refresh();
            }

            return _names.GetValueOrDefault(uid);
        }
    }

    /// <summary>The accounts of this moment, for the compiler.</summary>
    public AccountSnapshot ToSnapshot()
    {
        lock (_gate)
        {
            Refresh();
            return ReadGroups() is { } groups ? new AccountSnapshot(_uids) { GidByName = groups } : new AccountSnapshot(_uids);
        }
    }

    private void Refresh()
    {
        _looked = _time.GetTimestamp();
        try
        {
            var file = new FileInfo(_path);
            var version = (file.LastWriteTimeUtc, file.Length);
            if (version != _version)
            {
                Parse(File.ReadLines(_path));
                _version = version;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is being replaced: what was known stays.
        }
    }

    /// <summary>Null while they can't be read.</summary>
    private Dictionary<string, uint>? ReadGroups()
    {
        var gids = new Dictionary<string, uint>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, gid) in AccountSnapshot.Entries(File.ReadLines(_groups)))
            {
                gids.TryAdd(name, gid);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return gids;
    }

    private void Parse(IEnumerable<string> lines)
    {
        var names = new Dictionary<uint, string>();
        var uids = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach (var (name, uid) in AccountSnapshot.Entries(lines))
        {
            names.TryAdd(uid, name);
            uids.TryAdd(name, uid);
        }

        (_names, _uids) = (names, uids);
    }
}
