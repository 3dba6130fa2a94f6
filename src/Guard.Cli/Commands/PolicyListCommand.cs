using System.CommandLine;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy list</c>.</summary>
internal static class PolicyListCommand
{
    public static Command Create(CliEnvironment environment) => new GuardCommand(
        environment,
        "list",
        "List the rules in force and how often each decided",
        "guardctl policy list -o json | jq '.rules[].rule.title'",
        [ExitCode.Unreachable, ExitCode.NotPermitted],
        RunAsync);

    private static async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var client = run.Connect();
        var listing = await client.GetAsync(ControlApi.Policy, GuardJson.Default.PolicyListing, cancellationToken).ConfigureAwait(false);
        if (run.Json)
        {
            run.WriteJson(listing, GuardJson.Default.PolicyListing);
            return ExitCode.Ok;
        }
        var table = new Table(run.Terminal, "ID", "ACTION", "UNKNOWN", "LEVEL", "CATEGORY", "HITS", "TITLE", "SOURCE");
        foreach (var rule in listing.Rules)
        {
            var tone = rule.Rule.Action == "block" ? Tone.Bad : Tone.Plain;
            table.Add(rule.Rule.Id, new Cell(rule.Rule.Action, tone), rule.OnUnknown, rule.Rule.Level, rule.Category, Show.Count(rule.Hits), rule.Rule.Title, rule.Rule.Source);
        }
        table.Write();
        run.Note($"failure: {Show.Failure(listing.FailureMode, listing.FailureModeFrom)}");
        if (listing.Rules.Count == 0)
        {
            run.Note("no rule is in force; put some in force with: sudo guardctl policy push PATH");
        }
        return ExitCode.Ok;
    }
}
