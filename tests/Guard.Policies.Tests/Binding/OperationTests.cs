using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>Rules about operations that are neither on a file's name nor on a socket: from their words to a decision.</summary>
public sealed class OperationTests
{
    private const string Block = "guard: {action: block}";

    [Theory]
    [InlineData("driver_load", "ImageLoaded: /m/a.ko", "file", true)]
    [InlineData("driver_load", "ImageLoaded: /m/b.ko", "file", false)]
    [InlineData("driver_load", "LoadedFrom: memory", "file", false)]
    [InlineData("driver_load", "LoadedFrom: memory", "memory", true)]
    [InlineData("kexec_load", "LoadedFrom: [file, memory]", "memory", true)]
    [InlineData("mount", "MountAction: Bind", "bind", true)]
    [InlineData("mount", "MountAction|neq: bind", "bind", false)]
    [InlineData("mount", "MountAction|neq: bind", "umount", true)]
    [InlineData("mount", "FilesystemType: TMPFS", "new", true)]
    [InlineData("mount", "TargetFilename|startswith: /m/", "move", true)]
    [InlineData("bpf", "BpfCommand: BPF_LINK_DETACH", "link_detach", true)]
    [InlineData("bpf", "BpfCommand: [prog_load, 34]", "LINK_DETACH", true)]
    [InlineData("bpf", "BpfCommand: PROG_LOAD", "LINK_DETACH", false)]
    [InlineData("namespace", "Image: /bin/x", null, true)]
    [InlineData("process_access", "TargetImage: /bin/target", "attach", true)]
    [InlineData("process_access", "SourceImage: /bin/x", "read", true)]
    [InlineData("process_access", "GrantedAccess: attach", "read", false)]
    [InlineData("process_signal", "Signal: sigkill", "9", true)]
    [InlineData("process_signal", "Signal: [TERM, 40]", "40", true)]
    [InlineData("process_signal", "TargetImage|endswith: /x", "9", false)]
    [InlineData("process_credentials", "NewUid|gte: 1000", null, true)]
    [InlineData("process_credentials", "NewUid: 0", null, false)]
    [InlineData("process_credentials", "NewUid: 1000", "group", false)]
    [InlineData("process_credentials", "NewGid: 1000", "group", true)]
    [InlineData("process_credentials", "NewGid: 1000", "user", false)]
    [InlineData("process_credentials", "NewGid|neq: 33", "user", false)]
    [InlineData("process_credentials", "NewGid|neq: 33", "group", true)]
    [InlineData("process_credentials", "NewUid|gt: 5", "group", false)]
    [InlineData("process_credentials", "CredentialType: group", "group", true)]
    [InlineData("process_credentials", "CredentialType: group", "user", false)]
    [InlineData("process_credentials", "Image: /bin/x", "group", true)]
    [InlineData("process_credentials", "CredentialType: groups", "groups", true)]
    [InlineData("process_credentials", "CredentialType: groups", "group", false)]
    [InlineData("process_credentials", "NewGid: 1000", "groups", false)]
    [InlineData("process_credentials", "Image: /bin/x", "groups", true)]
    [InlineData("capability_use", "Capability: CAP_NET_RAW", "net_raw", true)]
    [InlineData("capability_use", "Capability: [sys_module, Sys_Rawio]", "CAP_SYS_RAWIO", true)]
    [InlineData("capability_use", "Capability: SYS_MODULE", "CAP_SYS_RAWIO", false)]
    [InlineData("capability_use", "Capability: 63", "63", true)]
    [InlineData("capability_use", "Capability|neq: CHOWN", "CHOWN", false)]
    [InlineData("capability_use", "Capability|neq: CHOWN", "BPF", true)]
    [InlineData("capability_use", "Image: /bin/x", "CHECKPOINT_RESTORE", true)]
    public void A_rule_means_its_operation_in_its_ways(string category, string item, string? way, bool refused)
    {
        var options = new CompilerOptions { AllowLockOut = true };
        var image = Compile(Rule(category, $"sel:\n    {item}\ncondition: sel", Block), options).Image;
        Assert.NotNull(image);
        var simulator = new ImageSimulator(image);
        Assert.Equal(refused, simulator.Decide(Request(category, way)).Verdict == Verdict.Block);
        // The same way of another operation is another thing.
        var others = OperationNames.LogSources.Where(s => s != category).Select(s => Request(s, null));
        Assert.DoesNotContain(others, r => simulator.Decide(r).Verdict == Verdict.Block);
    }

    [Theory]
    [InlineData("bpf", "TargetFilename: /x")]
    [InlineData("mount", "TargetImage: /x")]
    [InlineData("process_signal", "GrantedAccess: read")]
    [InlineData("file_access", "MountAction: bind")]
    public void A_field_of_another_operation_is_refused(string category, string item)
        => Assert.Single(Where(
            Compile(Rule(category, $"sel:\n    {item}\ncondition: sel")), DiagnosticCatalogue.FieldNotInCategory));

    [Theory]
    [InlineData("mount", "MountAction: binds")]
    [InlineData("bpf", "BpfCommand: 65536")]
    [InlineData("process_signal", "Signal: SIGNOTHING")]
    [InlineData("driver_load", "LoadedFrom: 1")]
    [InlineData("capability_use", "Capability: CAP_FLY")]
    [InlineData("capability_use", "Capability: 64")]
    public void A_value_that_is_none_is_refused(string category, string item)
        => Assert.Single(Where(
            Compile(Rule(category, $"sel:\n    {item}\ncondition: sel")), DiagnosticCatalogue.BadOperationValue));

