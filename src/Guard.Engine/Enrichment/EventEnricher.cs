using System.Globalization;
using System.Net.Sockets;
using Guard.Engine.Events;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Protocol;

namespace Guard.Engine.Enrichment;

/// <summary>
/// Turns decisions and failures into records of the trail. Events are taken as the kernel gave them; what they only
/// number is looked up. Safe from any thread.
/// </summary>
internal sealed class EventEnricher
{
    /// <summary>Key of the descriptor by which a file is held.</summary>
    internal const string Descriptor = "descriptor";

    /// <summary>Key of the way in which a file was come by, where it was not by an open.</summary>
    internal const string How = "how";

    /// <summary>Another process gave its descriptor away, or had it taken.</summary>
    internal const string Received = "received";

    /// <summary>It is mapped for execution.</summary>
    internal const string Mapped = "mapped";

    private const int MinorBits = 20;

    private readonly EnrichmentSources _sources;
    private readonly ProcessDescriber _processes;

    public EventEnricher(EnrichmentSources sources)
    {
        _sources = sources;
        _processes = new ProcessDescriber(sources);
    }

    /// <summary>The record, or null for events that are only observed.</summary>
    public AuditRecord? ToRecord(GuardEvent happened)
    {
        if (happened.Kind is GuardEventKind.Exec or GuardEventKind.Exit)
        {
            return null;
        }

        var node = _sources.Processes.Find(happened.ExecId, happened.Tgid, happened.StartNs);
        var record = new AuditRecord
        {
            Time = _sources.Clock.ToTime(happened.TimeNs),
            Kind = ToKind(happened),
            BootId = _sources.BootId,
            Verdict = happened.Kind == GuardEventKind.FileHeld ? null : KernelNames.Verdict(happened.Verdict),
            Errno = EventNames.Errno(happened.Error),
            Rule = happened.Rules.IsDefaultOrEmpty ? null : ToRule(happened.Generation, happened.Rules[0]),
            OtherRules = ToOtherRules(happened),
            PolicyHash = _sources.FindPolicyHash(happened.Generation),
            Generation = happened.Generation,
            Process = _processes.Describe(happened, node),
            Ancestors = _processes.DescribeAncestors(happened),
            File = ToFile(happened),
            Network = ToNetwork(happened),
            Args = ProcessDescriber.ToArgs(happened.Args),
            Flags = ToFlags(happened, node),
            Detail = ToDetail(happened),
        };
        return record with { Message = RecordSentence.Of(record) };
    }

    /// <summary>What <c>guardctl trace exec</c> shows of an observed exec; null for other events.</summary>
    /// <param name="happened">The event; the tree should have observed it before.</param>
    /// <param name="lost">Events lost since the stream began.</param>
    public ExecTrace? ToTrace(GuardEvent happened, long lost)
    {
        if (happened.Kind != GuardEventKind.Exec)
        {
            return null;
        }

        var parents = _sources.Processes.FindAncestors(happened.ParentExecId, happened.ParentTgid, happened.StartNs);
        return new ExecTrace
        {
            Time = _sources.Clock.ToTime(happened.TimeNs),
            Process = _processes.Describe(happened, null) with
            {
                Image = ProcessDescriber.ToText(happened.Path),
                Invoked = ProcessDescriber.ToText(happened.Invoked),
                Args = ProcessDescriber.ToArgs(happened.Args),
            },
            ParentImage = parents.IsEmpty ? null : ProcessDescriber.ToText(parents[0].Image),
            ImageProperties = EventNames.Properties(happened.Properties),
            ArgsTruncated = (happened.Flags & (GuardEventFlags.ArgsTruncated | GuardEventFlags.ArgsUnreadable)) != 0,
            Lost = lost,
        };
    }

    private static string ToKind(GuardEvent happened) => (happened.Kind, Denied: happened.Error < 0 || happened.Verdict == (int)Verdict.Kill) switch
    {
        (GuardEventKind.ExecDecision, true) => AuditKinds.ExecDenied,
        (GuardEventKind.ExecDecision, false) => AuditKinds.ExecAudited,
        (GuardEventKind.FileDecision, true) => AuditKinds.FileDenied,
        (GuardEventKind.FileDecision, false) => AuditKinds.FileAudited,
        (GuardEventKind.FileHeld, _) => AuditKinds.FileHeld,
        (GuardEventKind.NetworkDecision, var denied) => AuditKinds.OfNetwork(NetworkNames.Of(happened.Socket.Operation), denied),
        (GuardEventKind.OperationDecision, true) => AuditKinds.OperationDenied,
        (GuardEventKind.OperationDecision, false) => AuditKinds.OperationAudited,
        _ => AuditKinds.EngineFailure,
    };

