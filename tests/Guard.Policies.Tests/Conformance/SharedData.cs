namespace Guard.Policies.Tests.Conformance;

/// <summary>Sigma's conformance data, which lives beside the checkout (licences differ) or where GUARD_SHARED says.</summary>
internal static class SharedData
{
    public const string Missing = "the folder shared/sigma is not beside the checkout and GUARD_SHARED is not set";

    public static string? Sigma { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GUARD_SHARED") is { Length: > 0 } named)
        {
            return Directory.Exists(Path.Combine(named, "sigma")) ? Path.Combine(named, "sigma") : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "sigma");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
