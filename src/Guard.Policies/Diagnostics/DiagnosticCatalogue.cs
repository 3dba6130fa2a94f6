using System.Collections.Immutable;

namespace Guard.Policies.Diagnostics;

/// <summary>
/// Every finding that the compiler can make: GP1xxx YAML, GP2xxx meaning of keys and values, GP3xxx kernel budget,
/// GP4xxx checks over whole rules. One file for each group.
/// </summary>
public static partial class DiagnosticCatalogue
{
    /// <summary>All rows, in the order of their ids.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All =>
        [.. YamlRows(), .. BindingRows(), .. ValueRows(), .. ScopeRows(), .. BudgetRows(), .. CheckRows()];

    private static DiagnosticDescriptor Error(string id, string title, string hint)
        => new(id, DiagnosticSeverity.Error, title, hint);

    private static DiagnosticDescriptor Warning(string id, string title, string hint)
        => new(id, DiagnosticSeverity.Warning, title, hint);

    /// <summary>Hints take words from what reads them: a list that is kept by hand forgets the next one.</summary>
    private static string List(IEnumerable<string> words) => string.Join(", ", words);

    private static string Choice(ImmutableArray<string> words) => string.Join(" or ", words);
}
