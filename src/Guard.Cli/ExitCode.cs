namespace Guard.Cli;

/// <summary>How guardctl ends. An API: scripts rely on it; guardctl(1) and --help list the same numbers.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The check found something, or what was asked was refused; nothing has changed.</summary>
    Findings = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>guardd does not answer.</summary>
    Unreachable = 3,

    /// <summary>Not permitted.</summary>
    NotPermitted = 4,

    /// <summary>No such rule or file.</summary>
    NotFound = 5,

    /// <summary>This machine does not enforce: the kernel lacks support, or guardd is degraded.</summary>
    Degraded = 6,

    /// <summary>The output could not be written: what was to be said there is lost.</summary>
    Unwritten = 7,

    /// <summary>Ended by Ctrl-C.</summary>
    Interrupted = 130,

    /// <summary>Whoever read the output has gone (SIGPIPE, as other tools end then).</summary>
    ReaderGone = 141,
}

/// <summary>The exit codes as text.</summary>
internal static class ExitCodes
{
    /// <summary>Number and meaning, in order.</summary>
    public static IReadOnlyList<(ExitCode Code, string Meaning)> All { get; } =
    [
        (ExitCode.Ok, "done"),
        (ExitCode.Findings, "findings, or refused: nothing has changed"),
        (ExitCode.Usage, "the command line is wrong"),
        (ExitCode.Unreachable, "guardd does not answer"),
        (ExitCode.NotPermitted, "not permitted"),
        (ExitCode.NotFound, "no such rule or file"),
        (ExitCode.Degraded, "this machine does not enforce (or not in time)"),
        (ExitCode.Unwritten, "the output could not be written"),
        (ExitCode.Interrupted, "interrupted"),
        (ExitCode.ReaderGone, "whoever read the output has gone"),
    ];
}
