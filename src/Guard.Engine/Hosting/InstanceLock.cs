using Guard.Engine.Control;
using Guard.Engine.Interop;

namespace Guard.Engine.Hosting;

/// <summary>One guardd at a time: an flock beside the socket, held until the process ends, however it ends.</summary>
internal static class InstanceLock
{
    /// <summary>Takes the lock.</summary>
    /// <returns>What holds it.</returns>
    /// <exception cref="AlreadyRunningException">Somebody has it.</exception>
    /// <exception cref="LockException">It can't be had for another reason.</exception>
    public static IDisposable Acquire(string socket)
    {
        var path = socket + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e.HResult == Errno.TryAgain.Value)
        {
            // .NET gives the errno of flock, EWOULDBLOCK, which is EAGAIN on Linux, and nothing else says that it is held.
            throw new AlreadyRunningException($"another guardd holds {path}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockException($"the lock {path} can't be taken: {e.Message}", e);
        }
    }
}
