using System.Text;
using Guard.Engine.Enrichment;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Policy;
using Guard.Engine.Tests.Enrichment;
using Guard.Engine.Tests.Kernel;
using Guard.Policies;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Guard.Engine.Tests.Policy;

/// <summary>A push, and the start after one, with a slot of this kernel and no programs that read it.</summary>
public sealed class PolicyInForceTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "guard-in-force-" + Guid.NewGuid().ToString("N"));
    private readonly FakeProc _proc = new();
    private readonly KernelMaps _maps;
    private readonly List<PolicyInstaller> _installers = [];

    public PolicyInForceTests()
    {
        Native.SkipUnlessPermitted();
        using var example = Libbpf.CreateMap(MapType.Array, "example", 4, ImageBuffer.ValueBytes, 1);
        _maps = new KernelMaps(new Dictionary<string, FileDescriptorHandle>
        {
            ["images"] = Libbpf.CreateMap(MapType.ArrayOfMaps, "images", 4, 4, 1, example),
        });
    }

    public void Dispose()
    {
        _installers.ForEach(installer => installer.Dispose());
        _maps.Dispose();
        _proc.Dispose();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [SkippableFact]
    public void A_push_is_in_force_and_is_what_the_next_start_goes_on_with()
    {
        var outcome = Start().Push(Bundle("one"));
        Assert.True(outcome.Accepted);

        var next = Start();
        Assert.Equal(("one", false, null), (TitleIn(next), next.HasInstalled, next.Problem));
    }

    [SkippableFact]
    public void A_policy_that_is_in_force_but_can_not_be_kept_is_no_refusal()
    {
        var policy = Start();
        policy.Push(Bundle("one"));
        // A file can't be moved over a directory that is not empty.
        var current = Path.Combine(_directory, "current.json");
        File.Delete(current);
        Directory.CreateDirectory(Path.Combine(current, "something"));

        var outcome = policy.Push(Bundle("two"));

        Assert.Equal((true, "GP9005", "warning"), (outcome.Accepted, outcome.Findings[^1].Id, outcome.Findings[^1].Severity));
        Assert.Equal("two", TitleIn(policy));
        Assert.Contains("could not be kept", policy.Problem, StringComparison.Ordinal);

        Directory.Delete(current, recursive: true);
        var next = Start();
        Assert.Equal(("two", false, null), (TitleIn(next), next.HasInstalled, next.Problem));
    }

    [SkippableFact]
    public void What_the_kernel_refuses_leaves_what_was_in_force_and_its_file()
    {
        var policy = Start();
        policy.Push(Bundle("one"));
        Libbpf.Freeze(_maps.Images);

        var outcome = policy.Push(Bundle("two"));

        Assert.Equal((false, "GP9003"), (outcome.Accepted, outcome.Findings[0].Id));
        Assert.Equal("one", TitleIn(policy));
        Assert.False(File.Exists(Path.Combine(_directory, "next.json")));
        Assert.Equal("one", TitleIn(Start()));
    }

    [SkippableFact]
    public void What_can_not_be_written_is_not_put_in_force()
    {
        var policy = Start();
        policy.Push(Bundle("one"));
        Directory.CreateDirectory(Path.Combine(_directory, "next.json", "something"));

        var outcome = policy.Push(Bundle("two"));

        Assert.Equal((false, "GP9003"), (outcome.Accepted, outcome.Findings[0].Id));
        Assert.Equal("one", TitleIn(policy));
    }

    [SkippableFact]
    public void A_kept_policy_that_does_not_compile_any_more_leaves_what_is_in_force()
    {
        Start().Push(Bundle("one"));
        var inForce = Reader().ReadInForce()!;
        var kept = new PolicyFolder(_directory);
        kept.Prepare(new KeptPolicy(new PolicyBundle([new BundleFile("rule.yml", "title: ["u8.ToArray())]), "another", DateTimeOffset.UnixEpoch));
        kept.Commit();

        var next = Start();

        Assert.Contains("does not compile any more", next.Problem, StringComparison.Ordinal);
        Assert.Equal(inForce.Generation, Reader().ReadInForce()!.Generation);
        Assert.True(next.Push(Bundle("two")).Accepted);
        Assert.Null(next.Problem);
    }

    [SkippableFact]
    public void A_damaged_file_leaves_what_is_in_force()
    {
        Start().Push(Bundle("one"));
        var inForce = Reader().ReadInForce()!;
        File.WriteAllText(Path.Combine(_directory, "current.json"), "{");

        var next = Start();

        Assert.Contains("is damaged", next.Problem, StringComparison.Ordinal);
        Assert.Equal(inForce.Generation, Reader().ReadInForce()!.Generation);
    }

    [SkippableFact]
    public void A_push_that_a_boot_interrupted_is_named_until_the_next()
    {
        // This kernel has nothing yet, as after a boot.
        var kept = new PolicyFolder(_directory);
        kept.Prepare(new KeptPolicy(Bundle("one"), "one", DateTimeOffset.UnixEpoch));
        kept.Commit();
        kept.Prepare(new KeptPolicy(Bundle("two"), "two", DateTimeOffset.UnixEpoch));

        var booted = Start();
        Assert.Equal("one", TitleIn(booted));
        Assert.Contains("during the push of 1970-01-01 00:00:00Z", booted.Problem, StringComparison.Ordinal);
        var restarted = Start();
        Assert.Equal(("one", false), (TitleIn(restarted), restarted.HasInstalled));
        Assert.NotNull(restarted.Problem);

        Assert.True(restarted.Push(Bundle("two")).Accepted);
        Assert.Null(restarted.Problem);
        Assert.Null(Start().Problem);
    }

    private static string? TitleIn(PolicyInForce policy) => policy.Current?.UserRules.Single().Rule.Identity.Title;

    private static PolicyBundle Bundle(string title) => new([new BundleFile("rule.yml", Encoding.UTF8.GetBytes($$"""
        title: {{title}}
        id: 11111111-1111-4111-8111-111111111111
        logsource: {product: linux, category: file_access}
        detection: {selection: {TargetFilename: /srv/{{title}}}, condition: selection}
        guard: {action: block}
        """))]);

    private PolicyInstaller Reader()
    {
        var installer = new PolicyInstaller(_maps);
        _installers.Add(installer);
        return installer;
    }

    private PolicyInForce Start()
    {
        var policy = new PolicyInForce(
            new PolicyFolder(_directory),
            new GenerationNames(),
            new AccountNames(TimeProvider.System, Path.Combine(_proc.Root, "passwd")),
            new PolicyRules(new byte[16], SurvivalEntries.None),
            TimeProvider.System,
            NullLogger.Instance);
        policy.Recover(Reader());
        return policy;
    }
}
