using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary>EngineStatus for people.</summary>
internal sealed class StatusScreen
{
    private readonly CommandRun _run;

    public StatusScreen(CommandRun run) => _run = run;

    public void Write(EngineStatus status)
    {
        var time = _run.Environment.Time;
        var since = $"{Show.Time(status.Since, time)} ({Show.Age(time.GetUtcNow() - status.Since)})";
        var state = _run.Terminal.Paint(SafeText.Line(status.State), status.State switch
        {
            "enforcing" => Tone.Good,
            "starting" => Tone.Warn,
            _ => Tone.Bad,
        });
        Line("Guard", $"{SafeText.Line(status.Version)}   {state} since {since}   kernel {SafeText.Line(status.Kernel ?? "unknown")}");
        foreach (var reason in status.Reasons)
        {
            Line("Reason", _run.Terminal.Paint(SafeText.Line(reason), Tone.Bad));
        }
        Line("Policy", $"{Show.Count(status.RuleCount)} rules, {Show.Count(status.BlockCount)} block   generation {status.Generation}   " +
            $"hash {SafeText.Line(Show.Hash(status.PolicyHash))}   {Show.Bytes(status.ImageBytes)} of {Show.Bytes(status.ImageCapacity)}");
        Line("Failure", $"{Show.Failure(status.FailureMode, status.FailureModeFrom)}   self-test {(status.LastSelfTest is { } test ? Show.Time(test, time) : "never")}");
        Line("Memory", $"{Show.Bytes(status.KernelBytes)} in the kernel");
        WriteHooks(status.Hooks);
        WriteDigests(status.Digests);
        WriteCounts("Failures", status.Failures);
        WriteCounts("Losses", status.Losses);
        Line("Trail", $"{Show.Count(status.Trail.Records)} records   newest {status.Trail.Last}   {Show.Bytes(status.Trail.Bytes)}");
        WriteSinks(status.Sinks);
    }

    private void WriteHooks(IReadOnlyList<HookStatus> hooks)
    {
        // There are many, and most have nothing to decide; -o json has them all.
        foreach (var hook in hooks.Where(h => h.Decisions > 0 || h.Denied > 0))
        {
            Line("Hook", $"{SafeText.Line(hook.Hook),-24}   {Show.Count(hook.Decisions)} decided   {Show.Count(hook.Denied)} denied   " +
                $"{Show.Count(hook.Audited)} audited   {Show.Count(hook.Unknown)} unknown");
        }
    }

    private void WriteDigests(IReadOnlyDictionary<string, long> digests)
    {
        if (digests.Count > 0)
        {
            var counts = digests.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{SafeText.Line(pair.Key)} {Show.Count(pair.Value)}");
            Line("Digests", string.Join("   ", counts));
        }
    }

    private void WriteCounts(string name, IReadOnlyDictionary<string, long> counts)
    {
        if (counts.Count == 0)
        {
            Line(name, "none");
            return;
        }
        foreach (var (cause, count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Line(name, _run.Terminal.Paint($"{SafeText.Line(cause)} {Show.Count(count)}", Tone.Warn));
        }
    }

    private void WriteSinks(IReadOnlyList<SinkStatus> sinks)
    {
        if (sinks.Count == 0)
        {
            Line("Sinks", "none");
        }
        foreach (var sink in sinks)
        {
            var state = sink.Connected ? _run.Terminal.Paint("connected", Tone.Good) : _run.Terminal.Paint("DOWN", Tone.Bad);
            var error = sink.Error is null ? "" : "   " + SafeText.Line(sink.Error);
            var skipped = sink.Skipped == 0 ? "" : "   " + _run.Terminal.Paint($"{Show.Count(sink.Skipped)} removed before they were sent", Tone.Warn);
            Line("Sink", $"{SafeText.Line(sink.Name)} ({SafeText.Line(sink.Target)})   {state}   lag {Show.Count(sink.Lag)}{skipped}{error}");
        }
    }

    private void Line(string name, string text) => _run.Out.WriteLine($"{_run.Terminal.Paint($"{name,-9}", Tone.Bold)} {text}");
}
