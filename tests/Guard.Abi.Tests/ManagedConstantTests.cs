using Guard.Engine.Events;
using Guard.Policies.Normalising;
using Xunit;

namespace Guard.Abi.Tests;

/// <summary>The numbers of bpf/lsm/abi.h and limits.h and those of C# are the same.</summary>
public sealed class ManagedConstantTests
{
    /// <summary>Macros that only the programs use, and those whose names Guard.Engine.Tests compares.</summary>
    private static readonly string[] NotMirrored = ["GUARD_SUBJECT_", "GUARD_HOOK_", "GUARD_REASON_", "GUARD_RING_"];

    [Fact]
    public void Every_constant_has_the_value_of_its_macro()
    {
        var complaints = Clang.Judge(AllConstants().Select(c => $"{c.Macro} == {c.Value}, \"{c.Macro}\""));
        Assert.True(complaints.Length == 0, complaints);
    }

    [Fact]
    public void Every_limit_has_a_mirror()
        => Assert.Empty(new AbiHeader("limits.h").Macros.Except(AllConstants().Select(c => c.Macro)));

    [Fact]
    public void Every_number_of_the_abi_has_a_mirror()
    {
        var missing = new AbiHeader("abi.h").Macros.Concat(new AbiHeader("abi_hooks.h").Macros).Concat(new AbiHeader("abi_kinds.h").Macros)
            .Except(AllConstants().Select(c => c.Macro))
            .Where(m => !NotMirrored.Any(p => m.StartsWith(p, StringComparison.Ordinal)));
        Assert.Empty(missing);
    }

    [Fact]
    public void A_wrong_value_is_named()
        => Assert.Contains(
            "GUARD_OP_AND", Clang.Judge(["GUARD_OP_AND == 3, \"GUARD_OP_AND\""]), StringComparison.Ordinal);

    private static IEnumerable<(string Macro, long Value)> AllConstants()
        => KernelMirrors.Constants()
            .Concat(Of("GUARD_FIELD_", (PolicyField f) => (long)f, f => f switch
            {
                PolicyField.ImageInvoked => "INVOKED",
                PolicyField.ParentImage => "PARENT",
                PolicyField.TargetFilename => "TARGET",
                PolicyField.CommandLine => "COMMAND",
                PolicyField.ParentCommandLine => "PARENT_COMMAND",
                PolicyField.CurrentDirectory => "DIRECTORY",
                PolicyField.LogonId => "LOGON",
                PolicyField.CgroupPath => "CGROUP",
                PolicyField.AncestorImage => "ANCESTOR",
                PolicyField.FilesystemType => "OBJECT",
                PolicyField.AncestorCommandLine => "ANCESTOR_COMMAND",
                PolicyField.ImageLoaded => "LOADED",
                PolicyField.ImageProperties => "PROPERTIES",
                _ => Upper(f),
            }))
            .Concat(Of("GUARD_CATEGORY_", (RuleCategory c) => (long)c, c => c switch
            {
                RuleCategory.FileAccess => "FILE",
                RuleCategory.NetworkConnection => "NETWORK",
                RuleCategory.Event => "EVENT",
                RuleCategory.ImageLoad => "LOAD",
                RuleCategory.MappedProgram => "MAPPED",
                RuleCategory.Operation => "OPERATION",
                _ => "EXEC",
            }))
            .Concat(Of("GUARD_ACTION_", (RuleAction a) => (long)a, Upper))
            .Concat(Of("GUARD_ON_UNKNOWN_", (OnUnknown u) => (long)u, Upper))
            .Concat(Of("GUARD_ROLE_", (TextRoles r) => (long)r, Upper).Where(r => r.Value != 0))
            .Concat(Of("GUARD_ACCESS_", (AccessKinds k) => long.Log2((long)k), Upper, k => k != AccessKinds.None))
            .Concat(Of("GUARD_PROPERTY_", (ImageProperties p) => long.Log2((long)p), Upper, p => p != ImageProperties.None))
            .Concat(Of("GUARD_EVENT_", (GuardEventKind k) => (long)k, Upper))
            .Concat(Of("GUARD_EVENT_", (GuardEventFlags f) => (long)f, Upper, f => f != GuardEventFlags.None));

    private static IEnumerable<(string Macro, long Value)> Of<T>(
        string prefix, Func<T, long> value, Func<T, string> name, Func<T, bool>? wanted = null)
        where T : struct, Enum
        => Enum.GetValues<T>().Where(wanted ?? (_ => true)).Select(v => (prefix + name(v), value(v)));

    private static string Upper<T>(T value)
        where T : struct, Enum
        => KernelMirrors.Snake(value.ToString()).ToUpperInvariant();
}
