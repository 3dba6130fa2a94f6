using Guard.Policies.Binding;
using Guard.Policies.Checking;
using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies;

/// <summary>Options of a compilation. All bounds are inclusive.</summary>
public sealed record CompilerOptions
{
    /// <summary>Accounts for <c>User</c>.</summary>
    public AccountSnapshot Accounts { get; init; } = AccountSnapshot.RootOnly;

    /// <summary>What the image is for.</summary>
    public PolicyDomain Domain { get; init; } = PolicyDomain.Kernel;

    /// <summary>Whether the engine's own self-test rules are added (true for what goes into a kernel).</summary>
    public bool IncludeSelfTest { get; init; }

    /// <summary>What no blocking rule may refuse root, beside the built-in set.</summary>
    public SurvivalEntries Survival { get; init; } = SurvivalEntries.None;

    /// <summary>
    /// SHA-256 of the file at an absolute path of this machine, 64 hexadecimal digits in lower case; null when it is not
    /// known. For what no blocking rule may refuse root; asked only when a rule speaks of digests.
    /// </summary>
    public Func<string, string?> DigestOf { get; init; } = _ => null;

    /// <summary>Whether a rule that would lock root out is a warning and not an error.</summary>
    public bool AllowLockOut { get; init; }

    /// <summary>
    /// Whether such a rule is a warning under its own id: for who looks at rules and puts nothing in force.
    /// </summary>
    public bool OnlyWarnOfLockOut { get; init; }

    /// <summary>
    /// Goes into the key of the hash by which long lists are looked up, so that nobody can look for a name that collides
    /// with a listed one. Empty: the key follows from the values. Not part of <see cref="Image.PolicyImage.PolicyHash"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Most bytes of one YAML file.</summary>
    public int MaxFileBytes { get; init; } = 4 << 20;

    /// <summary>Most bytes of one list file: 100,000 digests and more.</summary>
    public int MaxListFileBytes { get; init; } = 32 << 20;

    /// <summary>Most bytes of a bundle.</summary>
    public int MaxBundleBytes { get; init; } = 64 << 20;

    /// <summary>Most bytes of a file of this name.</summary>
    /// <param name="name">Name or path.</param>
    /// <returns>The bound for its kind of file.</returns>
    public int MaxBytesOf(string name) => PolicyFile.IsListName(name) ? MaxListFileBytes : MaxFileBytes;
}

/// <summary>Text in, image out. Pure: no I/O, no clock, no randomness; the same input gives the same bytes.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles a bundle.</summary>
    /// <param name="files">The bundle's files; their order changes nothing but the order of findings.</param>
    /// <param name="options">Bounds and accounts.</param>
    /// <returns>The image, or what is wrong with the bundle. Never throws on any content.</returns>
    public static CompilationResult Compile(IReadOnlyList<PolicyFile> files, CompilerOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        var bag = new DiagnosticBag();
        var policy = Analyse(files, options, bag);
        return policy is null || bag.HasErrors
            ? new CompilationResult(null, policy, bag.ToImmutable())
            : CompileImage(policy, options, bag);
    }

    /// <summary>The front end: what the bundle means, or null after errors that hide it.</summary>
    internal static NormalisedPolicy? Analyse(IReadOnlyList<PolicyFile> files, CompilerOptions options, DiagnosticBag bag)
    {
        var text = YamlBundleReader.Read(files, options, bag);
        var bundle = BundleBinder.BindAll(text, options, bag);
        DuplicateIdCheck.Run(bundle.Rules, bag);
        if (bag.HasErrors)
        {
            return null;
        }

        var normalisation = Normalisation.Run(bundle.Rules, options, bag);
        ConstantRuleCheck.Run(normalisation, bag);
        LockOutCheck.Run(normalisation, options, bag);
        CommandLineExclusionCheck.Run(normalisation, bag);
        return normalisation.Policy with { Failure = bundle.Failure };
    }

    private static CompilationResult CompileImage(NormalisedPolicy policy, CompilerOptions options, DiagnosticBag bag)
    {
        var compilation = ImageCompiler.Compile(policy, options.Secret.Span);
        foreach (var diagnostic in compilation.Diagnostics)
        {
            bag.Add(diagnostic);
        }

        return new CompilationResult(bag.HasErrors ? null : compilation.Image, policy, bag.ToImmutable());
    }
}
