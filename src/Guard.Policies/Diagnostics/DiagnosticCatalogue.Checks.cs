namespace Guard.Policies.Diagnostics;

/// <content>GP4xxx: rules that can be read and enforced but surely are not meant.</content>
public static partial class DiagnosticCatalogue
{
    /// <summary>GP4001: Two rules have one id.</summary>
    public static readonly DiagnosticDescriptor DuplicateId = Error(
        "GP4001",
        "Two rules have one id",
        "give one of them a new id, or remove it");

    /// <summary>GP4002: A rule can never match.</summary>
    public static readonly DiagnosticDescriptor NeverMatches = Error(
        "GP4002",
        "A rule can never match",
        "correct the condition; to switch a rule off, remove it");

    /// <summary>GP4003: A blocking rule always matches.</summary>
    public static readonly DiagnosticDescriptor AlwaysMatches = Error(
        "GP4003",
        "A blocking rule always matches",
        "it would refuse every operation of its category; correct the condition");

    /// <summary>GP4004: A blocking rule would lock you out.</summary>
    public static readonly DiagnosticDescriptor LockOut = Error(
        "GP4004",
        "A blocking rule would lock you out",
        "add an exclusion (and not ...) for what the rule must not refuse; guardctl policy push --force-lockout does it all the same");

    /// <summary>GP4005: A blocking rule makes an exception for a command line.</summary>
    public static readonly DiagnosticDescriptor CommandLineExclusion = Warning(
        "GP4005",
        "A blocking rule makes an exception for a command line",
        "whoever starts the program can add the text; make exceptions for Image, User or ParentImage");

    /// <summary>GP4006: A blocking rule would lock you out, and the push was forced.</summary>
    public static readonly DiagnosticDescriptor LockOutForced = Warning(
        "GP4006",
        "A blocking rule would lock you out, and the push was forced",
        "keep a root shell open until you know that you can get in");

    /// <summary>GP4007: A rule matches nothing as things stand.</summary>
    public static readonly DiagnosticDescriptor MatchesNothing = Warning(
        "GP4007",
        "A rule matches nothing as things stand",
        "a process has one user and one group at a time: write two selections and join them with or");

    private static DiagnosticDescriptor[] CheckRows() =>
    [
        DuplicateId,
        NeverMatches,
        AlwaysMatches,
        LockOut,
        CommandLineExclusion,
        LockOutForced,
        MatchesNothing,
    ];
}
