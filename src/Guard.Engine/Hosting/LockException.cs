namespace Guard.Engine.Hosting;

/// <summary>Whether another guardd runs can't be found out, because its lock can be neither opened nor made.</summary>
internal sealed class LockException : Exception
{
    /// <summary>Creates one with a sentence for people that names the file.</summary>
    public LockException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
