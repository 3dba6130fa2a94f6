namespace Guard.Abi.Tests;

/// <summary>Where the sources are that the tests compile.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Headers => Path.Combine(Root, "bpf", "lsm");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Guard.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
