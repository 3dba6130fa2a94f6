using System.Collections.Immutable;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>The words of Sigma: what the engine decides, and what it knows but cannot decide yet.</summary>
internal static class SigmaVocabulary
{
    /// <summary>Fields of <c>process_creation</c>.</summary>
    public static readonly ImmutableArray<string> ProcessFields =
        ["Image", "ImageInvoked", "ParentImage", "User", "Uid"];

    /// <summary>Fields of <c>file_access</c>.</summary>
    public static readonly ImmutableArray<string> FileFields =
        ["TargetFilename", "Image", "ImageInvoked", "ParentImage", "User", "Uid", "Access"];

    /// <summary>Fields of Sigma's taxonomy that the kernel side cannot decide yet.</summary>
    public static readonly ImmutableHashSet<string> UndecidableFields =
    [
        "CommandLine", "ParentCommandLine", "CurrentDirectory", "Hashes", "sha256", "md5", "sha1", "Imphash", "LogonId",
        "LogonGuid", "ProcessId", "ProcessGuid", "ParentProcessId", "ParentProcessGuid", "ParentUser",
        "IntegrityLevel", "Product", "Company", "Description", "OriginalFileName", "FileVersion", "TerminalSessionId",
        "SourceFilename", "CreationUtcTime", "UtcTime", "Euid", "ParentUid", "ContainerId", "CgroupPath", "TargetUser",
        "DestinationIp", "DestinationPort", "DestinationHostname", "SourceIp", "SourcePort", "Initiated", "Protocol",
    ];

    /// <summary>Modifiers that the engine has.</summary>
    public static readonly ImmutableArray<string> Modifiers = ["contains", "startswith", "endswith", "all", "cased"];

    /// <summary>Modifiers of Sigma that it has not.</summary>
    public static readonly ImmutableHashSet<string> UnsupportedModifiers =
    [
        "re", "i", "m", "s", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be", "windash", "cidr",
        "exists", "fieldref", "expand", "gt", "gte", "lt", "lte", "neq", "minute", "hour", "day", "week", "month",
        "year",
    ];

    /// <summary>The names of the kinds of access, as <see cref="AccessKinds"/> numbers its bits.</summary>
    public static readonly ImmutableArray<string> AccessNames = ["read", "write", "append", "create", "truncate", "exec"];

    public static ImmutableArray<string> FieldsOf(RuleCategory category)
        => category == RuleCategory.FileAccess ? FileFields : ProcessFields;
}
