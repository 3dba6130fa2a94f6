using System.CommandLine;
using System.Globalization;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl audit follow</c>: survives a restart of guardd without missing a record.</summary>
internal static class AuditFollowCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(CliEnvironment environment)
    {
        var filters = new AuditFilters(environment);
        var after = OptionValues.Number<long>("--after", "SEQ", "Begin behind this number, instead of now");
        var command = new GuardCommand(
            environment,
            "follow",
            "Print records of the audit trail as they come, until Ctrl-C",
            "guardctl audit follow --verdict block -o json | jq -r .file.path",
            [ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.Interrupted],
            (run, cancellationToken) => RunAsync(run, filters, run.Parsed.GetValue(after), cancellationToken))
        {
            after,
        };
        filters.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, AuditFilters filters, long? after, CancellationToken cancellationToken)
    {
        var table = run.Json ? null : new AuditTable(run);
        using var client = run.Connect();
        // The cursor is known from the start, so that a restart before the first record loses nothing either.
        var cursor = after ?? await NewestAsync(client, cancellationToken).ConfigureAwait(false);
        table?.Begin();
        await run.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        var opened = false;
        while (true)
        {
            try
            {
                var query = filters.ToQuery(ControlApi.AuditFollow, run, ("after", cursor.ToString(CultureInfo.InvariantCulture)));
                await foreach (var record in client.StreamAsync(query, GuardJson.Default.AuditRecord, cancellationToken).ConfigureAwait(false))
                {
                    (cursor, opened) = (record.Seq, true);
                    Write(run, table, record);
                }
                opened = true;
                run.Note($"guardd closed the stream after record {cursor}; waiting for it");
            }
            catch (CliException e) when (e.Code == ExitCode.Unreachable && (opened || !e.Busy))
            {
                // Said once already, when the stream broke.
            }
            await Task.Delay(Pause, run.Environment.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<long> NewestAsync(ControlClient client, CancellationToken cancellationToken)
    {
        var page = await client
            .GetAsync(ControlClient.Query(ControlApi.Audit, ("newest", "true"), ("limit", "1")), GuardJson.Default.AuditPage, cancellationToken)
            .ConfigureAwait(false);
        return page.Last;
    }

    private static void Write(CommandRun run, AuditTable? table, AuditRecord record)
    {
        if (table is null)
        {
            run.WriteJson(record, GuardJson.Default.AuditRecord);
        }
        else
        {
            table.WriteRow(record);
        }
        run.Out.Flush();
    }
}
