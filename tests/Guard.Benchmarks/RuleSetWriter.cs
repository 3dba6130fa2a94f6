using Guard.Policies;
using Guard.Policies.Diagnostics;

namespace Guard.Benchmarks;

/// <summary>
/// Writes the policies that guests measure, one folder each. A set that this build refuses is a folder with the file
/// <c>refused</c>, which says why. Lines for people and for the report go to standard output.
/// </summary>
internal static class RuleSetWriter
{
    private static readonly (int Count, bool CommandLine)[] Sets =
        [(1, false), (100, false), (1_000, false), (10_000, false), (1_000, true)];

    /// <summary>Writes all sets below a folder and says what went into them.</summary>
    public static int Run(string output, string folder)
    {
        var sigma = SigmaRules.Read(folder);
        Console.WriteLine(sigma.Why is null
            ? $"note\tHalf of the rules are copies of {sigma.Accepted.Length} published Sigma rules (of {sigma.Found}; this build does not enforce the others), each with its own literals."
            : $"note\tAll rules are generated: {sigma.Why}.");
        foreach (var (count, commandLine) in Sets)
        {
            Write(output, new RuleSet(count, commandLine, sigma));
        }

        return 0;
    }

    private static void Write(string output, RuleSet set)
    {
        var folder = Directory.CreateDirectory(Path.Combine(output, set.Name)).FullName;
        var files = set.Files();
        var compiled = PolicyCompiler.Compile(files, new CompilerOptions());
        if (compiled.Image is not { } image)
        {
            var first = compiled.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error);
            File.WriteAllText(Path.Combine(folder, "refused"), $"{first.Id}: {first.Message}\n");
            Console.WriteLine($"note\t{set.Name} is not measured: this build refuses it, {first.Id}: {first.Message}");
            return;
        }

        foreach (var file in files)
        {
            File.WriteAllBytes(Path.Combine(folder, file.Name), file.Content.ToArray());
        }

        Console.WriteLine($"note\t{set.Name}: copies of {set.Originals} published rules, image {image.Bytes.Length} bytes");
    }
}
