using System.Globalization;
using Guard.Engine.Control;
using Guard.Engine.Hosting;
using Guard.Engine.Kernel;
using Guard.Engine.Policy;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>What the control API asks, answered by the parts. Safe from any thread.</summary>
internal sealed class EngineControl : IEngineControl
{
    private readonly EngineParts _parts;
    private readonly Func<IKernelSide?> _kernel;
    private readonly Func<IReadOnlyList<SinkStatus>> _sinks;
    private readonly FigureReader _figures;
    private readonly DateTimeOffset _started;
    private static readonly string KernelRelease = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public EngineControl(EngineParts parts, Func<IKernelSide?> kernel, Func<IReadOnlyList<SinkStatus>> sinks)
    {
        _parts = parts;
        _kernel = kernel;
        _sinks = sinks;
        _figures = new FigureReader(parts.Store);
        _started = parts.Time.GetUtcNow();
    }

    /// <inheritdoc/>
    public EngineStatus GetStatus()
    {
        var state = _parts.Health.State;
        var policy = _parts.Policy.Current;
        var rules = policy?.UserRules.Select(entry => entry.Rule).ToList() ?? [];
        var kernel = _kernel();
        var writer = _parts.Writer.Status;
        var figures = _figures.Read(kernel);
        IReadOnlyList<string> amiss = writer.FailingSince is null ? figures.Reasons : [.. figures.Reasons, $"the trail can't be written: {writer.Error}"];
        return new EngineStatus
        {
            Version = DaemonVersion.Short,
            State = amiss.Count == 0 || state.Name == EngineState.Starting ? state.Name : EngineState.Degraded,
            Reasons = [.. state.Reasons, .. amiss],
            Since = state.Since,
            Started = _started,
            Kernel = KernelRelease,
            PolicyHash = policy?.Image.PolicyHash,
            Generation = policy?.Generation ?? 0,
            RuleCount = rules.Count,
            BlockCount = rules.Count(rule => rule.Action == RuleAction.Block),
            ImageBytes = policy?.Image.Bytes.Length ?? 0,
            ImageCapacity = ImageBuffer.ValueBytes,
            KernelBytes = figures.KernelBytes,
            FailureMode = Failure.Mode,
            FailureModeFrom = Failure.From,
            LastSelfTest = _parts.Health.Proved,
            SelfTestOpens = _parts.Health.Denied.Opens,
            SelfTestExecs = _parts.Health.Denied.Execs,
            Hooks = kernel is null ? [] : CounterReport.Hooks(figures.Counters),
            Failures = kernel is null ? new Dictionary<string, long>() : CounterReport.Failures(figures.Counters),
            Digests = kernel is null ? new Dictionary<string, long>() : CounterReport.Digests(figures.Counters),
            Losses = Losses(kernel, writer.Losses),
            Trail = figures.Trail,
            Sinks = _sinks(),
        };
    }

    /// <inheritdoc/>
    public PolicyOutcome CheckPolicy(PolicyBundle bundle) => PolicyOutcomes.Of(_parts.Policy.Compile(bundle, withSelfTest: false, bundle.ForceLockOut), null);

    /// <inheritdoc/>
    public PolicyOutcome PushPolicy(PolicyBundle bundle, ControlPeer peer)
    {
        var outcome = bundle.Files.Count == 0
            ? PolicyOutcomes.Refuse("GP9000", "the bundle has no files", "guardctl policy remove --all takes everything out of force")
            : _parts.Policy.Push(bundle);
        Record(outcome, peer, AuditKinds.PolicyPushed, $"{outcome.RuleCount} rules, {outcome.BlockCount} of them block{(bundle.ForceLockOut ? "; --force-lockout" : "")}");
        return outcome.Accepted ? outcome with { OpenFiles = SweepFiles() } : outcome;
    }

    /// <inheritdoc/>
    public SweepOutcome? SweepFiles() => _kernel()?.SweepFiles();

