using System.CommandLine;
using System.Globalization;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl audit list</c>.</summary>
internal static class AuditListCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var filters = new AuditFilters(environment);
        var after = OptionValues.Number<long>("--after", "SEQ", "Only records with a higher number, oldest first");
        var limit = new Option<int>("--limit", "-n") { Description = "Most records, from 1 to 10,000", HelpName = "N", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var n) && n is >= 1 and <= 10_000))
            {
                result.AddError("--limit must be from 1 to 10000");
            }
        });
        var command = new GuardCommand(
            environment,
            "list",
            "List records of the audit trail, the newest 50 unless told otherwise",
            "guardctl audit list --verdict block --since 1h",
            [ExitCode.Unreachable, ExitCode.NotPermitted],
            (run, cancellationToken) => RunAsync(run, filters, run.Parsed.GetValue(after), run.Parsed.GetValue(limit), cancellationToken))
        {
            after,
            limit,
        };
        filters.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, AuditFilters filters, long? after, int limit, CancellationToken cancellationToken)
    {
        var query = filters.ToQuery(
            ControlApi.Audit,
            run,
            ("after", after?.ToString(CultureInfo.InvariantCulture)),
            ("newest", after is null ? "true" : null),
            ("limit", limit.ToString(CultureInfo.InvariantCulture)));
        using var client = run.Connect();
        var page = await client.GetAsync(query, GuardJson.Default.AuditPage, cancellationToken).ConfigureAwait(false);
        if (run.Json)
        {
            run.WriteJson(page, GuardJson.Default.AuditPage);
        }
        else
        {
            new AuditTable(run).Write(page.Records);
        }
        return ExitCode.Ok;
    }
}
