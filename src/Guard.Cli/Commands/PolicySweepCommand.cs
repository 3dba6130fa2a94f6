using System.CommandLine;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy sweep</c>: what was open before the policy.</summary>
internal static class PolicySweepCommand
{
    public static Command Create(CliEnvironment environment) => new GuardCommand(
        environment,
        "sweep",
        "List files that are open or mapped although the policy in force refuses them, and record them; 1 when there are any (root)",
        "sudo guardctl policy sweep -o json | jq -r '.files[].pid'",
        [ExitCode.Findings, ExitCode.Unreachable, ExitCode.NotPermitted],
        RunAsync);

    private static async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var client = run.Connect();
        var outcome = await client.PostAsync(ControlApi.PolicySweep, GuardJson.Default.SweepOutcome, cancellationToken).ConfigureAwait(false);
        if (run.Json)
        {
            run.WriteJson(outcome, GuardJson.Default.SweepOutcome);
        }
        else
        {
            HeldFileLines.Write(run, outcome, int.MaxValue);
            if (HeldFileLines.IsClean(outcome))
            {
                run.Out.WriteLine("nothing is open or mapped that the policy refuses");
            }
        }
        return HeldFileLines.IsClean(outcome) ? ExitCode.Ok : ExitCode.Findings;
    }
}
