using System.Text.Json;
using Guard.Engine.Interop;
using Guard.Protocol;

namespace Guard.Engine.Policy;

/// <summary>A bundle as it is kept on disk.</summary>
/// <param name="Bundle">Its files.</param>
/// <param name="Hash">SHA-256 of the image it was compiled to when it went live.</param>
/// <param name="Pushed">When it was pushed.</param>
internal sealed record KeptPolicy(PolicyBundle Bundle, string Hash, DateTimeOffset Pushed);

/// <summary>
/// The bundle in force, kept so that the next start compiles the same. A push writes <c>next.json</c>, goes live in the
/// kernel, and renames it to <c>current.json</c>: after a crash in between, the kernel's hash tells which of the two is
/// in force. Not thread-safe: pushes happen one at a time.
/// </summary>
/// <remarks>
/// After a boot the kernel has nothing and can't tell. Then <c>current.json</c> counts: a push is acknowledged only when its
/// rename is on disk, and a <c>next.json</c> may be of a push that was refused. It may as well be of one that was in force
/// when the power went, so it is set aside as <c>interrupted.json</c> and spoken of until a push succeeds.
/// </remarks>
internal sealed class PolicyFolder
{
    private readonly string _current;
    private readonly string _next;
    private readonly string _interrupted;
    private readonly Action _sync;

    /// <summary>Uses this directory, which is created (0700) when it is not there.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="sync">Writes the names in a directory to disk; <see cref="Libc.SyncDirectory"/> when null.</param>
    public PolicyFolder(string directory, Action<string>? sync = null)
    {
        _sync = () => (sync ?? Libc.SyncDirectory)(directory);
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _current = Path.Combine(directory, "current.json");
        _next = Path.Combine(directory, "next.json");
        _interrupted = Path.Combine(directory, "interrupted.json");
    }

    /// <summary>A push of which <see cref="Load"/> can't say whether it was in force before the machine went down; or null.</summary>
    public KeptPolicy? Interrupted { get; private set; }

    /// <summary>What is to be in force at start, or null before the first push.</summary>
    /// <param name="hashInForce">What the kernel has, or null when it has nothing.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public KeptPolicy? Load(string? hashInForce)
    {
        var next = TryRead(_next);
        if (next is not null && next.Hash == hashInForce)
        {
            Commit();
            return next;
        }

        var current = File.Exists(_current)
            ? TryRead(_current) ?? throw new InvalidDataException($"{_current} is damaged")
            : null;
        if (hashInForce is null && next is not null && next.Hash != current?.Hash)
        {
            File.Move(_next, _interrupted, overwrite: true);
        }

        Abandon();
        Interrupted = TryRead(_interrupted);
        return current;
    }

    /// <summary>Step 1 of a push: on disk when it returns, not yet what the next start takes.</summary>
    public void Prepare(KeptPolicy policy)
    {
        using var file = new FileStream(_next, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(file, policy, PolicyFolderJson.Default.KeptPolicy);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Step 2, after the kernel has it. When it returns no power cut brings the policy before it back.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Commit()
    {
        File.Move(_next, _current, overwrite: true);
        File.Delete(_interrupted);
        _sync();
        Interrupted = null;
    }

    /// <summary>Instead of step 2, when the kernel refused. When it returns no power cut brings that policy back.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Abandon()
    {
        File.Delete(_next);
        _sync();
    }

    /// <summary>What is kept there; null when nothing is, or nothing whole: less than all of it is no policy to enforce.</summary>
    private static KeptPolicy? TryRead(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            var kept = JsonSerializer.Deserialize(file, PolicyFolderJson.Default.KeptPolicy);
            return BundleShape.IsWhole(kept?.Bundle) && !string.IsNullOrEmpty(kept?.Hash) ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How the kept policy is written.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(KeptPolicy))]
internal sealed partial class PolicyFolderJson : System.Text.Json.Serialization.JsonSerializerContext;
