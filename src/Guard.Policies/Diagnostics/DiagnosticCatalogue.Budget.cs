namespace Guard.Policies.Diagnostics;

/// <content>GP3xxx: bounds of the kernel tables (bpf/lsm/limits.h). The back end brings the rows.</content>
public static partial class DiagnosticCatalogue
{
    private static DiagnosticDescriptor[] BudgetRows() => [];
}
