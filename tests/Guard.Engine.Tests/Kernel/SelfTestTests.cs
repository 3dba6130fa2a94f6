using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class SelfTestTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guard-self-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Where_nothing_is_denied_it_says_so()
    {
        Script("allowed-exec", "exit 0");
        Script("denied-exec", "exit 0");
        Write("allowed");
        Write("denied");
        var result = new SelfTest(_directory.FullName).Run();
        Assert.False(result.Ok);
        Assert.Equal(
            [$"opening {_directory}/denied was not refused", $"running {_directory}/denied-exec was not refused"], result.Reasons);
    }

    [Fact]
    public void Another_error_than_EPERM_is_no_denial()
    {
        Script("allowed-exec", "exit 3");
        Write("denied-exec"); // not executable: EACCES
        Write("allowed");
        var result = new SelfTest(_directory.FullName).Run();
        Assert.Equal(3, result.Reasons.Count);
        Assert.Contains("errno 2)", result.Reasons[0], StringComparison.Ordinal); // denied does not exist
        Assert.EndsWith("allowed-exec ended with 3", result.Reasons[1], StringComparison.Ordinal);
        Assert.Contains("errno 13)", result.Reasons[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_missing_is_four_reasons() =>
        Assert.Equal(4, new SelfTest("/nowhere").Run().Reasons.Count);

    private void Write(string name) => File.WriteAllText(Path.Combine(_directory.FullName, name), "x");

    private void Script(string name, string body)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
