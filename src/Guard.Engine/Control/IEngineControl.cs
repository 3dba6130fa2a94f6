using Guard.Protocol;

namespace Guard.Engine.Control;

/// <summary>Who asks, from SO_PEERCRED: told by the kernel, not by the peer.</summary>
/// <param name="Pid">Process id at connect.</param>
/// <param name="Uid">Effective uid at connect.</param>
/// <param name="Gid">Effective gid at connect.</param>
public readonly record struct ControlPeer(int Pid, uint Uid, uint Gid);

/// <summary>What the control API can ask of the engine. Safe from any thread; changes happen one at a time.</summary>
public interface IEngineControl
{
    /// <summary>One screen.</summary>
    EngineStatus GetStatus();

    /// <summary>Compiles with this machine's accounts and installs nothing.</summary>
    PolicyOutcome CheckPolicy(PolicyBundle bundle);

    /// <summary>Replaces what is in force, or refuses and leaves everything as it was. Recorded in the trail either way.</summary>
    PolicyOutcome PushPolicy(PolicyBundle bundle, ControlPeer peer);

    /// <summary>Removes rules by id or title; all of them when <paramref name="ids"/> is null. Recorded in the trail.</summary>
    /// <returns>Not accepted, with a finding, when an id is not in force.</returns>
    PolicyOutcome RemovePolicy(IReadOnlyList<string>? ids, ControlPeer peer);

    /// <summary>
    /// Looks for files that are open although the policy in force refuses them, and records them in the trail; null when the
    /// engine is not attached to the kernel.
    /// </summary>
    SweepOutcome? SweepFiles();

    /// <summary>What is in force.</summary>
    PolicyListing ListPolicy();

    /// <summary>The text behind a rule (by id or title), or null.</summary>
    PolicyText? ShowPolicy(string id);

    /// <summary>Programs launched from now on. A slow reader loses events, which <see cref="ExecTrace.Lost"/> counts; it never
    /// slows the engine.</summary>
    IAsyncEnumerable<ExecTrace> TraceExec(CancellationToken cancellationToken);

    /// <summary>Puts a record about control itself (a refused request) into the trail.</summary>
    void Record(AuditRecord record);
}
