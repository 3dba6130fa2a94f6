using System.Collections.Immutable;
using System.Globalization;
using Guard.Policies;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Xunit;

namespace Guard.Benchmarks;

/// <summary>Measures on this machine: decisions, compilation, push. Prints lines, and why something was not measured.</summary>
internal static class NativeReport
{
    private const int Compilations = 3;

    private static readonly int[] RuleCounts = [1, 100, 1_000, 10_000];
    private static readonly int[] PathLengths = [20, 60, 200, 1_000];

    /// <summary>All of it; the exit code.</summary>
    /// <param name="baselineObject">The object with the empty program.</param>
    /// <param name="sigmaFolder">Published rules; may be absent.</param>
    public static int Run(string baselineObject, string sigmaFolder)
    {
        var sigma = SigmaRules.Read(sigmaFolder);
        try
        {
            using var decisions = new DecisionTimes();
            using var baseline = new BaselineProgram(baselineObject);
            foreach (var count in RuleCounts)
            {
                Measure(new RuleSet(count, commandLine: false, sigma), decisions, baseline);
            }
        }
        catch (SkipException e)
        {
            Console.WriteLine($"note\tnative times are not measured: {e.Message}");
        }

        return 0;
    }

    private static void Measure(RuleSet set, DecisionTimes decisions, BaselineProgram baseline)
    {
        var files = set.Files();
        if (Compile(files) is not { } image)
        {
            var refusal = PolicyCompiler.Compile(files, new CompilerOptions()).Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error);
            Console.WriteLine($"note\tnative {set.Name} is not measured: this build refuses it, {refusal.Id}: {refusal.Message}");
            return;
        }

        Print("compile", set.Count, 0, Measurement.Of(Compilations, 1, () => Compile(files)), "ns");
        Print("image", set.Count, 0, new Measurement(image.Bytes.Length, image.Bytes.Length, 1), "bytes");
        Print("push", set.Count, 0, PushTimes.Measure(image, decisions.CapacityBytes), "ns");
        decisions.Install(image);
        // Beside each row, so that a machine that slows down meanwhile slows down both.
        Print("empty-program", set.Count, 0, baseline.Measure(), "ns");
        foreach (var length in PathLengths)
        {
            Print("decide-open", set.Count, length, decisions.Open(length), "ns");
        }
    }

    private static PolicyImage? Compile(ImmutableArray<PolicyFile> files) => PolicyCompiler.Compile(files, new CompilerOptions()).Image;

    private static void Print(string what, int rules, int pathBytes, Measurement measured, string unit) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"native\t{what}\t{rules}\t{pathBytes}\t{measured.Repeats}\t{measured.Minimum:F0}\t{measured.Median:F0}\t{unit}"));
}
