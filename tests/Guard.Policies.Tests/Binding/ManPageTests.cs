using Guard.Policies.Binding;
using Xunit;

namespace Guard.Policies.Tests.Binding;

/// <summary>guard-policy(5) has every word that is taken.</summary>
public sealed class ManPageTests
{
    private static readonly string Page
        = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../../packaging/deb/man/guard-policy.5"));

    [Fact]
    public void Every_key_of_the_guard_block_has_an_entry()
    {
        var section = Page.Split(".SH THE GUARD BLOCK\n")[1].Split(".SH ")[0];
        Assert.All(GuardBinder.Keys, key => Assert.Contains($".TP\n.B {key}\\fR: ", section, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_log_source_and_field_is_named()
    {
        var words = Page.Split(' ', '\n', ',', '"', '\\').ToHashSet(StringComparer.Ordinal);
        Assert.Empty(LogSourceBinder.Decided.Concat(SigmaVocabulary.KernelFields).Except(words));
    }
}
