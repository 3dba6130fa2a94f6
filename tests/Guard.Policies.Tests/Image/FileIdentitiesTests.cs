using System.Runtime.InteropServices;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;

namespace Guard.Policies.Tests.Image;

public sealed class FileIdentitiesTests
{
    private const string Rules = """
        title: Named
        id: 11111111-1111-4111-8111-111111111111
        logsource: {product: linux, category: file_access}
        detection:
            selection: {TargetFilename: [/srv/a, /srv/b]}
            filter: {TargetFilename: /srv/excluded}
            pattern: {TargetFilename|startswith: /srv/prefix}
            condition: (selection or pattern) and not filter
        guard: {action: block}
        ---
        title: Other
        id: 11111111-1111-4111-8111-111111111112
        logsource: {product: linux, category: file_access}
        detection:
            selection: {TargetFilename: /srv/c}
            condition: selection
        """;

    private static readonly FileKey One = new(12, 8 << 20 | 1, 77);
    private readonly PolicyImage _image = PolicyText.Compile(Rules).Image!;

    [Fact]
    public void Only_files_that_are_named_and_not_excluded_are_asked_for()
        => Assert.Equal(["/srv/a", "/srv/b", "/srv/c"], _image.NamedFiles.Select(f => f.Path));

    [Fact]
    public void A_file_is_met_under_another_name()
    {
        var image = Bind(("/srv/a", One));
        Assert.Equal(Verdict.Block, Decide(image, "/tmp/other", One).Verdict);
        Assert.Equal(Verdict.Allow, Decide(image, "/tmp/other", One with { Generation = 78 }).Verdict);
        Assert.Equal(Verdict.Allow, Decide(image, "/tmp/other", One with { Device = 1 }).Verdict);
        Assert.Equal(Verdict.Allow, Decide(image, "/tmp/other", null).Verdict);
        Assert.Equal(Verdict.Block, Decide(image, "/srv/a", null).Verdict);
    }

    [Fact]
    public void A_file_that_two_rules_name_differently_is_both()
    {
        var image = Bind(("/srv/a", One), ("/srv/c", One));
        var decision = Decide(image, "/tmp/other", One);
        Assert.Equal(2, decision.Rules.Length);
    }

    [Fact]
    public void Two_names_of_one_item_are_one_entry()
    {
        var view = ImageReader.Read(Bind(("/srv/a", One), ("/srv/b", One)).Bytes);
        Assert.Equal(1u, view.Header.IdentityCount);
    }

    [Fact]
    public void The_name_of_the_policy_stays_and_the_hash_of_the_bytes_changes()
    {
        var bound = Bind(("/srv/a", One));
        Assert.Equal(_image.PolicyHash, bound.PolicyHash);
        Assert.NotEqual(_image.Hash, bound.Hash);
        Assert.Equal(_image.Hash, FileIdentities.Bind(bound, _ => null, out _).Hash);
    }

    [Fact]
    public void Long_lists_are_of_names()
    {
        var values = string.Join(", ", Enumerable.Range(0, 65).Select(i => $"/srv/{i}"));
        var image = PolicyText.Compile(Rules.Replace("[/srv/a, /srv/b]", $"[{values}]", StringComparison.Ordinal)).Image!;
        Assert.Equal(["/srv/c"], image.NamedFiles.Select(f => f.Path));
    }

    [Theory]
    [InlineData("reach")]
    [InlineData("list")]
    [InlineData("count")]
    [InlineData("buckets")]
    public void Damage_is_refused(string what)
    {
        var bytes = Bind(("/srv/a", One)).Bytes.ToArray();
        ref var header = ref MemoryMarshal.AsRef<GuardImageHeader>(bytes.AsSpan());
        var buckets = MemoryMarshal.Cast<byte, GuardIdentity>(bytes.AsSpan((int)header.IdentitiesOff))[..(int)header.IdentityBuckets];
        ref var entry = ref buckets[buckets.ToArray().AsSpan().IndexOfAnyExcept(default(GuardIdentity))];
        switch (what)
        {
            case "reach":
                entry.Inode++;
                entry.Generation += 2;
                break;
            case "list":
                entry.List = 4;
                break;
            case "count":
                header.IdentityCount++;
                break;
            default:
                header.IdentityBuckets--;
                break;
        }

        ImageReader.HashOf(bytes).CopyTo(header.Sha256);
        Assert.Throws<InvalidImageException>(() => ImageReader.Read(bytes));
    }

    private static Decision Decide(PolicyImage image, string path, FileKey? file)
        => new ImageSimulator(image).Decide(new DecisionRequest(RuleCategory.FileAccess)
        {
            Image = RequestText.Of("/bin/cat"),
            Invoked = RequestText.Of("cat"),
            Target = RequestText.Of(path),
            TargetFile = file,
            Access = AccessKinds.Read,
        });

    private PolicyImage Bind(params (string Path, FileKey Key)[] files)
    {
        var known = files.ToDictionary(f => f.Path, f => f.Key);
        var bound = FileIdentities.Bind(_image, path => known.TryGetValue(path, out var key) ? key : null, out var left);
        Assert.Empty(left);
        return bound;
    }
}
