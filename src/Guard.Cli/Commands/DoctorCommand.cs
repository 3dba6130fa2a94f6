using System.CommandLine;
using System.Globalization;
using Guard.Cli.Output;
using Guard.Protocol;
using Guard.Protocol.Host;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl doctor</c>: what this machine lacks, and what to do about each thing.</summary>
internal static class DoctorCommand
{
    private const string Ok = "ok";
    private const string Warn = "warn";
    private const string Fail = "fail";

    public static Command Create(CliEnvironment environment) => new GuardCommand(
        environment,
        "doctor",
        "Check what Guard needs: kernel, LSM list, BTF, bpffs, guardd, its counters and sinks. Works without guardd and mostly without root",
        "sudo guardctl doctor",
        [ExitCode.Degraded],
        RunAsync);

    private static async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var lines = run.Environment.HostChecks().Select(FromHost).ToList();
        lines.AddRange(await AskDaemonAsync(run, cancellationToken).ConfigureAwait(false));
        var healthy = lines.TrueForAll(line => line.Result != Fail);
        if (run.Json)
        {
            run.WriteJson(new DoctorReport(healthy, lines), CliJson.Default.DoctorReport);
        }
        else
        {
            Write(run, lines);
        }
        return healthy ? ExitCode.Ok : ExitCode.Degraded;
    }

    private static void Write(CommandRun run, List<DoctorLine> lines)
    {
        var table = new Table(run.Terminal, "CHECK", "RESULT", "FOUND");
        foreach (var line in lines)
        {
            var tone = line.Result switch { Ok => Tone.Good, Warn => Tone.Warn, _ => Tone.Bad };
            table.Add(line.Name, new Cell(line.Result.ToUpperInvariant(), tone), line.Found);
        }
        table.Write();
        var remedies = lines.Where(line => line.Result != Ok && line.Remedy is not null).ToList();
        if (remedies.Count > 0)
        {
            run.Out.WriteLine();
            run.Out.WriteLine("What to do:");
            foreach (var line in remedies)
            {
                run.Out.WriteLine($"  {line.Name}: {SafeText.Line(line.Remedy)}");
            }
        }
    }

    private static DoctorLine FromHost(SupportCheck check) => new(
        check.Name,
        check.Outcome switch { SupportOutcome.Ok => Ok, SupportOutcome.Fail => Fail, _ => Warn },
        check.Found,
        check.Remedy);

    private static async Task<IReadOnlyList<DoctorLine>> AskDaemonAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            using var client = run.Connect();
            var status = await client.GetAsync(ControlApi.Status, GuardJson.Default.EngineStatus, cancellationToken).ConfigureAwait(false);
            return [.. FromDaemon(status)];
        }
        catch (CliException e)
        {
            return [new DoctorLine("guardd", e.Code == ExitCode.NotPermitted ? Warn : Fail, e.Message, e.Hint)];
        }
    }

    private static IEnumerable<DoctorLine> FromDaemon(EngineStatus status)
    {
        var reasons = status.Reasons.Count > 0 ? ": " + string.Join("; ", status.Reasons) : "";
        yield return status.State switch
        {
            "enforcing" => new DoctorLine("guardd", Ok, $"guardd {status.Version} enforces", null),
            "starting" => new DoctorLine("guardd", Warn, "guardd is starting", "guardctl status --wait"),
            _ => new DoctorLine("guardd", Fail, $"guardd is {status.State}{reasons}", "journalctl -u guardd"),
        };
        yield return status.LastSelfTest is { } test
            ? new DoctorLine("self-test", Ok, "a denial was proven at " + test.ToString("O", CultureInfo.InvariantCulture), null)
            : new DoctorLine("self-test", status.State == "enforcing" ? Warn : Fail, "no denial was ever proven", "sudo systemctl restart guardd; journalctl -u guardd");
        yield return Counters("failures", "the engine decided every operation", "operations that the engine could not decide", status.Failures);
        if (status.Digests.TryGetValue(EngineStatus.DigestRefused, out var refused))
        {
            yield return new DoctorLine(
                "digests", Warn, $"the kernel made no SHA-256 digest of {refused} files that rules asked for", "rules with Hashes or sha256 are unknown there: on_unknown decides; the kernel needs CONFIG_IMA and no ima_hash= other than sha256");
        }

        yield return Counters("losses", "no event was lost", "events were lost", status.Losses);
        foreach (var sink in status.Sinks)
        {
            yield return sink.Connected
                ? new DoctorLine("sink " + sink.Name, Ok, $"{sink.Target}, lag {sink.Lag}", null)
                : new DoctorLine("sink " + sink.Name, Warn, $"{sink.Target} is down: {sink.Error ?? "no reason given"}", "check the receiver and the network; nothing is lost while the trail has room");
        }
    }

    private static DoctorLine Counters(string name, string none, string some, IReadOnlyDictionary<string, long> counts)
        => counts.Count == 0
            ? new DoctorLine(name, Ok, none, null)
            : new DoctorLine(name, Warn, some + ": " + string.Join(", ", counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}")), "guardctl audit list --kind '" + (name == "losses" ? AuditKinds.EventsLost : AuditKinds.EngineFailure) + "'");
}
