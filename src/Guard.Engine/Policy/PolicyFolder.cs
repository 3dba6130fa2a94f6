using System.Text.Json;
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
internal sealed class PolicyFolder
{
    private readonly string _current;
    private readonly string _next;

    /// <summary>Uses this directory, which is created (0700) when it is not there.</summary>
    public PolicyFolder(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _current = Path.Combine(directory, "current.json");
        _next = Path.Combine(directory, "next.json");
    }

    /// <summary>What is to be in force at start, or null before the first push.</summary>
    /// <param name="hashInForce">What the kernel has, or null when it has nothing.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public KeptPolicy? Load(string? hashInForce)
    {
        if (hashInForce is not null && TryRead(_next) is { } next && next.Hash == hashInForce)
        {
            File.Move(_next, _current, overwrite: true);
            return next;
        }

        File.Delete(_next);
        return File.Exists(_current)
            ? TryRead(_current) ?? throw new InvalidDataException($"{_current} is damaged")
            : null;
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

    /// <summary>Step 2, after the kernel has it.</summary>
    public void Commit() => File.Move(_next, _current, overwrite: true);

    /// <summary>Instead of step 2, when the kernel refused.</summary>
    public void Abandon() => File.Delete(_next);

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
