using System.Security.Cryptography;

namespace Guard.Policies;

/// <summary>Digests of files of this machine, each read once. Not safe for several threads.</summary>
public sealed class FileDigests
{
    private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>SHA-256, 64 hexadecimal digits in lower case; null when the file is not there or can't be read.</summary>
    /// <param name="path">Absolute, of a file and no device.</param>
    public string? Find(string path)
    {
        if (!_known.TryGetValue(path, out var digest))
        {
            digest = Read(path);
            _known.Add(path, digest);
        }

        return digest;
    }

    private static string? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }
}
