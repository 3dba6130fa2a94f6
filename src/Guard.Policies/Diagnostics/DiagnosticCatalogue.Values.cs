namespace Guard.Policies.Diagnostics;

/// <content>GP2102 to GP2104: values that can be compared and that no operation ever has.</content>
public static partial class DiagnosticCatalogue
{
    /// <summary>GP2102: A value is no path that the kernel ever has.</summary>
    public static readonly DiagnosticDescriptor NoSuchPath = Warning(
        "GP2102",
        "A value is no path that the kernel ever has",
        "begin with /; write startswith for all that is in a directory, endswith for a name");

    /// <summary>GP2103: A value never occurs, or is not known to this version.</summary>
    public static readonly DiagnosticDescriptor OddValue = Warning(
        "GP2103",
        "A value never occurs, or is not known to this version",
        "correct it: a rule that stands on it alone never matches");

    /// <summary>GP2104: A program is named without a directory.</summary>
    public static readonly DiagnosticDescriptor BareName = Warning(
        "GP2104",
        "A program is named without a directory",
        "write the whole path, or endswith: /NAME for a program of this name wherever it is");

    private static DiagnosticDescriptor[] ValueRows() =>
    [
        NoSuchPath,
        OddValue,
        BareName,
    ];
}
