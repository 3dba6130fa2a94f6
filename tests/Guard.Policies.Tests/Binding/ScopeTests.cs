using System.Text;
using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Oracle;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>What a scope means: for places, by the naive evaluator and by the tables.</summary>
public sealed class ScopeTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Sel = "sel:\n    Image: /bin/x\ncondition: sel";

    private static readonly CompilerOptions Options = new()
    {
        Accounts = new AccountSnapshot(new Dictionary<string, uint> { ["root"] = 0, ["www"] = 33 })
        {
            GidByName = new Dictionary<string, uint> { ["root"] = 0, ["adm"] = 4 },
        },
    };

    [Theory]
    [InlineData("unit: nginx.service", "/system.slice/nginx.service", true)]
    [InlineData("unit: nginx.service", "/system.slice/nginx.service/worker/1", true)]
    [InlineData("unit: nginx.service", "/system.slice/system-web.slice/nginx.service", true)]
    [InlineData("unit: nginx.service", "/system.slice/nginx.service2", false)]
    [InlineData("unit: nginx.service", "/system.slice/xnginx.service", false)]
    [InlineData("unit: nginx.service", "/system.slice/Nginx.service", false)]
    [InlineData("unit: nginx.service", "/user.slice/user-7.slice/user@7.service/nginx.service", false)]
    [InlineData("unit: nginx.service", "/system.slice/x.service/nginx.service", false)]
    [InlineData("unit: nginx.service", "/nginx.service", true)]
    [InlineData("unit: nginx.service", "/", false)]
    [InlineData("unit: memory.service", "/system.slice/_memory.service", true)]
    [InlineData("unit: [a.service, 'php*.service']", "/system.slice/php8.2-fpm.service", true)]
    [InlineData("unit: 'php*.service'", "/system.slice/php/x.service", false)]
    [InlineData("unit: 'getty@tty?.service'", "/system.slice/system-getty.slice/getty@tty1.service", true)]
    [InlineData("unit: init.scope", "/init.scope", true)]
    [InlineData("unit: user.slice", "/user.slice/user-7.slice/session-1.scope", true)]
    [InlineData("cgroup: /a", "/a", true)]
    [InlineData("cgroup: /a", "/a/b", true)]
    [InlineData("cgroup: /a", "/ab", false)]
    [InlineData("cgroup: '/a/*.slice'", "/a/b/c.slice/d", true)]
    [InlineData("cgroup: '/a*'", "/abc/d", true)]
    [InlineData("cgroup: /a", "/A", false)]
    [InlineData("container: any", "/system.slice/docker-" + Id + ".scope", true)]
    [InlineData("container: any", "/docker/" + Id, true)]
    [InlineData("container: any", "/machine.slice/libpod-" + Id + ".scope/container", true)]
    [InlineData("container: any", "/machine.slice/libpod-conmon-" + Id + ".scope", false)]
    [InlineData("container: any", "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + Id + ".scope", true)]
    [InlineData("container: any", "/kubepods/burstable/pod1/" + Id, true)]
    [InlineData("container: any", "/kubepods/pod1/" + Id, true)]
    [InlineData("container: any", "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + Id, true)]
    [InlineData("container: any", "/lxc.payload.web", true)]
    [InlineData("container: any", "/system.slice/docker.service", false)]
    [InlineData("container: any", "/user.slice/user-7.slice/user@7.service/user.slice/libpod-" + Id + ".scope", false)]
    [InlineData("container: 0123456789ab", "/system.slice/docker-" + Id + ".scope/x", true)]
    [InlineData("container: " + Id, "/system.slice/crio-" + Id + ".scope", true)]
    [InlineData("container: 0123456789ac", "/system.slice/docker-" + Id + ".scope", false)]
    [InlineData("container: 123456789abc", "/system.slice/docker-" + Id + ".scope", false)]
    [InlineData("container: lxc:web", "/lxc.payload.web/system.slice", true)]
    [InlineData("container: lxc:web", "/lxc/web", true)]
    [InlineData("container: lxc:web", "/lxc.payload.web2", false)]
    [InlineData("not: {unit: nginx.service}", "/system.slice/nginx.service", false)]
    [InlineData("not: {unit: nginx.service}", "/user.slice/user-7.slice/user@7.service/nginx.service", true)]
    [InlineData("not: {unit: nginx.service, cgroup: /a}", "/a/b", false)]
    [InlineData("unit: user.slice, not: {cgroup: '/user.slice/user-7.slice'}", "/user.slice/user-7.slice", false)]
    [InlineData("unit: user.slice, not: {cgroup: '/user.slice/user-7.slice'}", "/user.slice/user-8.slice", true)]
    public void A_cgroup_is_in_a_scope_or_not(string scope, string cgroup, bool expected)
        => AssertMeans(scope, new Place(cgroup, 0, 0, 0, 0), expected);

    [Theory]
    [InlineData("user: [www, 1000]", 33, 0, 0, 0, true)]
    [InlineData("user: [www, 1000]", 1000, 0, 0, 0, true)]
    [InlineData("user: www", 0, 33, 0, 0, false)]
    [InlineData("group: adm", 0, 0, 4, 0, true)]
    [InlineData("group: [5, adm]", 0, 0, 5, 0, true)]
    [InlineData("group: adm", 4, 0, 0, 0, false)]
    [InlineData("login_user: [www, unset]", 0, 33, 0, 0, true)]
    [InlineData("login_user: unset", 0, uint.MaxValue, 0, 0, true)]
    [InlineData("login_user: unset", 0, 33, 0, 0, false)]
    [InlineData("mount_namespace: host", 0, 0, 0, 0, true)]
    [InlineData("mount_namespace: host", 0, 0, 0, 4026532000, false)]
    [InlineData("mount_namespace: other", 0, 0, 0, 4026532000, true)]
    [InlineData("mount_namespace: 4026532000", 0, 0, 0, 4026532000, true)]
    [InlineData("not: {user: root, group: adm}", 5, 0, 4, 0, false)]
    [InlineData("not: {user: root, group: adm}", 5, 0, 5, 0, true)]
    [InlineData("user: www, group: adm", 33, 0, 5, 0, false)]
    public void A_number_is_in_a_scope_or_not(string scope, uint uid, uint login, uint group, uint space, bool expected)
        => AssertMeans(scope, new Place("/", uid, login, group, space), expected);

    [Theory]
    [InlineData("SystemdUnit: NGINX.service", "/system.slice/nginx.service", true)]
    [InlineData("SystemdUnit: nginx*", "/system.slice/nginx.service", true)]
    [InlineData("SystemdUnit|neq: nginx.service", "/system.slice/nginx.service", false)]
    [InlineData("ContainerId: '*'", "/docker/" + Id, true)]
    [InlineData("ContainerId: 0123456789ab", "/docker/" + Id, true)]
    [InlineData("CgroupPath|startswith: /docker/", "/docker/" + Id, true)]
    [InlineData("CgroupPath: /docker", "/docker/" + Id, false)]
    [InlineData("Group: adm", "/", false)]
    [InlineData("Gid|lt: 1", "/", true)]
    [InlineData("MountNamespace: host", "/", true)]
    public void Detections_say_the_same_with_fields(string item, string cgroup, bool expected)
        => AssertMeans(
            Exec($"sel:\n    Image: /bin/x\n    {item}\ncondition: sel", "guard: {action: block}"),
            new Place(cgroup, 0, 0, 0, 0),
            expected,
            whole: true);

    [Fact]
    public void A_place_that_is_not_known_leaves_it_to_on_unknown()
    {
        var simulator = Simulator(Exec(Sel, "guard: {action: block, on_unknown: deny, scope: {unit: a.service}}"));
        var request = new DecisionRequest(RuleCategory.ProcessCreation) { Image = RequestText.Of("/bin/x"), Invoked = RequestText.Of("/bin/x") };
        Assert.True(simulator.Decide(request).FromUnknown);
        var cut = RequestText.Truncated(Encoding.UTF8.GetBytes("/deep/down"));
        Assert.True(simulator.Decide(request with { Cgroup = cut }).FromUnknown);
        Assert.Equal(Verdict.Allow, simulator.Decide(request with { Cgroup = RequestText.Of("/deep/down") }).Verdict);
    }

    [Fact]
    public void An_order_brings_a_scope_along()
    {
        var text = Exec(Sel) + "name: a\n---\ntitle: o\nguard:\n  rules: [a]\n  action: block\n  scope: {unit: a.service}\n";
        var policy = Check([File(text)], Options).Normalised!;
        Assert.Equal(PolicyField.CgroupPath, policy.Atoms[0].Field);
        Assert.IsType<AndNode>(policy.Rules[0].Condition);
    }

    [Fact]
    public void Events_are_tried_without_the_scope()
    {
        var text = Exec(Sel, "guard: {scope: {unit: a.service, group: nobody_here}}");
        var result = Check([File(text)], new CompilerOptions { Domain = PolicyDomain.Events });
        Assert.Empty(result.Diagnostics);
        Assert.Single(result.Normalised!.Atoms);
    }

    [Fact]
    public void A_scope_is_no_trigger_where_something_better_is()
    {
        var text = FileAccess(
            "sel:\n    TargetFilename: /x\ncondition: sel", "guard: {action: block, scope: {unit: a.service, user: root}}");
        var policy = Check([File(text)], Options).Normalised!;
        var triggers = new TriggerChooser(policy).Choose(policy.Rules[0], RuleCategory.FileAccess);
        Assert.Equal(PolicyField.TargetFilename, policy.Atoms[Assert.Single(triggers!)].Field);
    }

    [Fact]
    public void A_scope_keeps_the_survival_set_out_of_reach()
    {
        const string bash = "sel:\n    Image|endswith: /bash\ncondition: sel";
        Assert.DoesNotContain(Ids(bash, "unit: nginx.service"), id => id == DiagnosticCatalogue.LockOut.Id);
        Assert.DoesNotContain(Ids(bash, "container: any"), id => id == DiagnosticCatalogue.LockOut.Id);
        Assert.DoesNotContain(Ids(bash, "mount_namespace: other"), id => id == DiagnosticCatalogue.LockOut.Id);
        Assert.Contains(Ids(bash, "not: {unit: nginx.service}"), id => id == DiagnosticCatalogue.LockOut.Id);
        Assert.Contains(Ids(bash, "unit: user.slice"), id => id == DiagnosticCatalogue.LockOut.Id);
        Assert.Contains(Ids(bash, "mount_namespace: host, group: root"), id => id == DiagnosticCatalogue.LockOut.Id);
    }

    private static IEnumerable<string> Ids(string detection, string scope)
        => Check([File(Exec(detection, $"guard: {{action: block, scope: {{{scope}}}}}"))], Options).Diagnostics.Select(d => d.Id);

    private static ImageSimulator Simulator(string text)
    {
        var compiled = PolicyCompiler.Compile([File(text)], Options);
        Assert.Empty(compiled.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        return new ImageSimulator(compiled.Image!);
    }

    private static void AssertMeans(string scope, Place place, bool expected, bool whole = false)
    {
        var text = whole ? scope : Exec(Sel, $"guard: {{action: block, scope: {{{scope}}}}}");
        var image = "/bin/x"u8.ToArray();
        var naive = NaiveEvaluator.MatchingRules(
            Check([File(text)], Options).Normalised!,
            new OracleRequest
            {
                Category = RuleCategory.ProcessCreation,
                ImagePath = image,
                InvokedPath = image,
                Uid = place.Uid,
                LogonId = place.Login,
                Group = place.Group,
                MountNamespace = place.Namespace,
                Cgroup = Encoding.UTF8.GetBytes(place.Cgroup),
            });
        Assert.Equal(expected, naive.Count > 0);
        var decision = Simulator(text).Decide(new DecisionRequest(RuleCategory.ProcessCreation)
        {
            Image = RequestText.Complete(image),
            Invoked = RequestText.Complete(image),
            Uid = place.Uid,
            LogonId = place.Login,
            Group = place.Group,
            MountNamespace = place.Namespace,
            Cgroup = RequestText.Of(place.Cgroup),
        });
        Assert.Equal(expected, decision.Verdict == Verdict.Block);
    }

    private sealed record Place(string Cgroup, uint Uid, uint Login, uint Group, uint Namespace);
}
