using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class FtraceSwitchTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("1\n", false)]
    [InlineData("0\n", true)]
    public void Off_is_said_with_what_to_do(string content, bool complains)
    {
        File.WriteAllText(_file, content);
        var complaint = FtraceSwitch.Complaint(_file);
        Assert.Equal(complains, complaint is not null);
        Assert.True(complaint is null || complaint.EndsWith("sysctl kernel.ftrace_enabled=1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_kernel_without_it_is_none_to_complain_of() => Assert.Null(FtraceSwitch.Complaint("/nowhere"));
}
