using System.CommandLine;
using Guard.Cli.Output;
using Guard.Cli.Policies;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy push</c>: replaces what is in force, or changes nothing.</summary>
internal static class PolicyPushCommand
{
    /// <summary>Most files that were open already and are named after a push; sweep lists all.</summary>
    private const int HeldFilesShown = 5;

    public static Command Create(CliEnvironment environment)
    {
        var paths = PolicyCheckCommand.CreatePaths();
        var dryRun = new Option<bool>("--dry-run") { Description = "Let guardd compile it and change nothing" };
        var force = new Option<bool>("--force-lockout")
        {
            Description = "Put rules in force although they refuse root what it needs to get in and to repair; recorded in the trail",
        };
        return new GuardCommand(
            environment,
            "push",
            "Check policies and put them in force; they replace everything that was in force before (root)",
            "sudo guardctl policy push --dry-run /etc/guard/policies",
            [ExitCode.Findings, ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.NotFound],
            (run, cancellationToken) => RunAsync(run, run.Parsed.GetValue(paths)!, run.Parsed.GetValue(dryRun), run.Parsed.GetValue(force), cancellationToken))
        {
            paths,
            dryRun,
            force,
        };
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, string[] paths, bool dryRun, bool force, CancellationToken cancellationToken)
    {
        var check = LocalCheck.Run(run, paths, allowLockOut: force);
        if (!check.Outcome.Accepted)
        {
            return Report(run, check, check.Outcome, dryRun);
        }
        if (check.Outcome.RuleCount == 0)
        {
            throw new CliException(ExitCode.Findings, "there is no rule in these files: an empty policy is not pushed", "to take everything off: sudo guardctl policy remove --all");
        }
        using var client = run.Connect();
        var outcome = await client.PostAsync(dryRun ? ControlApi.PolicyCheck : ControlApi.Policy, check.ToBundle() with { ForceLockOut = force }, cancellationToken).ConfigureAwait(false);
        return Report(run, check, outcome, dryRun);
    }

    private static ExitCode Report(CommandRun run, LocalCheck check, PolicyOutcome outcome, bool dryRun)
    {
        var shown = outcome with { Findings = check.Shown(outcome.Findings) };
        if (run.Json)
        {
            run.WriteJson(shown, GuardJson.Default.PolicyOutcome);
        }
        else
        {
            LocalCheck.WriteFindings(run, shown.Findings);
            run.Out.WriteLine(Summary(shown, dryRun));
            if (shown.OpenFiles is { } open)
            {
                HeldFileLines.Write(run, open, HeldFilesShown);
            }
        }
        return shown.Accepted ? ExitCode.Ok : ExitCode.Findings;
    }

    private static string Summary(PolicyOutcome outcome, bool dryRun)
    {
        if (!outcome.Accepted)
        {
            return $"refused: {Show.Several(outcome.Findings.Count(finding => finding.Severity == "error"), "error")}; what was in force stays in force";
        }
        var what = $"{Show.Several(outcome.RuleCount, "rule")} ({outcome.BlockCount} block),{PolicyCheckCommand.Failure(outcome)} image {Show.Bytes(outcome.ImageBytes)}, hash {SafeText.Line(Show.Hash(outcome.Hash))}";
        return dryRun ? $"would be accepted: {what}" : $"in force: generation {outcome.Generation}, {what}";
    }
}
