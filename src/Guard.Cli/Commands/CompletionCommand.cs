using System.CommandLine;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl completion</c>: the same scripts that the package installs.</summary>
internal static class CompletionCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish", HelpName = "bash|zsh|fish" };
        shell.AcceptOnly("bash", "zsh", "fish");
        return new GuardCommand(
            environment,
            "completion",
            "Print the completion script of a shell",
            "source <(guardctl completion bash)",
            [],
            (run, _) => Task.FromResult(Run(run, run.Parsed.GetValue(shell)!)))
        {
            shell,
        };
    }

    private static ExitCode Run(CommandRun run, string shell)
    {
        using var stream = typeof(CompletionCommand).Assembly.GetManifestResourceStream("guardctl." + shell)
            ?? throw new InvalidOperationException("a completion script was not embedded");
        using var reader = new StreamReader(stream);
        run.Out.Write(reader.ReadToEnd());
        return ExitCode.Ok;
    }
}
