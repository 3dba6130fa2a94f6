using System.Net;
using Guard.Engine.Enrichment;
using Guard.Engine.Events;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Enrichment;

public sealed class EventEnricherTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FakeProc _proc = new();
    private readonly ProcessTree _tree;
    private readonly EventEnricher _enricher;

    public EventEnricherTests()
    {
        var procfs = new ProcfsReader(_proc.Root);
        var passwd = Path.Combine(_proc.Root, "passwd");
        File.WriteAllText(passwd, "www-data:x:33:33::/:/x\n");
        _tree = new ProcessTree(procfs);
        _enricher = new EventEnricher(new EnrichmentSources
        {
            FindRule = (generation, rule) => generation == 3 && rule < 2 ? new RuleReference { Id = $"r{rule}", Title = $"Rule {rule}" } : null,
            FindPolicyHash = generation => generation == 3 ? "abc" : null,
            Processes = _tree,
            Accounts = new AccountNames(TimeProvider.System, passwd),
            Cgroups = new CgroupNames(procfs, TimeProvider.System, _proc.Root),
            Clock = new BootClock(new FixedTime(), () => (long)(1000 * Second)),
            BootId = "boot",
        });
    }

    public void Dispose() => _proc.Dispose();

    private static GuardEvent Denied { get; } = new()
    {
        Kind = GuardEventKind.ExecDecision,
        TimeNs = 990 * Second,
        StartNs = 900 * Second,
        Generation = 3,
        ExecId = 8,
        ParentExecId = 7,
        Tgid = 101,
        Tid = 102,
        ParentTgid = 100,
        Uid = 33,
        Euid = 33,
        LoginUid = uint.MaxValue,
        Comm = KernelText.FromString("sh"),
        Verdict = 2,
        Error = -1,
        Rules = [0, 1],
        FileDevice = (8UL << 20) | 1,
        FileInode = 77,
        FileMode = 0x81ed,
        Path = KernelText.FromString("/usr/bin/nc.traditional"),
        Invoked = KernelText.FromString("/usr/bin/nc"),
        Image = KernelText.FromString("/bin/sh"),
        Args = [KernelText.FromString("nc"), KernelText.FromString("-e")],
    };

    [Fact]
    public void A_denied_exec_says_who_what_why_and_where()
    {
        _tree.Observe(new GuardEvent { Kind = GuardEventKind.Exec, ExecId = 7, Tgid = 100, StartNs = 800 * Second, Path = KernelText.FromString("/usr/sbin/nginx") });
        _tree.Observe(new GuardEvent { Kind = GuardEventKind.Exec, ExecId = 8, ParentExecId = 7, Tgid = 101, StartNs = 900 * Second, Path = KernelText.FromString("/bin/sh"), Args = [KernelText.FromString("sh"), KernelText.FromString("-c")] });
        var record = _enricher.ToRecord(Denied)!;
        Assert.Equal((AuditKinds.ExecDenied, "block", "EPERM"), (record.Kind, record.Verdict, record.Errno));
        Assert.Equal(Now.AddSeconds(-10), record.Time);
        Assert.Equal(("r0", "abc", 3UL, "boot"), (record.Rule!.Id, record.PolicyHash, record.Generation, record.BootId));
        Assert.Equal("r1", Assert.Single(record.OtherRules!).Id);
        Assert.Equal((101, 102, "/bin/sh", "www-data", "8"), (record.Process!.Pid, record.Process.Tid, record.Process.Image, record.Process.User, record.Process.ExecId));
        Assert.Equal(["sh", "-c"], record.Process.Args);
        Assert.Null(record.Process.LoginUid);
        Assert.Equal(Now.AddSeconds(-100), record.Process.Start);
        Assert.Equal("/usr/sbin/nginx", Assert.Single(record.Ancestors!).Image);
        Assert.Equal(("/usr/bin/nc.traditional", "/usr/bin/nc", "8:1", 77UL, "0100755"), (record.File!.Path, record.File.Invoked, record.File.Device, record.File.Inode, record.File.Mode));
        Assert.Equal(["exec"], record.File.Access);
        Assert.Equal(["nc", "-e"], record.Args);
        Assert.Equal("exec of /usr/bin/nc.traditional by /bin/sh (pid 101, www-data) denied with EPERM by rule 'Rule 0'", record.Message);
    }

    [Fact]
    public void An_exec_names_the_properties_of_the_program()
    {
        var record = _enricher.ToRecord(Denied with { Properties = (ImageProperties)63 })!;
        Assert.Equal(["memfd", "unlinked", "setuid", "setgid", "script", "interpreter"], record.File!.ImageProperties);
        record = _enricher.ToRecord(Denied with { Properties = ImageProperties.Setuid | ImageProperties.Setgid })!;
        Assert.StartsWith("exec of /usr/bin/nc.traditional (setuid, setgid) by /bin/sh ", record.Message, StringComparison.Ordinal);
        Assert.Null(_enricher.ToRecord(Denied)!.File!.ImageProperties);
        var seen = Denied with { Kind = GuardEventKind.Exec, Properties = ImageProperties.Script };
        Assert.Equal(["script"], _enricher.ToTrace(seen, 0)!.ImageProperties);
    }

    [Fact]
    public void What_was_killed_before_it_ran_is_denied_with_another_verdict()
    {
        var record = _enricher.ToRecord(Denied with { Verdict = 3, Error = 0, Hook = 3 })!;
        Assert.Equal((AuditKinds.ExecDenied, "kill", null), (record.Kind, record.Verdict, record.Errno));
        Assert.Contains("killed before its first instruction", record.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GuardEventKind.ExecDecision, 0, AuditKinds.ExecAudited)]
    [InlineData(GuardEventKind.FileDecision, -1, AuditKinds.FileDenied)]
    [InlineData(GuardEventKind.FileDecision, 0, AuditKinds.FileAudited)]
    [InlineData(GuardEventKind.OperationDecision, -1, AuditKinds.OperationDenied)]
    [InlineData(GuardEventKind.OperationDecision, 0, AuditKinds.OperationAudited)]
    public void What_the_hook_returned_gives_the_kind(GuardEventKind kind, int error, string expected) =>
        Assert.Equal(expected, _enricher.ToRecord(Denied with { Kind = kind, Error = error })!.Kind);

    [Fact]
    public void A_descriptor_that_was_received_is_told_from_an_open()
    {
        var received = Denied with { Kind = GuardEventKind.FileDecision, Access = AccessKinds.Read, Args = [], Hook = 13 };
        var record = _enricher.ToRecord(received)!;
        Assert.Equal((AuditKinds.FileDenied, "received"), (record.Kind, record.Detail!["how"]));
        Assert.StartsWith("receipt of a descriptor (read) of /usr/bin/nc.traditional by ", record.Message, StringComparison.Ordinal);
        Assert.Null(_enricher.ToRecord(received with { Hook = 1 })!.Detail);
    }

    [Fact]
    public void An_open_names_its_access()
    {
        var record = _enricher.ToRecord(Denied with { Kind = GuardEventKind.FileDecision, Access = AccessKinds.Write | AccessKinds.Append, Args = [] })!;
        Assert.Equal(["write", "append"], record.File!.Access);
        Assert.StartsWith("write+append of ", record.Message, StringComparison.Ordinal);
        Assert.Null(record.Args);
    }

    [Theory]
    [InlineData(NetworkOperation.Connect, "connect.denied", "tcp connect to 192.0.2.1:443 by /bin/sh")]
    [InlineData(NetworkOperation.Send, "send.denied", "tcp send to 192.0.2.1:443 by /bin/sh")]
    [InlineData(NetworkOperation.Bind, "bind.denied", "tcp bind on 192.0.2.1:443 by /bin/sh")]
    [InlineData(NetworkOperation.Listen, "listen.denied", "tcp listen on 192.0.2.1:443 by /bin/sh")]
    public void An_operation_on_a_socket_says_where(NetworkOperation operation, string kind, string begin)
    {
        var record = _enricher.ToRecord(Socket(new RequestSocket(operation, 6, IPAddress.Parse("192.0.2.1"), 443)))!;
        Assert.Equal((kind, "EPERM"), (record.Kind, record.Errno));
        Assert.StartsWith(begin, record.Message, StringComparison.Ordinal);
        Assert.Null(record.File);
        Assert.Equal(("tcp", "ipv4"), (record.Network!.Protocol, record.Network.AddressFamily));
        var outgoing = operation is NetworkOperation.Connect or NetworkOperation.Send;
        Assert.Equal(("192.0.2.1", 443), outgoing
            ? (record.Network.DestinationIp, record.Network.DestinationPort)
            : (record.Network.SourceIp, record.Network.SourcePort));
        Assert.Null(outgoing ? record.Network.SourceIp : record.Network.DestinationIp);
    }

    [Fact]
    public void An_address_of_IPv6_stands_in_brackets_and_an_unknown_one_is_said_to_be()
    {
        var record = _enricher.ToRecord(Socket(new RequestSocket(NetworkOperation.Connect, 17, IPAddress.Parse("2001:db8::1"), 53)))!;
        Assert.Equal(("[2001:db8::1]:53", "ipv6"), (record.Network!.Endpoint, record.Network.AddressFamily));
        record = _enricher.ToRecord(Socket(new RequestSocket(NetworkOperation.Connect, 99, null, 53)))!;
        Assert.StartsWith("99 connect to an unknown address by ", record.Message, StringComparison.Ordinal);
        Assert.Equal((null, null, null), (record.Network!.DestinationIp, record.Network.DestinationPort, record.Network.AddressFamily));
    }

    [Theory]
    [InlineData(17, 0, "raw socket of packet for any by ")]
    [InlineData(10, 58, "raw socket of ipv6 for icmpv6 by ")]
    public void A_raw_socket_has_no_address(ushort family, ushort protocol, string begin)
    {
        var record = _enricher.ToRecord(Socket(new RequestSocket(NetworkOperation.Raw, protocol, null, 0) { Family = family }))!;
        Assert.Equal("raw.denied", record.Kind);
        Assert.StartsWith(begin, record.Message, StringComparison.Ordinal);
        Assert.Null(record.Network!.Endpoint);
    }

    private static GuardEvent Socket(RequestSocket socket) => Denied with
    {
        Kind = GuardEventKind.NetworkDecision,
        FileInode = 0,
        Path = default,
        Invoked = default,
        Args = [],
        Socket = socket,
    };

    [Theory]
    [InlineData(OperationKind.Mount, 5u, "/srv", "tmpfs", "mount (umount) of /srv by ", "MountAction=umount FilesystemType=tmpfs")]
    [InlineData(OperationKind.Module, 1u, "", "", "driver_load (memory) by ", "LoadedFrom=memory")]
    [InlineData(OperationKind.Signal, 9u, "", "/bin/x", "process_signal (SIGKILL) of /bin/x (pid 7) by ", "Signal=SIGKILL TargetPid=7 TargetImage=/bin/x")]
    [InlineData(OperationKind.Credentials, 0u, "", "", "process_credentials (33) by ", "CredentialType=user NewUid=33")]
    [InlineData(OperationKind.Credentials, 1u, "", "", "process_credentials (33) by ", "CredentialType=group NewGid=33")]
    [InlineData(OperationKind.Credentials, 2u, "", "", "process_credentials (groups) by ", "CredentialType=groups")]
    [InlineData(OperationKind.Capability, 21u, "", "", "capability_use (CAP_SYS_ADMIN) by ", "Capability=CAP_SYS_ADMIN")]
    [InlineData(OperationKind.Capability, 60u, "", "", "capability_use (60) by ", "Capability=60")]
    [InlineData(OperationKind.Namespace, 0u, "", "", "namespace by ", "")]
    [InlineData((OperationKind)31, 0u, "", "", "2031616 by ", "")]
    public void An_operation_is_told_in_the_words_of_rules(
        OperationKind kind, uint way, string path, string other, string sentence, string detail)
    {
        var record = _enricher.ToRecord(Denied with
        {
            Kind = GuardEventKind.OperationDecision,
            SystemOperation = OperationNumbers.Of(kind, way),
            Path = KernelText.FromString(path),
            Invoked = KernelText.FromString(other),
            FileInode = 0,
            TargetTgid = 7,
            TargetUid = 33,
            Args = [],
        })!;
        Assert.StartsWith(sentence, record.Message, StringComparison.Ordinal);
        Assert.Equal(detail, string.Join(' ', record.Detail!.Where(d => d.Key != "operation").Select(d => $"{d.Key}={d.Value}")));
        Assert.Null(record.File?.Invoked);
    }

    [Fact]
    public void A_file_reached_through_a_bind_mount_has_its_other_name()
    {
        var file = _enricher.ToRecord(Denied with
        {
            Kind = GuardEventKind.FileDecision,
            Path = KernelText.FromString("/mnt/secret"),
            Invoked = KernelText.FromString("/srv/secret"),
            Args = [],
        })!.File!;
        Assert.Equal(("/mnt/secret", "/srv/secret", null), (file.Path, file.OtherName, file.Invoked));
        Assert.Null(_enricher.ToRecord(Denied)!.File!.OtherName);
    }

    [Fact]
    public void An_engine_failure_names_hook_and_reason()
    {
        var record = _enricher.ToRecord(Denied with { Kind = GuardEventKind.Failure, Hook = 1, Reason = 2, Error = 0, Rules = [], Verdict = 0 })!;
        Assert.Equal((AuditKinds.EngineFailure, "allow", null), (record.Kind, record.Verdict, record.Errno));
        Assert.Equal(("file_open", "no_scratch"), (record.Detail!["hook"], record.Detail["reason"]));
        Assert.Null(record.Rule);
    }

    [Fact]
    public void A_path_that_is_not_UTF8_keeps_its_bytes()
    {
        var record = _enricher.ToRecord(Denied with { Path = new KernelText([(byte)'/', 0xff]) })!;
        Assert.Equal(("/\\xff", "L/8="), (record.File!.Path, record.File.PathRaw));
    }

    [Fact]
    public void A_name_cannot_break_the_line_of_the_sentence()
    {
        var record = _enricher.ToRecord(Denied with { Path = KernelText.FromString("/tmp/a\nb\u001b[2J") })!;
        Assert.Contains("/tmp/a\\x0ab\\x1b[2J", record.Message, StringComparison.Ordinal);
        Assert.Equal("/tmp/a\nb\u001b[2J", record.File!.Path);
    }

    [Fact]
    public void Facts_become_flags_and_unknown_bits_stay_visible()
    {
        var record = _enricher.ToRecord(Denied with { Flags = GuardEventFlags.Unknown | GuardEventFlags.ArgsTruncated | (GuardEventFlags)0x1000, ArgsTotal = 9999 })!;
        Assert.Equal(["unknown", "args_truncated", "flags_0x1000"], record.Flags);
        Assert.Equal("9999", record.Detail!["argsTotal"]);
    }

    [Fact]
    public void A_rule_of_a_generation_that_nobody_knows_is_still_named()
    {
        var record = _enricher.ToRecord(Denied with { Generation = 9 })!;
        Assert.Equal("unknown:9/0", record.Rule!.Id);
        Assert.Null(record.PolicyHash);
    }

    [Fact]
    public void An_event_of_zeros_and_odd_numbers_is_a_record_too()
    {
        Assert.NotNull(_enricher.ToRecord(new GuardEvent { Kind = GuardEventKind.ExecDecision }));
        var odd = new GuardEvent { Kind = GuardEventKind.Failure, TimeNs = ulong.MaxValue, StartNs = ulong.MaxValue, Hook = 99, Reason = 250, Verdict = 77, Error = -999, Tgid = -1, CgroupId = ulong.MaxValue, Rules = default, Args = default };
        Assert.Equal("errno_999", _enricher.ToRecord(odd)!.Errno);
    }

    [Fact]
    public void Observed_events_are_no_records_but_execs_are_traces()
    {
        var exec = Denied with { Kind = GuardEventKind.Exec, Image = default, Flags = GuardEventFlags.ArgsTruncated };
        _tree.Observe(new GuardEvent { Kind = GuardEventKind.Exec, ExecId = 7, Tgid = 100, Path = KernelText.FromString("/usr/sbin/nginx") });
        Assert.Null(_enricher.ToRecord(exec));
        Assert.Null(_enricher.ToTrace(Denied, 0));
        var trace = _enricher.ToTrace(exec, 4)!;
        Assert.Equal(("/usr/bin/nc.traditional", "/usr/bin/nc", "/usr/sbin/nginx", 4L, true), (trace.Process.Image, trace.Process.Invoked, trace.ParentImage, trace.Lost, trace.ArgsTruncated));
        Assert.Equal(["nc", "-e"], trace.Process.Args);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
