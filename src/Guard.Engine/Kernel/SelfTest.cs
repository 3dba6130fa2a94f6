using System.ComponentModel;
using System.Diagnostics;
using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Does what the built-in rules refuse and sees that it fails with EPERM, beside what they don't speak of and that must
/// work. Programs that are loaded and attached but never called (no <c>bpf</c> in the LSM list, ftrace switched off) are
/// found here and nowhere else.
/// </summary>
internal sealed class SelfTest
{
    private static readonly TimeSpan ExecTimeout = TimeSpan.FromSeconds(10);

    private readonly string _directory;
    private long _deniedOpens;
    private long _deniedExecs;

    /// <summary>A test with the files of this directory: allowed, denied, allowed-exec, denied-exec.</summary>
    public SelfTest(string directory = "/usr/lib/guard/self-test") => _directory = directory;

    /// <summary>Opens that were seen to be refused, so that counts of the kernel can be accounted for.</summary>
    public long DeniedOpens => Interlocked.Read(ref _deniedOpens);

    /// <summary>Execs that were seen to be refused.</summary>
    public long DeniedExecs => Interlocked.Read(ref _deniedExecs);

    /// <summary>Two opens: microseconds. Any thread.</summary>
    /// <returns>What was not as it must be.</returns>
    public IReadOnlyList<string> RunOpens()
    {
        var reasons = new List<string>();
        ExpectOpen("allowed", default, reasons);
        ExpectOpen("denied", Errno.NotPermitted, reasons);
        return reasons;
    }

    /// <summary>Two execs, each with a fork: milliseconds. Any thread.</summary>
    /// <returns>What was not as it must be.</returns>
    public IReadOnlyList<string> RunExecs()
    {
        var reasons = new List<string>();
        ExpectExec("allowed-exec", default, reasons);
        ExpectExec("denied-exec", Errno.NotPermitted, reasons);
        return reasons;
    }

    private static void Count(ref long denied, Errno got)
    {
        if (got == Errno.NotPermitted)
        {
            Interlocked.Increment(ref denied);
        }
    }

    private static void Compare(string what, Errno expected, Errno got, List<string> reasons)
    {
        if (got == expected)
        {
            return;
        }

        reasons.Add(got.IsNone
            ? $"{what} was not refused"
            : $"{what}: {got}, {(expected.IsNone ? "but it must work" : $"not {expected}")}");
    }

    private void ExpectOpen(string name, Errno expected, List<string> reasons)
    {
        var path = Path.Combine(_directory, name);
        var got = Libc.TryOpenForRead(path);
        Count(ref _deniedOpens, got);
        Compare($"opening {path}", expected, got, reasons);
    }

    private void ExpectExec(string name, Errno expected, List<string> reasons)
    {
        var path = Path.Combine(_directory, name);
        var what = $"running {path}";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path) { UseShellExecute = false, WorkingDirectory = "/" });
            Compare(what, expected, default, reasons);
            if (expected.IsNone)
            {
                ExpectExit(process!, what, reasons);
            }
        }
        catch (Win32Exception e)
        {
            // .NET hands up the errno of execve, which the child sent through a pipe.
            var got = new Errno(e.NativeErrorCode);
            Count(ref _deniedExecs, got);
            Compare(what, expected, got, reasons);
        }
    }

    private static void ExpectExit(Process process, string what, List<string> reasons)
    {
        if (!process.WaitForExit(ExecTimeout))
        {
            process.Kill();
            reasons.Add($"{what} did not end within {ExecTimeout.TotalSeconds} s");
        }
        else if (process.ExitCode != 0)
        {
            reasons.Add($"{what} ended with {process.ExitCode}");
        }
    }
}
