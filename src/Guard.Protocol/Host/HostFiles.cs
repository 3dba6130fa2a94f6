namespace Guard.Protocol.Host;

/// <summary>Reads small files of the machine, below a root that tests replace.</summary>
internal sealed class HostFiles(string root)
{
    /// <summary>Reads a file; says why not when it can't.</summary>
    /// <param name="path">Absolute, as on the machine.</param>
    public HostFile Read(string path)
    {
        try
        {
            return new HostFile(HostFileState.Read, File.ReadAllText(Locate(path)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new HostFile(HostFileState.Missing, string.Empty);
        }
        catch (UnauthorizedAccessException)
        {
            return new HostFile(HostFileState.Denied, string.Empty);
        }
        catch (IOException)
        {
            return new HostFile(HostFileState.Missing, string.Empty);
        }
    }

    /// <summary>Whether there is a file; false also when it can't be told.</summary>
    public bool Exists(string path) => File.Exists(Locate(path));

    private string Locate(string path) => Path.Combine(root, path.TrimStart('/'));
}

/// <summary>What became of reading a file.</summary>
internal enum HostFileState
{
    /// <summary>Read.</summary>
    Read,

    /// <summary>Not there.</summary>
    Missing,

    /// <summary>Not for this user.</summary>
    Denied,
}

/// <summary>A file that was read, or not.</summary>
/// <param name="State">Which.</param>
/// <param name="Text">Its text, empty if not read.</param>
internal readonly record struct HostFile(HostFileState State, string Text);
