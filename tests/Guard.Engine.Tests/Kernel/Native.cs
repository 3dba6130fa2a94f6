using System.Diagnostics;
using Guard.Engine.Interop;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

/// <summary>What this machine lets a test do with BPF, and where the sources are.</summary>
internal static class Native
{
    private static readonly Lazy<string?> Refusal = new(Try);

    /// <summary>Skips the test with the kernel's reason where bpf() is not permitted.</summary>
    public static void SkipUnlessPermitted() => Skip.IfNot(Refusal.Value is null, $"bpf() on this machine: {Refusal.Value}");

    /// <summary>The repository.</summary>
    public static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Guard.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("no Guard.slnx above the tests");
        }

        return directory.FullName;
    }

    /// <summary>Builds tests/native/NAME.bpf.c, or skips where there is no clang.</summary>
    public static string Build(string name)
    {
        var output = Path.Combine(AppContext.BaseDirectory, "native");
        var source = Path.Combine(RepositoryRoot(), "tests", "native");
        var start = new ProcessStartInfo("make") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "-s", "-C", source, $"OUT={output}", Path.Combine(output, name + ".bpf.o") })
        {
            start.ArgumentList.Add(argument);
        }

        Process make;
        try
        {
            make = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new SkipException("make is not installed");
        }

        using (make)
        {
            var errors = make.StandardError.ReadToEnd();
            make.WaitForExit();
            Skip.If(make.ExitCode == 2 && errors.Contains("clang: ", StringComparison.Ordinal) && errors.Contains("not found", StringComparison.Ordinal), "clang is not installed");
            Assert.True(make.ExitCode == 0, errors);
        }

        return Path.Combine(output, name + ".bpf.o");
    }

    private static string? Try()
    {
        try
        {
            using var map = Libbpf.CreateMap(MapType.Array, "guard_try", 4, 8, 1);
            return null;
        }
        catch (KernelException e)
        {
            return e.Message;
        }
        catch (DllNotFoundException e)
        {
            return e.Message;
        }
    }
}
