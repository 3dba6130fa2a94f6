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
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        var bag = new DiagnosticBag();
        var documents = YamlBundleReader.Read(files, options, bag);
        var rules = RuleBinder.BindAll(documents, options, bag);
        DuplicateIdCheck.Run(rules, bag);
        if (bag.HasErrors)
        {
            return new CompilationResult(null, null, bag.ToImmutable());
        }

        var normalisation = Normalisation.Run(rules, options, bag);
        ConstantRuleCheck.Run(normalisation, bag);
        LockOutCheck.Run(normalisation, bag);
        return bag.HasErrors
            ? new CompilationResult(null, normalisation.Policy, bag.ToImmutable())
            : CompileImage(normalisation.Policy, bag);
    }

    private static CompilationResult CompileImage(NormalisedPolicy policy, DiagnosticBag bag)
    {
        var compilation = ImageCompiler.Compile(policy);
        foreach (var diagnostic in compilation.Diagnostics)
        {
            bag.Add(diagnostic);
        }

        return new CompilationResult(bag.HasErrors ? null : compilation.Image, policy, bag.ToImmutable());
    }
}
