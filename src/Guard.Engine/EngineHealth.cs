using Guard.Engine.Audit;
using Guard.Engine.Kernel;
using Guard.Protocol;
using Guard.Protocol.Host;
using Microsoft.Extensions.Logging;

namespace Guard.Engine;

/// <summary>
/// Proves again and again that a denial denies, and says so when it does not. Writes each change of state into the
/// trail. Safe from any thread.
/// </summary>
internal sealed class EngineHealth
{
    /// <summary>Between two proofs by opens, which cost microseconds.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromSeconds(3);

    /// <summary>Every so many of them also by execs, which fork.</summary>
    private const int ProofsForAnExec = 10;

    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(3);

    private readonly SelfTest _selfTest;
    private readonly AuditWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private EngineState _state;
    private DateTimeOffset? _proved;
    private long _lastTurn;
    private IReadOnlyList<string> _execReasons = [];

    public EngineHealth(SelfTest selfTest, AuditWriter writer, TimeProvider time, ILogger log)
    {
        _selfTest = selfTest;
        _writer = writer;
        _time = time;
        _log = log;
        _state = new EngineState(EngineState.Starting, [], time.GetUtcNow());
        _lastTurn = time.GetTimestamp();
    }

    /// <summary>What can be claimed now.</summary>
    public EngineState State => Volatile.Read(ref _state);

    /// <summary>Opens and execs that the self-test has seen to be refused.</summary>
    public (long Opens, long Execs) Denied => (_selfTest.DeniedOpens, _selfTest.DeniedExecs);

    /// <summary>When a denial was last seen to deny.</summary>
    public DateTimeOffset? Proved
    {
        get
        {
            lock (_gate)
            {
                return _proved;
            }
        }
    }

    /// <summary>False when no proof has come to its end for minutes: one hangs, or nobody asks for them any more.</summary>
    public bool IsTurning => _time.GetElapsedTime(Interlocked.Read(ref _lastTurn)) < StallLimit;

    /// <summary>The engine is not attached and can't be: said once, with what the host lacks.</summary>
    public void CannotEnforce(string reason, IEnumerable<SupportCheck> checks) =>
        Enter([reason, .. checks.Where(check => check.Outcome == SupportOutcome.Fail).Select(check => $"{check.Name}: {check.Found}")]);

    /// <summary>Runs the whole self-test; the state follows, also when it could not run.</summary>
    /// <param name="otherReasons">What else keeps the engine from its claim.</param>
    public void Prove(Func<IEnumerable<string>> otherReasons) => Prove(otherReasons, withExecs: true);

    private void Prove(Func<IEnumerable<string>> otherReasons, bool withExecs)
    {
        IReadOnlyList<string> reasons;
        try
        {
            reasons = [.. Test(withExecs), .. otherReasons()];
        }
        catch (Exception e)
        {
            // Whatever it is: a loop that ended here would leave the last state standing, and that may be "enforcing".
            reasons = [$"the self-test could not run: {e.Message.Split('\n')[0]}"];
            if (!State.Reasons.SequenceEqual(reasons))
            {
                _log.LogError(e, "The self-test could not run; it is tried again every {Seconds} s", ProofInterval.TotalSeconds);
            }
        }

        Enter(reasons);
    }

    private List<string> Test(bool withExecs)
    {
        var openReasons = _selfTest.RunOpens();
        if (withExecs || State.Name != EngineState.Enforcing)
        {
            _execReasons = _selfTest.RunExecs();
        }

        if (openReasons.Count == 0 && _execReasons.Count == 0)
        {
            lock (_gate)
            {
                _proved = _time.GetUtcNow();
            }
        }

        return [.. openReasons, .. _execReasons];
    }

    /// <summary>Proves every few seconds, until cancelled. A proof that throws is a reason and the next one comes. One caller at a time.</summary>
    /// <param name="otherReasons">What else keeps the engine from its claim.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task RunAsync(Func<IEnumerable<string>> otherReasons, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProofInterval, _time);
        for (var turn = 1; await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false); turn++)
        {
            Prove(otherReasons, withExecs: turn % ProofsForAnExec == 0);
        }
    }

    private void Enter(IReadOnlyList<string> reasons)
    {
        Interlocked.Exchange(ref _lastTurn, _time.GetTimestamp());
        EngineState before, after;
        lock (_gate)
        {
            before = _state;
            after = before.Next(reasons, _time.GetUtcNow());
            Volatile.Write(ref _state, after);
        }

        if (ReferenceEquals(before, after))
        {
            return;
        }

        var message = after.Reasons.IsEmpty ? $"Guard is {after.Name}" : $"Guard is {after.Name}: {string.Join("; ", after.Reasons)}";
        _log.Log(after.Name == EngineState.Degraded ? LogLevel.Critical : LogLevel.Information, "{Message}", message);
        _writer.Write(new AuditRecord
        {
            Time = after.Since,
            Kind = AuditKinds.EngineState,
            Message = message,
            Detail = new Dictionary<string, string> { ["from"] = before.Name, ["to"] = after.Name },
        });
    }
}
