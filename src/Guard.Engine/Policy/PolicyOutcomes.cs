using Guard.Policies;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Protocol;

namespace Guard.Engine.Policy;

/// <summary>Answers about policies, in the words of the control API.</summary>
internal static class PolicyOutcomes
{
    /// <summary>The bundle as the compiler takes it.</summary>
    public static IReadOnlyList<PolicyFile> ToFiles(PolicyBundle bundle) =>
        [.. bundle.Files.Select(file => new PolicyFile(file.Name, file.Content))];

    /// <summary>What a compilation found. Accepted when it has an image.</summary>
    public static PolicyOutcome Of(CompilationResult result, ulong? generation)
    {
        var rules = result.Image?.Rules.Where(rule => !rule.Identity.BuiltIn).ToList() ?? [];
        return new PolicyOutcome(
            result.Image is not null,
            [.. result.Diagnostics.Select(ToFinding)],
            rules.Count,
            rules.Count(rule => rule.Action == RuleAction.Block),
            result.Image?.PolicyHash,
            generation,
            result.Image?.Bytes.Length ?? 0)
        {
            FailureMode = result.Image?.Failure.ToWord(),
        };
    }

    /// <summary>A refusal that is not the compiler's.</summary>
    public static PolicyOutcome Refuse(string id, string message, string? hint) =>
        new(false, [new PolicyFinding(id, "error", string.Empty, 0, 0, message, hint)], 0, 0, null, null, 0);

    /// <summary>Accepted all the same, with one more finding.</summary>
    public static PolicyOutcome Warn(PolicyOutcome outcome, string id, string message, string hint) => outcome with
    {
        Findings = [.. outcome.Findings, new PolicyFinding(id, "warning", string.Empty, 0, 0, message, hint)],
    };

    private static PolicyFinding ToFinding(Diagnostic finding) => new(
        finding.Id,
        finding.Severity == DiagnosticSeverity.Error ? "error" : "warning",
        finding.Span.File,
        finding.Span.Line,
        finding.Span.Column,
        finding.Message,
        finding.Hint)
    {
        Details = finding.Details.IsEmpty ? null : finding.Details,
    };
}
