using System.CommandLine;
using Guard.Cli.Output;
using Guard.Cli.Policies;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy remove</c>.</summary>
internal static class PolicyRemoveCommand
{
    /// <summary>guardd takes request lines of 64 KiB.</summary>
    private const int LongestRequest = 60_000;

    /// <summary>guardd's refusal of a name that no rule in force has.</summary>
    private const string NoSuchRule = "GP9002";

    public static Command Create(CliEnvironment environment)
    {
        var rules = new Argument<string[]>("rule") { Description = "Ids or titles of rules in force", HelpName = "RULE", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Take everything off" };
        var command = new GuardCommand(
            environment,
            "remove",
            "Take rules off; all of those named, or none (root)",
            "sudo guardctl policy remove 'No shells below nginx'",
            [ExitCode.Findings, ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.NotFound],
            (run, cancellationToken) => RunAsync(run, run.Parsed.GetValue(rules)!, cancellationToken))
        {
            rules,
            all,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(rules) is { Length: > 0 })
            {
                result.AddError("name rules, or give --all");
            }
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, string[] rules, CancellationToken cancellationToken)
    {
        var query = rules.Length == 0
            ? ControlClient.Query(ControlApi.Policy, ("all", "true"))
            : ControlClient.Query(ControlApi.Policy, [.. rules.Select(rule => ("id", (string?)rule))]);
        if (query.Length > LongestRequest)
        {
            throw new CliException(ExitCode.Usage, "too many rules for one removal", "push the policies without them instead: sudo guardctl policy push PATH");
        }
        using var client = run.Connect();
        var outcome = await client.DeleteAsync(query, GuardJson.Default.PolicyOutcome, cancellationToken).ConfigureAwait(false);
        if (run.Json)
        {
            run.WriteJson(outcome, GuardJson.Default.PolicyOutcome);
        }
        else
        {
            LocalCheck.WriteFindings(run, outcome.Findings);
            run.Out.WriteLine(outcome.Accepted
                ? $"in force: generation {outcome.Generation}, {Show.Several(outcome.RuleCount, "rule")} ({outcome.BlockCount} block), hash {SafeText.Line(Show.Hash(outcome.Hash))}"
                : "refused: nothing was removed");
        }
        return outcome.Accepted ? ExitCode.Ok
            : outcome.Findings.Any(finding => finding.Id == NoSuchRule) ? ExitCode.NotFound
            : ExitCode.Findings;
    }
}
