using System.Runtime.InteropServices;
using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed partial class SelfTestTests : IDisposable
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
        Assert.Equal(
            [$"opening {_directory}/denied was not refused", $"running {_directory}/denied-exec was not refused"],
            RunAll(new SelfTest(_directory.FullName)));
    }

    [Fact]
    public void Another_error_than_EPERM_is_no_denial()
    {
        Script("allowed-exec", "exit 3");
        Write("denied-exec"); // not executable: EACCES
        Write("allowed");
        var reasons = RunAll(new SelfTest(_directory.FullName));
        Assert.Equal(3, reasons.Count);
        Assert.Contains("errno 2)", reasons[0], StringComparison.Ordinal); // denied does not exist
        Assert.EndsWith("allowed-exec ended with 3", reasons[1], StringComparison.Ordinal);
        Assert.Contains("errno 13)", reasons[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_missing_is_four_reasons() =>
        Assert.Equal(4, RunAll(new SelfTest("/nowhere")).Count);

    /// <summary>
    /// Without LSM programs, execve gives EPERM for a file with a capability that its caller's bounding set lacks.
    /// </summary>
    [SkippableFact]
    public void EPERM_at_exec_is_a_denial()
    {
        const int dropFromBoundingSet = 24;
        const int processAccounting = 20;
        Skip.IfNot(Environment.IsPrivilegedProcess, "file capabilities need root");
        Script("allowed-exec", "exit 0");
        Write("allowed");
        Write("denied");
        var denied = Path.Combine(_directory.FullName, "denied-exec");
        File.Copy("/bin/true", denied);
        byte[] capability = [1, 0, 0, 2, 0, 0, 1 << (processAccounting - 16), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Skip.If(setxattr(denied, "security.capability", capability, (nuint)capability.Length, 0) != 0, "no file capabilities on this file system");

        var test = new SelfTest(_directory.FullName);
        List<string>? reasons = null;
        var dropped = 0;
        // The bounding set belongs to the thread, and what it starts inherits it.
        var thread = new Thread(() =>
        {
            dropped = prctl(dropFromBoundingSet, processAccounting, 0, 0, 0);
            reasons = RunAll(test);
        });
        thread.Start();
        thread.Join();

        Skip.If(dropped != 0, "the bounding set can't be changed");
        Assert.Equal([$"opening {_directory}/denied was not refused"], reasons);
        Assert.Equal((0, 1), (test.DeniedOpens, test.DeniedExecs));
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setxattr(string path, string name, byte[] value, nuint size, int flags);

    [LibraryImport("libc.so.6")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    private static List<string> RunAll(SelfTest test) => [.. test.RunOpens(), .. test.RunExecs()];

    private void Write(string name) => File.WriteAllText(Path.Combine(_directory.FullName, name), "x");

    private void Script(string name, string body)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
