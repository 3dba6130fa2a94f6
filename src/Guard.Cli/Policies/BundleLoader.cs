using System.Text.RegularExpressions;
using Guard.Policies;

namespace Guard.Cli.Policies;

/// <summary>Policy files from paths as they were typed: directories recursively, within bounds, never more than asked for.</summary>
internal sealed class BundleLoader
{
    private const int MostFiles = 100_000;
    private const int DeepestDirectory = 64;

    private readonly CompilerOptions _limits;
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);
    private readonly List<PolicyFile> _files = [];
    private long _bytes;

    public BundleLoader(CompilerOptions limits) => _limits = limits;

    /// <summary>What was read.</summary>
    public IReadOnlyList<PolicyFile> Files => _files;

    /// <summary>The path that the user knows a file of the bundle by.</summary>
    public string Shown(string name) => _shown.GetValueOrDefault(name, name);

    /// <summary>A text in which places of the bundle are those that the user knows.</summary>
    public string ShownIn(string text)
    {
        foreach (var (name, shown) in _shown.Where(pair => pair.Key != pair.Value && text.Contains(pair.Key + "(", StringComparison.Ordinal)))
        {
            // Not the end of a longer name.
            text = Regex.Replace(text, $@"(?<![^\s(]){Regex.Escape(name)}(?=\([0-9])", _ => shown, RegexOptions.CultureInvariant);
        }

        return text;
    }

    /// <summary>Reads everything below the paths.</summary>
    /// <exception cref="CliException">Something is missing, too large or empty.</exception>
    public void Load(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (path == "-")
            {
                throw new CliException(
                    ExitCode.Usage, "policies are not read from standard input by the name -", "name a file; of a pipe that is /dev/stdin");
            }

            if (Directory.Exists(path))
            {
                var before = _files.Count;
                LoadDirectory(path, "", path, 0);
                if (_files.Count == before)
                {
                    throw new CliException(ExitCode.Findings, $"{path}: no policy in this directory (*.yml, *.yaml; lists: *.txt, *.list)", "ls " + path);
                }
            }
            else
            {
                LoadFile(path, Path.GetFileName(path), path);
            }
        }
    }

    /// <summary>Takes a file that is no file here.</summary>
    public void Add(PolicyFile file) => _files.Add(file);

    private void LoadDirectory(string directory, string prefix, string root, int depth)
    {
        if (depth > DeepestDirectory)
        {
            throw new CliException(ExitCode.Findings, $"{directory}: directories are nested deeper than {DeepestDirectory}");
        }
        List<FileSystemInfo> entries;
        try
        {
            entries = [.. new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.NotPermitted, $"{directory} may not be read");
        }
        foreach (var entry in entries)
        {
            var isPolicy = entry.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
                || entry.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)
                || PolicyFile.IsListName(entry.Name);
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                LoadDirectory(entry.FullName, prefix + entry.Name + "/", root, depth + 1);
            }
            else if (entry is DirectoryInfo)
            {
                throw new CliException(ExitCode.Findings, $"{Path.Combine(root, prefix + entry.Name)}: links to directories are not followed", "name the directory itself");
            }
            else if (isPolicy)
            {
                LoadFile(entry.FullName, prefix + entry.Name, Path.Combine(root, prefix + entry.Name));
            }
        }
    }

    private void LoadFile(string path, string name, string shown)
    {
        var content = Read(path, shown, _limits.MaxBytesOf(name));
        _bytes += content.Length;
        if (_bytes > _limits.MaxBundleBytes || _files.Count >= MostFiles)
        {
            throw new CliException(ExitCode.Findings, $"the policies are larger than {_limits.MaxBundleBytes >> 20} MiB or more than {MostFiles} files together");
        }
        var unique = name;
        for (var n = 2; _shown.ContainsKey(unique); n++)
        {
            if (_shown[unique] == shown)
            {
                throw new CliException(ExitCode.Usage, $"{shown} is named twice");
            }
            unique = $"{n}/{name}";
        }
        _shown.Add(unique, shown);
        _files.Add(new PolicyFile(unique, content));
    }

    /// <summary>Reads at most one byte more than the limit, whatever the file claims to be.</summary>
    private static byte[] Read(string path, string shown, int most)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            if (stream.CanSeek && stream.Length > most)
            {
                throw TooLarge(shown, most);
            }
            var content = new MemoryStream();
            var buffer = new byte[64 << 10];
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                content.Write(buffer, 0, read);
                if (content.Length > most)
                {
                    throw TooLarge(shown, most);
                }
            }
            return content.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.NotFound, $"{shown}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.NotPermitted, $"{shown} may not be read");
        }
        catch (IOException e)
        {
            throw new CliException(ExitCode.Findings, $"{shown}: {e.Message}");
        }
    }

    private static CliException TooLarge(string shown, int most)
        => new(ExitCode.Findings, $"{shown}: larger than {most >> 20} MiB, which is the most for one policy file", "split it");
}
