namespace Guard.Policies.Diagnostics;

/// <content>GP1xxx: text that is refused before anybody asks what it means.</content>
public static partial class DiagnosticCatalogue
{
    /// <summary>GP1001: A file is larger than allowed.</summary>
    public static readonly DiagnosticDescriptor FileTooLarge = Error(
        "GP1001",
        "A file is larger than allowed",
        "split the file; long lists of values belong into fewer, more general patterns");

    /// <summary>GP1002: The bundle is larger than allowed.</summary>
    public static readonly DiagnosticDescriptor BundleTooLarge = Error(
        "GP1002",
        "The bundle is larger than allowed",
        "remove files that do not belong to the policy");

    /// <summary>GP1003: A file is not UTF-8.</summary>
    public static readonly DiagnosticDescriptor NotUtf8 = Error(
        "GP1003",
        "A file is not UTF-8",
        "save the file as UTF-8");

    /// <summary>GP1004: A file contains a control character.</summary>
    public static readonly DiagnosticDescriptor ControlCharacter = Error(
        "GP1004",
        "A file contains a control character",
        "remove the character; inside double quotes it can be written as an escape");

    /// <summary>GP1005: A file is not YAML.</summary>
    public static readonly DiagnosticDescriptor BrokenYaml = Error(
        "GP1005",
        "A file is not YAML",
        "check indentation, quotes and brackets; quote values that begin with a special character");

    /// <summary>GP1007: Explicit tags are refused.</summary>
    public static readonly DiagnosticDescriptor TagRefused = Error(
        "GP1007",
        "Explicit tags are refused",
        "remove the tag; a value that begins with ! needs quotes");

    /// <summary>GP1008: Merge keys are refused.</summary>
    public static readonly DiagnosticDescriptor MergeKeyRefused = Error(
        "GP1008",
        "Merge keys are refused",
        "write the keys out where they are needed");

    /// <summary>GP1009: A key is written twice in one map.</summary>
    public static readonly DiagnosticDescriptor DuplicateKey = Error(
        "GP1009",
        "A key is written twice in one map",
        "remove one; several values of one field are written as a list");

    /// <summary>GP1010: A key is not plain text.</summary>
    public static readonly DiagnosticDescriptor KeyNotScalar = Error(
        "GP1010",
        "A key is not plain text",
        "a key is a single line of text; quote it if it begins with a bracket");

    /// <summary>GP1011: Maps and lists are nested too deeply.</summary>
    public static readonly DiagnosticDescriptor TooDeep = Error(
        "GP1011",
        "Maps and lists are nested too deeply",
        "a rule needs no more than a handful of levels");

    /// <summary>GP1012: A file has too many values.</summary>
    public static readonly DiagnosticDescriptor TooManyNodes = Error(
        "GP1012",
        "A file has too many values",
        "split the file");

    /// <summary>GP1013: The bundle has no rule.</summary>
    public static readonly DiagnosticDescriptor NoRules = Error(
        "GP1013",
        "The bundle has no rule",
        "write at least one rule, or push the bundle that was meant");

    /// <summary>GP1014: Two files of the bundle have one name.</summary>
    public static readonly DiagnosticDescriptor DuplicateFileName = Error(
        "GP1014",
        "Two files of the bundle have one name",
        "give every file its own name");

    /// <summary>GP1015: More errors than are shown.</summary>
    public static readonly DiagnosticDescriptor TooManyErrors = Error(
        "GP1015",
        "More errors than are shown",
        "correct the errors shown and check again");

    /// <summary>GP1016: More warnings than are shown.</summary>
    public static readonly DiagnosticDescriptor TooManyWarnings = Warning(
        "GP1016",
        "More warnings than are shown",
        "correct the warnings shown and check again");

    /// <summary>GP1017: An alias stands for nothing.</summary>
    public static readonly DiagnosticDescriptor UnknownAlias = Error(
        "GP1017",
        "An alias stands for nothing",
        "define the anchor (&name) before the alias, in the same document");

    private static DiagnosticDescriptor[] YamlRows() =>
    [
        FileTooLarge,
        BundleTooLarge,
        NotUtf8,
        ControlCharacter,
        BrokenYaml,
        TagRefused,
        MergeKeyRefused,
        DuplicateKey,
        KeyNotScalar,
        TooDeep,
        TooManyNodes,
        NoRules,
        DuplicateFileName,
        TooManyErrors,
        TooManyWarnings,
        UnknownAlias,
    ];
}
