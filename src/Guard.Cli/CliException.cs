namespace Guard.Cli;

/// <summary>A command cannot go on: what failed and why, the next command to type, and the exit code.</summary>
internal sealed class CliException : Exception
{
    /// <summary>Creates one.</summary>
    public CliException(ExitCode code, string message, string? hint = null)
        : base(message)
    {
        Code = code;
        Hint = hint;
    }

    /// <summary>How guardctl ends.</summary>
    public ExitCode Code { get; }

    /// <summary>What to do next.</summary>
    public string? Hint { get; }

    /// <summary>guardd lives, and has no turn or place free for this caller.</summary>
    public bool Busy { get; init; }
}
