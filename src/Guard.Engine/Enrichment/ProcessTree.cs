using System.Collections.Immutable;
using Guard.Engine.Events;

namespace Guard.Engine.Enrichment;

/// <summary>A run of a program, as the tree knows it.</summary>
internal sealed record ProcessNode
{
    /// <summary>The engine's number; 0 for what is older than Guard.</summary>
    public ulong ExecId { get; init; }

    /// <summary>The run that forked it; 0 when not known.</summary>
    public ulong ParentExecId { get; init; }

    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Process id of the parent.</summary>
    public int ParentPid { get; init; }

    /// <summary>Start of the process on the boot clock; exact to 10 ms when it comes from /proc.</summary>
    public ulong StartNs { get; init; }

    /// <summary>Resolved path.</summary>
    public KernelText Image { get; init; }

    /// <summary>The name used.</summary>
    public KernelText Invoked { get; init; }

    /// <summary>comm.</summary>
    public KernelText Comm { get; init; }

    /// <summary>Arguments, the first <see cref="ProcessTree.ArgsBytesMax"/> bytes.</summary>
    public ImmutableArray<KernelText> Args { get; init; } = [];

    /// <summary>More arguments than are kept.</summary>
    public bool ArgsCut { get; init; }

    /// <summary>Real uid when the program began.</summary>
    public uint Uid { get; init; }

    /// <summary>Effective uid when the program began.</summary>
    public uint Euid { get; init; }

    /// <summary>Real gid when the program began.</summary>
    public uint Gid { get; init; }
}

/// <summary>
/// Who ran whom: fed by observed execs and exits, and from /proc for what is older than Guard or was lost. Bounded;
/// runs that ended are forgotten before those that go on, each kind oldest use first. Safe from any thread.
/// </summary>
internal sealed class ProcessTree
{
    /// <summary>Bytes of arguments kept with a run.</summary>
    public const int ArgsBytesMax = 1024;

    /// <summary>Most ancestors that are named.</summary>
    public const int DepthMax = 16;

    private readonly int _capacity;
    private readonly ProcfsReader _procfs;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Entry> _runs = [];
    private readonly LinkedList<ulong> _live = new();
    private readonly LinkedList<ulong> _ended = new();
    private readonly Dictionary<int, ProcessNode> _older = [];

    public ProcessTree(ProcfsReader procfs, int capacity = 65_536)
    {
        _procfs = procfs;
        _capacity = capacity;
    }

