using System.Text;
using Xunit;

namespace Guard.Cli.Tests;

/// <summary>A script must not take output that was lost for a success.</summary>
public sealed class OutputTests
{
    private const int NoSpace = 28;
    private const int BrokenPipe = 32;

    [Theory]
    [InlineData(NoSpace, 7, "guardctl: the output could not be written: lost\n")]
    [InlineData(BrokenPipe, 141, "")]
    public async Task Output_that_cannot_be_written_is_no_success(int errno, int code, string said)
    {
        using var output = new LostWriter(errno);
        using var error = new StringWriter { NewLine = "\n" };
        var environment = new CliEnvironment { Out = output, Error = error };
        Assert.Equal(code, await GuardCtl.RunAsync(["policy", "--help"], environment));
        Assert.Equal(said, error.ToString());
    }

    private sealed class LostWriter(int errno) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("lost", errno);
    }
}
