using System.CommandLine;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl status</c>.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private static readonly string[] States = ["starting", "enforcing", "degraded"];

    public static Command Create(CliEnvironment environment)
    {
        var wait = new Option<string?>("--wait")
        {
            Description = "Wait until guardd is in this state (enforcing when none is named)",
            HelpName = string.Join('|', States),
            Arity = ArgumentArity.ZeroOrOne,
        };
        wait.AcceptOnly(States);
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = "How long --wait waits (60s)",
            HelpName = "DURATION",
            CustomParser = result => Durations.Parse(result),
        };
        return new GuardCommand(
            environment,
            "status",
            "One screen about guardd: state, policy in force, counters, trail, sinks",
            "guardctl status --wait --timeout 30s     # in a script, after a start",
            [ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.Degraded],
            (run, cancellationToken) => RunAsync(run, wait, timeout, cancellationToken))
        {
            wait,
            timeout,
        };
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, Option<string?> wait, Option<TimeSpan?> timeout, CancellationToken cancellationToken)
    {
        var waits = run.Parsed.GetResult(wait) is { Implicit: false };
        var status = waits
            ? await WaitAsync(run, run.Parsed.GetValue(wait) ?? "enforcing", run.Parsed.GetValue(timeout) ?? DefaultTimeout, cancellationToken).ConfigureAwait(false)
            : await GetAsync(run, cancellationToken).ConfigureAwait(false);
        if (run.Json)
        {
            run.WriteJson(status, GuardJson.Default.EngineStatus);
        }
        else
        {
            new StatusScreen(run).Write(status);
        }
        return ExitCode.Ok;
    }

    private static async Task<EngineStatus> GetAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var client = run.Connect();
        return await client.GetAsync(ControlApi.Status, GuardJson.Default.EngineStatus, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<EngineStatus> WaitAsync(CommandRun run, string state, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = run.Environment.Time.GetTimestamp();
        while (true)
        {
            string last;
            try
            {
                var status = await GetAsync(run, cancellationToken).ConfigureAwait(false);
                if (status.State == state)
                {
                    return status;
                }
                last = $"guardd is {status.State}";
                if (status.Reasons.Count > 0)
                {
                    last += ": " + string.Join("; ", status.Reasons);
                }
            }
            catch (CliException e) when (e.Code == ExitCode.Unreachable)
            {
                last = e.Message;
            }
            if (run.Environment.Time.GetElapsedTime(start) + Poll >= timeout)
            {
                throw new CliException(ExitCode.Degraded, $"not {state} after {timeout.TotalSeconds:0.#} s: {last}", "guardctl doctor");
            }
            await Task.Delay(Poll, run.Environment.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
