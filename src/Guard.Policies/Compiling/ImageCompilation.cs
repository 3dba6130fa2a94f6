using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>An image, or the bounds that the policy exceeds; never both.</summary>
/// <param name="Image">The compiled policy, or null when there are errors.</param>
/// <param name="Diagnostics">GP30xx errors.</param>
public sealed record ImageCompilation(PolicyImage? Image, ImmutableArray<Diagnostic> Diagnostics);
