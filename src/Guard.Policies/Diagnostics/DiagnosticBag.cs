using System.Collections.Immutable;

namespace Guard.Policies.Diagnostics;

/// <summary>Collects findings. Bounded, and never forgets that there was an error.</summary>
internal sealed class DiagnosticBag
{
    /// <summary>Most errors, and most warnings, that are kept.</summary>
    public const int Capacity = 1000;

    private readonly List<Diagnostic> _errors = [];
    private readonly List<Diagnostic> _warnings = [];

    public bool HasErrors => _errors.Count > 0;

    public int ErrorCount => _errors.Count;

    public void Report(
        DiagnosticDescriptor descriptor, SourceSpan span, string message, string? hint = null, IEnumerable<string>? details = null)
        => Add(new Diagnostic(descriptor.Id, descriptor.Severity, span, message, hint ?? descriptor.Hint) { Details = [.. details ?? []] });

    public void Add(Diagnostic diagnostic)
    {
        var error = diagnostic.Severity == DiagnosticSeverity.Error;
        var list = error ? _errors : _warnings;
        if (list.Count < Capacity)
        {
            list.Add(diagnostic);
        }
        else if (list.Count == Capacity)
        {
            var row = error ? DiagnosticCatalogue.TooManyErrors : DiagnosticCatalogue.TooManyWarnings;
            list.Add(new Diagnostic(row.Id, row.Severity, diagnostic.Span, $"{row.Title} ({Capacity})", row.Hint));
        }
    }

    /// <summary>All findings by file (ordinal), line and column; what was reported first comes first on a tie.</summary>
    public ImmutableArray<Diagnostic> ToImmutable() =>
    [
        .. _errors.Concat(_warnings)
            .OrderBy(d => d.Span.File, StringComparer.Ordinal)
            .ThenBy(d => d.Span.Line)
            .ThenBy(d => d.Span.Column),
    ];
}