    /// <inheritdoc/>
    public PolicyOutcome RemovePolicy(IReadOnlyList<string>? ids, ControlPeer peer)
    {
        var outcome = _parts.Policy.Remove(ids);
        Record(outcome, peer, AuditKinds.PolicyRemoved, ids is null ? "all rules" : string.Join(", ", ids));
        return outcome;
    }

    /// <inheritdoc/>
    public PolicyListing ListPolicy()
    {
        var policy = _parts.Policy.Current;
        var listing = policy is null
            ? new PolicyListing(null, 0, null, [])
            : new PolicyListing(policy.Image.PolicyHash, policy.Generation, policy.Pushed, [.. policy.UserRules.Select(entry => ToListed(entry.Rule))]);
        return listing with { FailureMode = Failure.Mode, FailureModeFrom = Failure.From };
    }

    /// <inheritdoc/>
    public PolicyText? ShowPolicy(string id)
    {
        var policy = _parts.Policy.Current;
        var rule = policy?.UserRules.Select(entry => entry.Rule).FirstOrDefault(candidate => RuleRemoval.IsNamed(candidate, id));
        var file = rule is null ? null : policy!.Bundle.Files.FirstOrDefault(candidate => candidate.Name == rule.Identity.Span.File);
        return file is null
            ? null
            : new PolicyText(file.Name, rule!.Identity.Span.Line, System.Text.Encoding.UTF8.GetString(file.Content), ToListed(rule))
            {
                FailureMode = Failure.Mode,
                FailureModeFrom = Failure.From,
            };
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ExecTrace> TraceExec(CancellationToken cancellationToken) => _parts.Trace.Listen(cancellationToken);

    /// <inheritdoc/>
    public void Record(AuditRecord record) => _parts.Writer.Write(record with { BootId = record.BootId ?? _parts.BootId });

    /// <summary>What becomes of what can't be decided, and who says so.</summary>
    private (string Mode, string From) Failure => _parts.Policy.Failure.ToWord() is { } mode
        ? (mode, "policy")
        : (_parts.Options.Failure.ToString().ToLowerInvariant(), "guard.yaml");

    private static Dictionary<string, long> Losses(IKernelSide? kernel, IReadOnlyDictionary<string, long> writer)
    {
        var losses = kernel is null ? [] : new Dictionary<string, long>(kernel.Losses);
        foreach (var (cause, count) in writer)
        {
            losses[$"trail.{cause}"] = count;
        }

        return losses;
    }

    private ListedRule ToListed(CompiledRule rule) => new(
        GenerationNames.ToReference(rule),
        rule.Source.Category ?? "",
        rule.OnUnknown.ToString().ToLowerInvariant(),
        _parts.Hits.Of(rule.Identity.Id));

    private void Record(PolicyOutcome outcome, ControlPeer peer, string kind, string what)
    {
        var forced = outcome.Findings.Where(finding => finding.Id == DiagnosticCatalogue.LockOutForced.Id).ToList();
        var detail = new Dictionary<string, string>
        {
            ["uid"] = peer.Uid.ToString(CultureInfo.InvariantCulture),
            ["pid"] = peer.Pid.ToString(CultureInfo.InvariantCulture),
        };
        if (forced.Count > 0 && kind == AuditKinds.PolicyPushed)
        {
            detail["lockOutForced"] = string.Join("; ", forced.Select(finding => $"{finding.File}({finding.Line},{finding.Column}): {finding.Message}"));
        }

        var first = outcome.Findings.FirstOrDefault(finding => finding.Severity == "error");
        Record(new AuditRecord
        {
            Time = _parts.Time.GetUtcNow(),
            Kind = outcome.Accepted ? kind : AuditKinds.PolicyRefused,
            PolicyHash = outcome.Hash,
            Generation = outcome.Generation,
            Message = outcome.Accepted
                ? $"{kind.Replace('.', ' ')} by uid {peer.Uid}: {what}"
                : $"policy refused, asked for by uid {peer.Uid}: {first?.Id} {first?.Message}",
            Detail = detail,
        });
    }
}