    /// <summary>Runs that are known, without those older than Guard.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _runs.Count;
            }
        }
    }

    /// <summary>Remembers all processes of this moment, so that they can be named after they are gone.</summary>
    public void Seed()
    {
        foreach (var process in _procfs.ReadAll())
        {
            lock (_gate)
            {
                if (_older.Count < _capacity)
                {
                    _older[process.Pid] = ToNode(process);
                }
            }
        }
    }

    /// <summary>Takes note of an observed event; other kinds are ignored.</summary>
    public void Observe(GuardEvent observed)
    {
        lock (_gate)
        {
            if (observed.Kind == GuardEventKind.Exec && observed.ExecId != 0)
            {
                Add(ToNode(observed));
            }
            else if (observed.Kind == GuardEventKind.Exit)
            {
                End(observed);
            }
        }
    }

    /// <summary>The program that a process runs; null when nobody knows it.</summary>
    /// <param name="execId">0 for what is older than Guard.</param>
    /// <param name="pid">Process id, for /proc.</param>
    /// <param name="startNs">Start of the process, so that a process id that was given again is not mistaken.</param>
    public ProcessNode? Find(ulong execId, int pid, ulong startNs) =>
        FindRun(execId) ?? FindOlder(pid, startNs) ?? FindInProcfs(pid, startNs);

    /// <summary>The chain above a process, nearest first, as far as it is known.</summary>
    /// <param name="parentExecId">The run that forked it; 0 when not known.</param>
    /// <param name="parentPid">Its parent now.</param>
    /// <param name="startNs">Its own start: a parent cannot be younger.</param>
    public ImmutableArray<ProcessNode> FindAncestors(ulong parentExecId, int parentPid, ulong startNs)
    {
        var chain = ImmutableArray.CreateBuilder<ProcessNode>();
        while (chain.Count < DepthMax)
        {
            if ((FindRun(parentExecId) ?? FindParentByPid(parentPid, startNs)) is not { } parent)
            {
                break;
            }

            chain.Add(parent);
            (parentExecId, parentPid, startNs) = (parent.ParentExecId, parent.ParentPid, parent.StartNs);
        }

        return chain.ToImmutable();
    }

    private void Add(ProcessNode node)
    {
        if (_runs.Remove(node.ExecId, out var old))
        {
            old.Position.List!.Remove(old.Position);
        }

        while (_runs.Count >= _capacity)
        {
            var list = _ended.Count > 0 ? _ended : _live;
            _runs.Remove(list.First!.Value);
            list.RemoveFirst();
        }

        _runs[node.ExecId] = new Entry(node, _live.AddLast(node.ExecId));
        _older.Remove(node.Pid);
    }

    private void End(GuardEvent exit)
    {
        if (_runs.TryGetValue(exit.ExecId, out var run))
        {
            // Only the process that began the run ends it; workers that it forked share the number.
            if (run.Node.Pid == exit.Tgid && run.Position.List == _live)
            {
                _live.Remove(run.Position);
                _ended.AddLast(run.Position);
            }
        }
        else if (_older.TryGetValue(exit.Tgid, out var older) && IsSame(older, exit.StartNs))
        {
            // Its children may still have to be explained, but its number is free for others now.
            _older.Remove(exit.Tgid);
        }
    }

    private ProcessNode? FindRun(ulong execId)
    {
        lock (_gate)
        {
            if (execId == 0 || !_runs.TryGetValue(execId, out var run))
            {
                return null;
            }

            var list = run.Position.List!;
            list.Remove(run.Position);
            list.AddLast(run.Position);
            return run.Node;
        }
    }

    private ProcessNode? FindOlder(int pid, ulong startNs)
    {
        lock (_gate)
        {
            return _older.TryGetValue(pid, out var node) && IsSame(node, startNs) ? node : null;
        }
    }

    private ProcessNode? FindInProcfs(int pid, ulong startNs) =>
        _procfs.Read(pid, startNs) is { } process ? ToNode(process) : null;

    private ProcessNode? FindParentByPid(int pid, ulong childStartNs)
    {
        if (pid <= 0)
        {
            return null;
        }

        ProcessNode? node;
        lock (_gate)
        {
            node = _older.GetValueOrDefault(pid);
        }

        node ??= _procfs.Read(pid) is { } process ? ToNode(process) : null;

        // Ticks are rounded down, so a parent never seems younger than its child because of them.
        return node is not null && node.StartNs <= childStartNs ? node : null;
    }

    private static bool IsSame(ProcessNode node, ulong startNs) =>
        ProcfsReader.IsSameStart(node.StartNs / ProcfsReader.NanosecondsPerTick, startNs);

    private static ProcessNode ToNode(ProcfsProcess process)
    {
        var (args, cut) = Shorten(process.Args);
        return new ProcessNode
        {
            Pid = process.Pid,
            ParentPid = process.ParentPid,
            StartNs = process.StartTicks * ProcfsReader.NanosecondsPerTick,
            Image = process.Image,
            Comm = process.Comm,
            Args = args,
            ArgsCut = cut,
            Uid = process.Uid,
            Euid = process.Euid,
            Gid = process.Gid,
        };
    }

    private static ProcessNode ToNode(GuardEvent exec)
    {
        var (args, cut) = Shorten(exec.Args);
        return new ProcessNode
        {
            ExecId = exec.ExecId,
            ParentExecId = exec.ParentExecId,
            Pid = exec.Tgid,
            ParentPid = exec.ParentTgid,
            StartNs = exec.StartNs,
            Image = exec.Path,
            Invoked = exec.Invoked,
            Comm = exec.Comm,
            Args = args,
            ArgsCut = cut || (exec.Flags & (GuardEventFlags.ArgsTruncated | GuardEventFlags.ArgsUnreadable)) != 0,
            Uid = exec.Uid,
            Euid = exec.Euid,
            Gid = exec.Gid,
        };
    }

    private static (ImmutableArray<KernelText> Args, bool Cut) Shorten(ImmutableArray<KernelText> args)
    {
        var used = 0;
        for (var i = 0; i < args.Length; i++)
        {
            used += args[i].Bytes.Length + 1;
            if (used > ArgsBytesMax)
            {
                return (args[..i], true);
            }
        }

        return (args, false);
    }

    private sealed record Entry(ProcessNode Node, LinkedListNode<ulong> Position);
}