    private RuleReference ToRule(ulong generation, int rule)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{generation}/{rule}");
        return _sources.FindRule(generation, rule)
            ?? new RuleReference { Id = "unknown:" + name, Title = $"rule {name}, whose policy guardd does not know" };
    }

    private List<RuleReference>? ToOtherRules(GuardEvent happened) =>
        happened.Rules.IsDefault || happened.Rules.Length < 2
            ? null
            : [.. happened.Rules[1..].Select(rule => ToRule(happened.Generation, rule))];

    private static FileInfoRecord? ToFile(GuardEvent happened)
    {
        if (happened.Path.IsEmpty && happened.FileInode == 0)
        {
            return null;
        }

        return new FileInfoRecord
        {
            Path = happened.Path.ToString(),
            PathRaw = happened.Path.IsUtf8 ? null : Convert.ToBase64String(happened.Path.Bytes),
            Invoked = happened.Kind == GuardEventKind.ExecDecision ? ProcessDescriber.ToText(happened.Invoked) : null,
            OtherName = happened.Kind == GuardEventKind.FileDecision ? ProcessDescriber.ToText(happened.Invoked) : null,
            Device = happened.FileDevice == 0 ? null : ToDevice(happened.FileDevice),
            Inode = happened.FileInode,
            Sha256 = happened.Sha256,
            Mode = happened.FileMode == 0 ? null : "0" + Convert.ToString(happened.FileMode, 8),
            Access = happened.Kind == GuardEventKind.ExecDecision ? ["exec"] : EventNames.Access(happened.Access),
            ImageProperties = EventNames.Properties(happened.Properties),
        };
    }

    private static NetworkInfoRecord? ToNetwork(GuardEvent happened)
    {
        if (happened.Kind != GuardEventKind.NetworkDecision)
        {
            return null;
        }

        var socket = happened.Socket;
        var address = socket.Address?.ToString();
        int? port = socket.Address is null ? null : socket.Port;
        return new NetworkInfoRecord
        {
            Operation = NetworkNames.Of(socket.Operation),
            Protocol = NetworkNames.OfProtocol(socket.Protocol),
            AddressFamily = socket.Address is { } known ? (known.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6")
                : socket.HasAddress ? null : NetworkNames.OfFamily(socket.Family),
            DestinationIp = socket.IsOutgoing ? address : null,
            DestinationPort = socket.IsOutgoing ? port : null,
            SourceIp = socket.IsOutgoing ? null : address,
            SourcePort = socket.IsOutgoing ? null : port,
        };
    }

    private static string ToDevice(ulong device) =>
        string.Create(CultureInfo.InvariantCulture, $"{device >> MinorBits}:{device & ((1UL << MinorBits) - 1)}");

    private static List<string>? ToFlags(GuardEvent happened, ProcessNode? node)
    {
        var flags = EventNames.Flags(happened.Flags);
        if (node is { ArgsCut: true })
        {
            flags.Add("process_args_truncated");
        }

        return flags.Count == 0 ? null : flags;
    }

    private static Dictionary<string, string>? ToDetail(GuardEvent happened)
    {
        var detail = new Dictionary<string, string>();
        if (happened.Kind == GuardEventKind.OperationDecision)
        {
            OperationDetail.Add(detail, happened);
        }

        if (happened.Kind == GuardEventKind.FileHeld)
        {
            var mapped = happened.Access.HasFlag(AccessKinds.Map);
            detail[mapped ? How : Descriptor] = mapped ? Mapped : happened.Descriptor.ToString(CultureInfo.InvariantCulture);
        }

        if (happened is { Kind: GuardEventKind.FileDecision, Hook: KernelNames.FileReceiveHook })
        {
            detail[How] = Received;
        }

        if (happened.Kind == GuardEventKind.Failure)
        {
            detail["hook"] = KernelNames.Hook(happened.Hook);
            detail["reason"] = KernelNames.Reason(happened.Reason);
        }

        if (happened.Flags.HasFlag(GuardEventFlags.ArgsTruncated))
        {
            detail["argsTotal"] = happened.ArgsTotal.ToString(CultureInfo.InvariantCulture);
        }

        return detail.Count == 0 ? null : detail;
    }
}
