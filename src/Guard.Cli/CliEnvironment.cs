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
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

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
