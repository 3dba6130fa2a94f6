using Guard.Engine.Control;

namespace Guard.Engine.Hosting;

/// <summary>One guardd at a time: an flock beside the socket, held until the process ends, however it ends.</summary>
internal static class InstanceLock
{
    /// <summary>Takes the lock.</summary>
    /// <returns>What holds it.</returns>
    /// <exception cref="AlreadyRunningException">Somebody has it.</exception>
    public static IDisposable Acquire(string socket)
    {
        var path = socket + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e is not DirectoryNotFoundException and not FileNotFoundException)
        {
            throw new AlreadyRunningException($"another guardd holds {path}");
        }
    }
}
