using System.Globalization;
using System.Text.RegularExpressions;
using Guard.Engine.Events;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed partial class KernelNamesTests
{
    [Fact]
    public void Every_hook_of_the_header_has_a_name() => AssertNamed("HOOK", KernelNames.NamedHooks, KernelNames.Hook);

    [Fact]
    public void Every_reason_of_the_header_has_a_name() => AssertNamed("REASON", Enumerable.Range(0, KernelNames.ReasonCount), KernelNames.Reason);

    [Fact]
    public void Every_verdict_of_the_header_has_a_name() => AssertNamed("VERDICT", Enumerable.Range(0, 4), KernelNames.Verdict);

    [Fact]
    public void Every_ring_of_the_header_has_a_name() => AssertNamed("RING", Enumerable.Range(0, KernelAbi.Rings), KernelNames.Ring);

    [Fact]
    public void A_number_without_a_name_is_shown_as_it_is() => Assert.Equal("15", KernelNames.Reason(15));

    [Fact]
    public void Every_flag_of_an_event_is_in_the_header()
    {
        var header = Headers();
        foreach (var flag in Enum.GetValues<GuardEventFlags>().Where(f => f != GuardEventFlags.None))
        {
            var macro = "GUARD_EVENT_" + Humps().Replace(flag.ToString(), "_$0").ToUpperInvariant();
            Assert.Matches($@"#define {macro} {(int)flag}u\b", header);
        }
    }

    /// <summary>The bounds GUARD_HOOKS and so on have no underscore behind HOOK, so that they are not taken for a member.</summary>
    private static void AssertNamed(string group, IEnumerable<int> named, Func<int, string> name)
    {
        var header = Headers();
        var numbers = Regex.Matches(header, $@"#define GUARD_{group}_\w+ (\d+)u")
            .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(named, numbers.Order());
        Assert.Equal(numbers.Count, numbers.Select(name).Distinct().Count());
        Assert.All(numbers, n => Assert.Matches("^[a-z_]+$", name(n)));
    }

    private static string Headers() => Header("abi.h") + Header("abi_hooks.h");

    private static string Header(string name) => File.ReadAllText(Path.Combine(Native.RepositoryRoot(), "bpf/lsm", name));

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Humps();
}
