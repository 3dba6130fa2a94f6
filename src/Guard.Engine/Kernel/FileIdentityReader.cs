using System.Globalization;
using Guard.Engine.Interop;
using Guard.Policies.Image;

namespace Guard.Engine.Kernel;

/// <summary>
/// Asks the kernel what the files of paths are. stat(2) would give other numbers on some file systems, and none has the
/// generation of a file on tmpfs: so the files are held open for a moment, and an iterator tells of what guardd holds
/// open. Not thread-safe.
/// </summary>
internal sealed class FileIdentityReader : IDisposable
{
    // Below the soft limit of descriptors that a service starts with, beside what guardd holds anyway.
    private const int BatchSize = 512;

    private readonly FileDescriptorHandle _link;

    /// <summary>Takes over the link of the iterator over the open files of all tasks.</summary>
    public FileIdentityReader(FileDescriptorHandle link) => _link = link;

    /// <summary>The files that are there and can be told from others; all others are known by their names only.</summary>
    /// <param name="paths">Absolute; bytes as Latin-1 characters.</param>
    /// <exception cref="KernelException">The kernel refused, or printed what is no identity.</exception>
    public IReadOnlyDictionary<string, FileKey> Read(IReadOnlyList<string> paths)
    {
        var found = new Dictionary<string, FileKey>(StringComparer.Ordinal);
        foreach (var batch in paths.Chunk(BatchSize))
        {
            ReadBatch(batch, found);
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    /// <summary>Lines "descriptor inode device generation".</summary>
    internal static IEnumerable<(int Descriptor, FileKey Key)> Parse(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            if (words.Length != 4
                || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
                || !ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
                || !uint.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var device)
                || !uint.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
            {
                KernelException.Throw($"the iterator over open files printed \"{line}\"", default);
                continue;
            }

            yield return (descriptor, new FileKey(inode, device, generation));
        }
    }

    private void ReadBatch(string[] paths, Dictionary<string, FileKey> found)
    {
        var held = new Dictionary<int, (string Path, FileDescriptorHandle File)>();
        try
        {
            foreach (var path in paths)
            {
                if (Libc.TryOpenPathOnly(path) is { } file)
                {
                    held.Add((int)file.DangerousGetHandle(), (path, file));
                }
            }

            if (held.Count == 0)
            {
                return;
            }

            using var iterator = Libbpf.CreateIterator(_link);
            foreach (var (descriptor, key) in Parse(TaskSeeding.ReadAll(iterator)))
            {
                if (held.TryGetValue(descriptor, out var named))
                {
                    found[named.Path] = key;
                }
            }
        }
        finally
        {
            foreach (var (_, file) in held.Values)
            {
                file.Dispose();
            }
        }
    }
}