    [Theory]
    [InlineData("bpf", "Image|startswith: /usr/")]
    [InlineData("bpf", "User: root")]
    [InlineData("process_signal", "TargetImage: /usr/lib/guard/guardd")]
    [InlineData("process_credentials", "NewUid: 0")]
    [InlineData("process_credentials", "NewGid: 0")]
    [InlineData("process_credentials", "CredentialType: groups")]
    [InlineData("capability_use", "Capability: CAP_BPF")]
    [InlineData("capability_use", "Image: /usr/sbin/sshd")]
    [InlineData("mount", "User: root")]
    public void What_survival_needs_is_not_refused(string category, string item)
        => Assert.NotEmpty(Where(
            Compile(Rule(category, $"sel:\n    {item}\ncondition: sel", Block)), DiagnosticCatalogue.LockOut));

    [Theory]
    [InlineData("bpf", "User: root", "Image: /usr/lib/guard/guardd")]
    [InlineData("process_signal", "TargetImage: /usr/lib/guard/guardd", "Image: /usr/lib/systemd/systemd")]
    public void But_for_who_is_excepted(string category, string item, string exception)
        => Assert.False(Compile(Rule(
            category, $"sel:\n    {item}\nfilter:\n    {exception}\ncondition: sel and not filter", Block)).HasErrors);

    [Fact]
    public void An_image_names_the_operations_that_rules_are_about()
    {
        var text = string.Join("\n---\n", Rule("mount", "sel:\n    User: root\ncondition: sel"), Rule("bpf", "sel:\n    Image: /bin/x\ncondition: sel", Block));
        var header = ImageReader.Read(Compile(text).Image!.Bytes).Header;
        Assert.Equal((1u << (int)OperationKind.Mount) | (1u << (int)OperationKind.Bpf), header.Operations);
        Assert.Equal(1u << (int)OperationKind.Bpf, header.OperationsRefused);
        Assert.Equal(0u, ImageReader.Read(Compile(Exec("sel:\n    Image: /bin/x\ncondition: sel")).Image!.Bytes).Header.Operations);
    }

    [Theory]
    [InlineData("sel:\n    Capability: [SYS_MODULE, BPF]\ncondition: sel", 1UL << 16 | 1UL << 39)]
    [InlineData("sel:\n    Capability: SYS_MODULE\n    Image: /bin/x\ncondition: sel", 1UL << 16)]
    [InlineData("sel:\n    Image: /bin/x\nthese:\n    Capability: CHOWN\ncondition: sel and not these", ulong.MaxValue - 1)]
    [InlineData("sel:\n    Image: /bin/x\ncondition: sel", ulong.MaxValue)]
    public void An_image_names_the_capabilities_that_a_rule_can_hold_for(string detection, ulong expected)
    {
        var header = ImageReader.Read(Compile(Rule("capability_use", detection)).Image!.Bytes).Header;
        Assert.Equal(expected, header.Capabilities[0] | (ulong)header.Capabilities[1] << 32);
        Assert.Equal(1u << (int)OperationKind.Capability, header.Operations);
    }

    [Fact]
    public void No_capability_is_asked_about_by_rules_on_other_operations()
    {
        var header = ImageReader.Read(Compile(Rule("mount", "sel:\n    Image: /bin/x\ncondition: sel")).Image!.Bytes).Header;
        Assert.Equal(0u, header.Capabilities[0] | header.Capabilities[1]);
    }

    [Fact]
    public void What_is_not_known_is_left_to_on_unknown()
    {
        var rule = Rule("driver_load", "sel:\n    ImageLoaded: /m/a.ko\ncondition: sel", "guard: {action: block, on_unknown: deny}");
        var request = Request("driver_load", "memory") with { Target = RequestText.Absent };
        var decision = new ImageSimulator(Compile(rule).Image!).Decide(request);
        Assert.Equal((Verdict.Block, true), (decision.Verdict, decision.FromUnknown));
    }

    [Fact]
    public void Every_number_of_an_operation_has_words_that_mean_it()
    {
        foreach (var source in OperationVocabulary.LogSources)
        {
            var field = source.Fields.FirstOrDefault(OperationVocabulary.IsWay);
            foreach (var word in field is null ? [] : OperationVocabulary.WordsOf(field))
            {
                var number = OperationNames.Read(source.Name, word)!.Value;
                var names = OperationNames.Of(number)!;
                Assert.Equal((source.Name, field), (names.LogSource, names.WayField));
                Assert.Equal(number, OperationNames.Read(source.Name, names.Way));
            }
        }

        Assert.Null(OperationNames.Of(uint.MaxValue));
    }

    private static DecisionRequest Request(string logSource, string? way) => new(RuleCategory.Operation)
    {
        Image = Text("/bin/x"),
        Invoked = Text("/bin/x"),
        CommandLine = Text("x"),
        ParentImage = Text("/bin/parent"),
        ParentInvoked = Text("/bin/parent"),
        ParentCommandLine = Text("parent"),
        Target = Text("/m/a.ko"),
        Object = Text("tmpfs"),
        TargetImage = Text("/bin/target"),
        SystemOperation = OperationNames.Read(logSource, way)!.Value,
        NewId = 1000,
    };

    private static RequestText Text(string text) => RequestText.Complete(Encoding.UTF8.GetBytes(text));
}
