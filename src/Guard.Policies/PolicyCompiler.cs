namespace Guard.Policies;

/// <summary>Options of a compilation. All bounds are inclusive.</summary>
public sealed record CompilerOptions
{
    /// <summary>Accounts for <c>User</c>.</summary>
    public AccountSnapshot Accounts { get; init; } = AccountSnapshot.RootOnly;

    /// <summary>Whether the engine's own self-test rules are added (true for what goes into a kernel).</summary>
    public bool IncludeSelfTest { get; init; }

    /// <summary>Most bytes of one file.</summary>
    public int MaxFileBytes { get; init; } = 4 << 20;

    /// <summary>Most bytes of a bundle.</summary>
    public int MaxBundleBytes { get; init; } = 64 << 20;
}

/// <summary>Text in, image out. Pure: no I/O, no clock, no randomness; the same input gives the same bytes.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles a bundle.</summary>
    /// <param name="files">The bundle's files; their order changes nothing but the order of findings.</param>
    /// <param name="options">Bounds and accounts.</param>
    /// <returns>The image, or what is wrong with the bundle. Never throws on any content.</returns>
    public static CompilationResult Compile(IReadOnlyList<PolicyFile> files, CompilerOptions options)
        => throw new NotSupportedException();
}
