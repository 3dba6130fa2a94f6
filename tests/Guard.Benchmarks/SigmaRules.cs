using System.Collections.Immutable;
using System.Text;
using Guard.Policies;

namespace Guard.Benchmarks;

/// <summary>The published rules of a folder that this build of Guard can enforce as they are written.</summary>
/// <param name="Accepted">Rules that compile, copies of them too.</param>
/// <param name="Found">How many rules the folder has for the two categories.</param>
/// <param name="Why">Why there is none; null when there is one.</param>
internal sealed record SigmaRules(ImmutableArray<SigmaRule> Accepted, int Found, string? Why)
{
    private static readonly string[] Categories = ["process_creation", "file_event"];

    /// <summary>Reads all rule files below a folder, which may be absent.</summary>
    public static SigmaRules Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return new([], 0, $"{folder} is not there");
        }

        string[] files =
        [
            .. Directory.EnumerateFiles(folder, "*.yml", SearchOption.AllDirectories)
                .Where(file => Categories.Contains(Path.GetFileName(Path.GetDirectoryName(file)), StringComparer.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        var accepted = files.Select(File.ReadAllText).Where(Compiles).Select(text => new SigmaRule(text))
            .Where(rule => Compiles(rule.Copy(1))).ToImmutableArray();
        return new(accepted, files.Length, accepted.IsEmpty ? $"none of {files.Length} rules compiles" : null);
    }

    private static bool Compiles(string text) => PolicyCompiler.Compile(
        [new PolicyFile("rule.yml", Encoding.UTF8.GetBytes(text))], new CompilerOptions()) is { HasErrors: false };
}
