using System.CommandLine;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy show</c>: the text behind a rule.</summary>
internal static class PolicyShowCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var rule = new Argument<string>("rule") { Description = "Id or title of a rule in force", HelpName = "RULE" };
        return new GuardCommand(
            environment,
            "show",
            "Print the file that a rule in force came from",
            "guardctl policy show 6f1c2a3e-0000-4000-8000-000000000001",
            [ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.NotFound],
            (run, cancellationToken) => RunAsync(run, run.Parsed.GetValue(rule)!, cancellationToken))
        {
            rule,
        };
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, string rule, CancellationToken cancellationToken)
    {
        using var client = run.Connect();
        var text = await client
            .GetAsync(ControlClient.Query(ControlApi.PolicyShow, ("id", rule)), GuardJson.Default.PolicyText, cancellationToken)
            .ConfigureAwait(false);
        if (run.Json)
        {
            run.WriteJson(text, GuardJson.Default.PolicyText);
            return ExitCode.Ok;
        }
        run.Note($"{SafeText.Line(text.File)}, the rule begins at line {text.Line}");
        run.Note($"failure: {Show.Failure(text.FailureMode, text.FailureModeFrom)}");
        run.Out.Write(SafeText.Block(text.Text));
        if (!text.Text.EndsWith('\n'))
        {
            run.Out.WriteLine();
        }
        return ExitCode.Ok;
    }
}
