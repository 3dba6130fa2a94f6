namespace Guard.Policies.Diagnostics;

/// <content>GP3xxx: bounds of the kernel tables (bpf/lsm/limits.h). Findings name the bound and bring better hints.</content>
public static partial class DiagnosticCatalogue
{
    private static DiagnosticDescriptor[] BudgetRows() =>
    [
        Error("GP3001", "The policy needs more memory than the kernel tables have", "shorten the longest list, or write startswith for a directory in place of the files in it; other files of the bundle share the same memory"),
        Error("GP3002", "The policy has too many different items", "use fewer, more general items"),
        Error("GP3003", "The policy has too many patterns", "move long lists of values into fewer, more general patterns"),
        Error("GP3004", "The policy has too many rules", "merge rules that differ in their values only"),
        Error("GP3005", "A condition has too many operations", "split the rule"),
        Error("GP3006", "A condition is nested too deeply", "split the rule"),
        Error("GP3009", "Too many uids are named", "name fewer accounts"),
        Error("GP3010", "Too many items share one value", "write the value into fewer rules"),
        Error("GP3011", "Too many rules would have to be looked at for one operation",
            "give rules an item that holds rarely; let fewer decide by `on_unknown: deny`"),
        Error("GP3012", "Patterns with wildcards need too many states", "use fewer wildcards in one value"),
        Error("GP3013", "A pattern is longer than any path", "shorten the value"),
        Error("GP3014", "Too many items can hold at once", "use fewer items that overlap"),
        Error("GP3015", "Too many expressions and wildcard values need an automaton of their own", "use plain values where they say the same"),
        Error("GP3016", "An expression cannot be made into an automaton", "write it without that construct"),
        Error("GP3017", "A long list has too many values", "use fewer values"),
        Error("GP3018", "Too many expressions have no literal text to look for", "give them a literal text of two characters or more"),
        Error("GP3019", "Too many files are named one by one", "put them into long lists, whose files are known by their names only"),
        Error("GP3020", "Too many networks are named", "name fewer networks, or wider ones"),
    ];
}
