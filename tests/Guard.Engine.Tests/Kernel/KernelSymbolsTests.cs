using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

/// <summary>Hidden addresses are an error, and not addresses.</summary>
public sealed class KernelSymbolsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("0000000000000000 D rename_lock", true)]
    [InlineData("ffffffff9fe1aa40 D rename_lock", false)]
    [InlineData("0000000000000000 A fixed_percpu_data", false)]
    [InlineData("0000000000000000 d old_rename_lock", false)]
    public void Zeros_are_hidden_addresses(string line, bool hidden)
    {
        File.WriteAllText(_file, $"0000000000000000 A first\n{line}\n");
        Assert.Equal(hidden, KernelSymbols.AreHidden(_file));
        if (hidden)
        {
            Assert.Contains("kptr_restrict", Assert.Throws<KernelException>(() => KernelSymbols.Require(_file)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_list_that_is_not_there_hides_nothing() => Assert.False(KernelSymbols.AreHidden("/nonexistent/kallsyms"));
}
