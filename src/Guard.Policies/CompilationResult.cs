using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies;

/// <summary>An image or errors, never both; warnings either way.</summary>
/// <param name="Image">The compiled policy, or null when there are errors.</param>
/// <param name="Normalised">What the image means, or null when there are errors before that phase.</param>
/// <param name="Diagnostics">All findings, in the order of files and lines.</param>
public sealed record CompilationResult(
    PolicyImage? Image,
    NormalisedPolicy? Normalised,
    ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>True when the bundle is refused.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
