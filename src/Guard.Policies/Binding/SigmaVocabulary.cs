using System.Collections.Frozen;
using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>The words of Sigma: what the engine decides, and what it knows but cannot decide in the kernel.</summary>
internal static class SigmaVocabulary
{
    /// <summary>Fields that say where a process is; every category has them.</summary>
    public static readonly ImmutableArray<string> PlaceFields =
        ["Group", "Gid", "CgroupPath", "SystemdUnit", "ContainerId", "MountNamespace"];

    /// <summary>Fields of the process that acts; every category has them.</summary>
    public static readonly ImmutableArray<string> ActorFields =
    [
        "Image", "ImageInvoked", "CommandLine", "ParentImage", "ParentCommandLine", "AncestorImage", "AncestorCommandLine",
        "User", "Uid", "LogonId", .. PlaceFields,
    ];

    /// <summary>Fields of <c>process_creation</c> that the kernel knows.</summary>
    public static readonly ImmutableArray<string> ProcessFields = [.. ActorFields, "CurrentDirectory", "ImageProperties", .. DigestItems.Fields];

    /// <summary>Fields of <c>file_access</c> and its like that the kernel knows.</summary>
    public static readonly ImmutableArray<string> FileFields = ["TargetFilename", "Access", .. ActorFields];

    /// <summary>Fields of <c>image_load</c> that the kernel knows.</summary>
    public static readonly ImmutableArray<string> LoadFields = ["ImageLoaded", .. DigestItems.Fields, .. ActorFields];

    /// <summary>Fields of <c>network_connection</c> that the kernel knows.</summary>
    public static readonly ImmutableArray<string> NetworkFields =
    [
        "DestinationIp", "DestinationPort", "SourceIp", "SourcePort", "Protocol", "AddressFamily", "Operation", "Initiated",
        .. ActorFields,
    ];

    /// <summary>Fields of any.</summary>
    public static readonly ImmutableArray<string> KernelFields =
    [
        .. FileFields.Union(ProcessFields).Union(LoadFields).Union(NetworkFields)
            .Union(OperationVocabulary.LogSources.SelectMany(s => s.Fields)),
    ];

    /// <summary>Fields of Sigma's taxonomy that the kernel side does not know.</summary>
    public static readonly ImmutableHashSet<string> UndecidableFields =
    [
        "md5", "sha1", "Imphash",
        "LogonGuid", "ProcessId", "ProcessGuid", "ParentProcessId", "ParentProcessGuid", "ParentUser",
        "IntegrityLevel", "Product", "Company", "Description", "OriginalFileName", "FileVersion", "TerminalSessionId",
        "SourceFilename", "CreationUtcTime", "UtcTime", "Euid", "ParentUid", "TargetUser",
        "DestinationHostname", "SourceHostname", "DestinationIsIpv6", "SourceIsIpv6", "DestinationPortName",
        "SourcePortName",
    ];

    /// <summary>All modifiers, in the order of their names in the specification.</summary>
    public static readonly ImmutableArray<string> ModifierNames =
    [
        "contains", "startswith", "endswith", "all", "cased", "neq", "re", "i", "m", "s", "cidr", "exists", "fieldref",
        "gt", "gte", "lt", "lte", "minute", "hour", "day", "week", "month", "year", "base64", "base64offset", "wide",
        "utf16le", "utf16be", "utf16", "windash", "expand",
    ];

    /// <summary>The same by name.</summary>
    public static readonly FrozenDictionary<string, Modifier> Modifiers =
        ModifierNames.Select((name, index) => (name, index)).ToFrozenDictionary(m => m.name, m => (Modifier)m.index);

    /// <summary>The kinds of access that rules speak of.</summary>
    public static readonly ImmutableArray<AccessKinds> Accesses =
        [.. Enum.GetValues<AccessKinds>().Where(kind => kind is not (AccessKinds.None or AccessKinds.Map))];

    /// <summary>Their names, in the same order.</summary>
    public static readonly ImmutableArray<string> AccessNames = [.. Accesses.Select(kind => kind.ToString().ToLowerInvariant())];

    /// <summary>The names of properties of a program, as <see cref="ImageProperties"/> numbers its bits.</summary>
    public static readonly ImmutableArray<string> PropertyNames = ["memfd", "unlinked", "setuid", "setgid", "script", "interpreter"];

    /// <summary>How an item with <c>gt gte lt lte</c> compares.</summary>
    public static NumberComparison ComparisonOf(ItemModifiers modifiers) => modifiers.Defining!.Value.Modifier switch
    {
        Modifier.Gt => NumberComparison.Greater,
        Modifier.Gte => NumberComparison.GreaterOrEqual,
        Modifier.Lt => NumberComparison.Less,
        _ => NumberComparison.LessOrEqual,
    };

    /// <summary>Fields of what is decided; of anything while it is not known.</summary>
    public static ImmutableArray<string> FieldsOf(DecidedKind decided) => decided.Category switch
    {
        RuleCategory.Operation when decided.Operation is { } operation => OperationVocabulary.FieldsOf(operation),
        RuleCategory.FileAccess => FileFields,
        RuleCategory.ProcessCreation => ProcessFields,
        RuleCategory.ImageLoad => LoadFields,
        RuleCategory.NetworkConnection => NetworkFields,
        _ => KernelFields,
    };
}
