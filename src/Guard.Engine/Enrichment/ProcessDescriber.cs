using System.Collections.Immutable;
using System.Globalization;
using Guard.Engine.Events;
using Guard.Protocol;

namespace Guard.Engine.Enrichment;

/// <summary>Writes processes down as records name them.</summary>
internal sealed class ProcessDescriber
{
    private const uint LoginUidUnset = uint.MaxValue;

    private readonly EnrichmentSources _sources;

    public ProcessDescriber(EnrichmentSources sources) => _sources = sources;

    /// <summary>The process that acted: ids from the event, the rest from what the tree knows of its program.</summary>
    public ProcessInfo Describe(GuardEvent happened, ProcessNode? node)
    {
        var cgroup = _sources.Cgroups.Find(happened.CgroupId, happened.Tgid);
        return new ProcessInfo
        {
            Pid = happened.Tgid,
            Tid = happened.Tid,
            ParentPid = happened.ParentTgid,
            ExecId = ToExecId(happened.ExecId),
            Image = ToText(happened.Image) ?? ToText(node?.Image ?? default),
            Invoked = ToText(node?.Invoked ?? default),
            Comm = ToText(happened.Comm),
            Args = node is null ? null : ToArgs(node.Args),
            Uid = happened.Uid,
            Euid = happened.Euid,
            Gid = happened.Gid,
            LoginUid = happened.LoginUid == LoginUidUnset ? null : happened.LoginUid,
            User = _sources.Accounts.Find(happened.Euid),
            Cgroup = cgroup?.Path,
            Unit = cgroup?.Unit,
            ContainerId = cgroup?.ContainerId,
            Start = happened.StartNs == 0 ? null : _sources.Clock.ToTime(happened.StartNs),
        };
    }

    /// <summary>The processes above, nearest first; null when nobody is known.</summary>
    public IReadOnlyList<ProcessInfo>? DescribeAncestors(GuardEvent happened)
    {
        var chain = _sources.Processes.FindAncestors(happened.ParentExecId, happened.ParentTgid, happened.StartNs);
        return chain.IsEmpty ? null : [.. chain.Select(Describe)];
    }

    /// <summary>Arguments as text; null for none.</summary>
    public static IReadOnlyList<string>? ToArgs(ImmutableArray<KernelText> args) =>
        args.IsDefaultOrEmpty ? null : [.. args.Select(arg => arg.ToString())];

    /// <summary>The text; null for nothing.</summary>
    public static string? ToText(KernelText text) => text.IsEmpty ? null : text.ToString();

    private ProcessInfo Describe(ProcessNode node) => new()
    {
        Pid = node.Pid,
        Tid = node.Pid,
        ParentPid = node.ParentPid,
        ExecId = ToExecId(node.ExecId),
        Image = ToText(node.Image),
        Invoked = ToText(node.Invoked),
        Comm = ToText(node.Comm),
        Args = ToArgs(node.Args),
        Uid = node.Uid,
        Euid = node.Euid,
        Gid = node.Gid,
        User = _sources.Accounts.Find(node.Euid),
        Start = node.StartNs == 0 ? null : _sources.Clock.ToTime(node.StartNs),
    };

    private static string? ToExecId(ulong id) => id == 0 ? null : id.ToString(CultureInfo.InvariantCulture);
}
