using System.Collections.Immutable;

namespace Guard.Policies.Diagnostics;

/// <summary>How bad a finding is. Errors refuse the bundle; warnings never change what it means.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth a look; the bundle is accepted.</summary>
    Warning,

    /// <summary>The bundle is refused.</summary>
    Error,
}

/// <summary>One finding of the policy compiler. Immutable.</summary>
/// <param name="Id">Stable id, <c>GP</c> and four digits; see the catalogue.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Span">Where the author must look.</param>
/// <param name="Message">What is wrong, in one sentence; untrusted text in it is quoted and escaped.</param>
/// <param name="Hint">What to write instead, or null.</param>
public sealed record Diagnostic(string Id, DiagnosticSeverity Severity, SourceSpan Span, string Message, string? Hint)
{
    /// <summary>All of what the message names the first of; empty where it names everything.</summary>
    public ImmutableArray<string> Details { get; init; } = [];
}
