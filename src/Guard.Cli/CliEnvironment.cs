using Guard.Policies;
using Guard.Protocol.Host;

namespace Guard.Cli;

/// <summary>Everything outside: streams, terminal, clock, compiler, machine. Tests put in their own.</summary>
internal sealed class CliEnvironment
{
    /// <summary>stdout: data.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>stderr: everything else.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>stdin, for the commands that read it.</summary>
    public Func<Stream> OpenInput { get; init; } = OpenStandardInput;

    /// <summary>Whether a person looks at stdout.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Whether NO_COLOR is set.</summary>
    public bool NoColor { get; init; }

    /// <summary>The clock, and the time zone in which times are shown.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The policy compiler.</summary>
    public Func<IReadOnlyList<PolicyFile>, CompilerOptions, CompilationResult> Compile { get; init; } = PolicyCompiler.Compile;

    /// <summary>The checks of this machine.</summary>
    public Func<IReadOnlyList<SupportCheck>> HostChecks { get; init; } = () => new HostChecks().Run();

    /// <summary>Where accounts are.</summary>
    public string PasswdFile { get; init; } = "/etc/passwd";

    /// <summary>Where groups are.</summary>
    public string GroupFile { get; init; } = "/etc/group";

    /// <summary>guardd's configuration, for what it adds to the survival set.</summary>
    public string ConfigurationFile { get; init; } = "/etc/guard/guard.yaml";

    /// <summary>The real one.</summary>
    public static CliEnvironment FromConsole() => new()
    {
        Out = OpenOutput(),
        Error = Console.Error,
        IsTerminal = !Console.IsOutputRedirected,
        Width = Console.IsOutputRedirected ? int.MaxValue : Math.Max(Console.WindowWidth, 40),
        NoColor = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 },
    };

    /// <summary>
    /// Where stdin was closed, the runtime has opened something of its own under its number, and a read of that never ends.
    /// What a process was started with is never close-on-exec, and what the runtime opens always is.
    /// </summary>
    private static Stream OpenStandardInput()
    {
        const int CloseOnExec = 0x80000;
        const string Flags = "flags:";
        var descriptor = new FileInfo("/proc/self/fdinfo/0");
        var flags = descriptor.Exists
            ? File.ReadLines(descriptor.FullName).First(line => line.StartsWith(Flags, StringComparison.Ordinal))[Flags.Length..]
            : null;
        return flags is null || (Convert.ToInt32(flags.Trim(), 8) & CloseOnExec) != 0
            ? throw new CliException(ExitCode.Findings, "stdin is closed, and nothing can be read from it", "redirect it, or name a file")
            : Console.OpenStandardInput();
    }

    /// <summary>
    /// The console's stream swallows a broken pipe, and <c>guardctl audit follow | head</c> would never end; so pipes
    /// are written to directly. Files are not: their offset is shared with whoever writes next.
    /// </summary>
    private static TextWriter OpenOutput()
    {
        if (!Console.IsOutputRedirected)
        {
            return Console.Out;
        }
        var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false);
        try
        {
            var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
            return stream.CanSeek
                ? Console.Out
                : new StreamWriter(stream, new System.Text.UTF8Encoding(false), 16 << 10);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return Console.Out;
        }
    }
}
