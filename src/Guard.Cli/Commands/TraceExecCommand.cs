using System.CommandLine;
using System.Globalization;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl trace exec</c>: every program that is launched, live.</summary>
internal static class TraceExecCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var count = OptionValues.Number<int>("--count", "N", "End after this many", "-n");
        var duration = new Option<TimeSpan?>("--duration")
        {
            Description = "End after this time: 30s, 10m",
            HelpName = "DURATION",
            CustomParser = result => Durations.Parse(result),
        };
        return new GuardCommand(
            environment,
            "exec",
            "Print every program that is launched on this machine, until Ctrl-C",
            "sudo guardctl trace exec --duration 10s",
            [ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.Interrupted],
            (run, cancellationToken) => RunAsync(run, run.Parsed.GetValue(count), run.Parsed.GetValue(duration), cancellationToken))
        {
            count,
            duration,
        };
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, int? count, TimeSpan? duration, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (duration is { } time)
        {
            ending.CancelAfter(time);
        }
        var printer = new Printer(run);
        try
        {
            await CopyAsync(run, printer, count, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The duration is over.
        }
        finally
        {
            printer.ReportLosses();
        }
        return ExitCode.Ok;
    }

    private static async Task CopyAsync(CommandRun run, Printer printer, int? count, CancellationToken cancellationToken)
    {
        using var client = run.Connect();
        var seen = 0;
        await foreach (var trace in client.StreamAsync(ControlApi.TraceExec, GuardJson.Default.ExecTrace, cancellationToken).ConfigureAwait(false))
        {
            printer.Write(trace);
            if (++seen >= count)
            {
                return;
            }
        }
        throw new CliException(ExitCode.Unreachable, "guardd closed the stream", "guardctl status --wait && guardctl trace exec");
    }

    private sealed class Printer
    {
        private readonly CommandRun _run;
        private readonly Table _table;
        private long _lost;
        private bool _begun;

        public Printer(CommandRun run)
        {
            _run = run;
            _table = new Table(run.Terminal, "TIME", "PID", "PPID", "USER", "PATH", "ARGS").WithWidths(12, 7, 7, 10, 32);
        }

        public void Write(ExecTrace trace)
        {
            _lost = Math.Max(_lost, trace.Lost);
            if (_run.Json)
            {
                _run.WriteJson(trace, GuardJson.Default.ExecTrace);
            }
            else
            {
                Begin();
                var process = trace.Process;
                _table.WriteRow(
                    Show.Moment(trace.Time, _run.Environment.Time),
                    process.Pid.ToString(CultureInfo.InvariantCulture),
                    process.ParentPid.ToString(CultureInfo.InvariantCulture),
                    process.User ?? process.Euid.ToString(CultureInfo.InvariantCulture),
                    process.Image,
                    Show.Arguments(process.Args, trace.ArgsTruncated));
            }
            _run.Out.Flush();
        }

        /// <summary>The headings come with the first row: before it, it is not known whether guardd answers.</summary>
        private void Begin()
        {
            if (!_begun)
            {
                _table.WriteHeadings();
                _begun = true;
            }
        }

        public void ReportLosses()
        {
            if (_lost > 0)
            {
                _run.Note($"{Show.Count(_lost)} launches were lost because they came faster than they were read");
            }
        }
    }
}
