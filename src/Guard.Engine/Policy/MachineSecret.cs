using System.Security.Cryptography;
using Guard.Engine.Interop;

namespace Guard.Engine.Policy;

/// <summary>
/// A secret of this machine that goes into the key of the hash of long lists (<c>CompilerOptions.Secret</c>). Kept, so
/// that a start of guardd compiles what the kernel has already; when it is lost a new one is drawn and the next start
/// installs anew.
/// </summary>
internal static class MachineSecret
{
    /// <summary>Bytes.</summary>
    public const int Length = 32;

    /// <summary>Reads it, or draws and keeps one.</summary>
    /// <param name="path">The file, readable by its owner alone.</param>
    /// <param name="fill">Where random bytes come from.</param>
    /// <param name="sync">Writes the names in a directory to disk; <see cref="Libc.SyncDirectory"/> when null.</param>
    /// <exception cref="IOException">It can be neither read nor written.</exception>
    public static byte[] ReadOrDraw(string path, Action<byte[]> fill, Action<string>? sync = null)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: Length } kept)
        {
            return kept;
        }

        var secret = new byte[Length];
        fill(secret);
        var next = path + ".next";
        using (var file = new FileStream(next, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(secret);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        (sync ?? Libc.SyncDirectory)(Path.GetDirectoryName(path)!);
        return secret;
    }

    /// <summary>Random bytes of the kernel.</summary>
    public static void Draw(byte[] secret) => RandomNumberGenerator.Fill(secret);
}
