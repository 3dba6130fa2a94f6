namespace Guard.Policies.Diagnostics;

/// <summary>GP211x: where a process is.</summary>
public static partial class DiagnosticCatalogue
{
    /// <summary>GP2110: A scope has a key that means nothing.</summary>
    public static readonly DiagnosticDescriptor ScopeUnknownKey = Error(
        "GP2110",
        "A scope has a key that means nothing",
        "a scope has unit, cgroup, container, user, group, login_user, mount_namespace and not");

    /// <summary>GP2111: A scope says nothing.</summary>
    public static readonly DiagnosticDescriptor ScopeEmpty = Error(
        "GP2111",
        "A scope says nothing",
        "say where the rule holds, or remove the key");

    /// <summary>GP2112: A value is not the name of a unit.</summary>
    public static readonly DiagnosticDescriptor BadUnit = Error(
        "GP2112",
        "A value is not the name of a unit",
        "write it as systemctl lists it, as in nginx.service");

    /// <summary>GP2113: A value is not the path of a cgroup.</summary>
    public static readonly DiagnosticDescriptor BadCgroup = Error(
        "GP2113",
        "A value is not the path of a cgroup",
        "write it as /proc/PID/cgroup has it behind 0::, as in /system.slice");

    /// <summary>GP2114: A value names no container.</summary>
    public static readonly DiagnosticDescriptor BadContainer = Error(
        "GP2114",
        "A value names no container",
        "write any, at least 12 digits of its id, or lxc: and its name");

    /// <summary>GP2115: No group of this machine has this name.</summary>
    public static readonly DiagnosticDescriptor NoSuchGroup = Warning(
        "GP2115",
        "No group of this machine has this name",
        "correct the name, or write its number in Gid");

    /// <summary>GP2116: A value is not a mount namespace.</summary>
    public static readonly DiagnosticDescriptor BadMountNamespace = Error(
        "GP2116",
        "A value is not a mount namespace",
        "write host, other, or the number that /proc/PID/ns/mnt shows");

    private static DiagnosticDescriptor[] ScopeRows() =>
    [
        ScopeUnknownKey,
        ScopeEmpty,
        BadUnit,
        BadCgroup,
        BadContainer,
        NoSuchGroup,
        BadMountNamespace,
    ];
}
