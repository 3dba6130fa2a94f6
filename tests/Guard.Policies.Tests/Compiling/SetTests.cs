using System.Diagnostics;
using System.Globalization;
using System.Text;
using Guard.Policies.Compiling;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Long lists of whole values are looked up, and mean what each of their values means alone.</summary>
public sealed class SetTests(ITestOutputHelper output)
{
    private readonly PolicyBuilder _builder = new();

    [Theory]
    [InlineData(PatternLowering.SetFrom, 0)]
    [InlineData(PatternLowering.SetFrom + 1, PatternLowering.SetFrom + 1)]
    public void Only_long_lists_become_a_set(int values, int inSet)
    {
        _builder.File(_builder.Target([.. Enumerable.Range(0, values).Select(n => $"/srv/{n}"), "/tmp/*"]));
        var view = ImageReader.Read(_builder.Image().Bytes);
        Assert.Equal(inSet, (int)view.Sets[KernelAbi.TextTarget].EntryCount);
        Assert.Equal(Verdict.Block, Open("/SRV/7").Verdict);
        Assert.Equal(Verdict.Block, Open("/tmp/7").Verdict);
        Assert.Equal(Verdict.Allow, Open("/srv/70000").Verdict);
    }

    [Fact]
    public void Equal_values_of_several_lists_share_an_entry_and_hold_for_each()
    {
        var first = _builder.Target([.. Enumerable.Range(0, 100).Select(n => $"/srv/{n}")]);
        var second = _builder.Target([.. Enumerable.Range(50, 100).Select(n => $"/SRV/{n}")]);
        _builder.File(first, RuleAction.Audit).File(second, RuleAction.Audit);
        Assert.Equal(150u, ImageReader.Read(_builder.Image().Bytes).Sets[KernelAbi.TextTarget].EntryCount);
        Assert.Equal([0], Open("/srv/0").Rules.ToArray());
        Assert.Equal([0, 1], Open("/srv/99").Rules.ToArray());
        Assert.Equal([1], Open("/srv/149").Rules.ToArray());
    }

    [Fact]
    public void The_end_of_a_path_is_no_value_and_what_is_missing_is_unknown()
    {
        _builder.File(
            _builder.Target([.. Enumerable.Range(0, 100).Select(n => $"/srv/{n}")]), RuleAction.Block, OnUnknown.Deny);
        var cut = new ImageSimulator(_builder.Image())
            .Decide(Request with { Target = RequestText.Truncated("/srv/7"u8.ToArray()) });
        Assert.True(cut.FromUnknown);
        Assert.Equal(Verdict.Allow, Open("/x").Verdict);
    }

    [Fact]
    public void Values_of_every_length_are_found_and_others_are_not()
    {
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        string Value() => "/" + string.Concat(
            Enumerable.Range(0, random.Next(40)).Select(_ => "abcXYZ@`[{0€é"[random.Next(12)]));
        var values = Enumerable.Range(0, 3000).Select(_ => Value()).ToHashSet();
        _builder.File(_builder.Target([.. values]));
        var simulator = new ImageSimulator(_builder.Image());
        var folded = values.Select(Fold).ToHashSet();
        foreach (var text in values.SelectMany(v => new[] { v, Fold(v), v + "a", v[..^1], Value() }))
        {
            var found = simulator.Decide(Request with { Target = RequestText.Of(text) }).Verdict == Verdict.Block;
            Assert.True(folded.Contains(Fold(text)) == found, $"seed {seed}: {text}");
        }
    }

    [Fact]
    public void The_hash_is_the_one_that_the_contract_describes()
    {
        const ulong A = 0x9E3779B97F4A7C15, B = 0xC2B2AE3D27D4EB4F;
        var random = new Random(TestSeed.Next(output));
        for (var length = 0; length <= 70; length++)
        {
            var text = new byte[length];
            random.NextBytes(text);
            var padded = new byte[(length + 7) / 8 * 8];
            for (var i = 0; i < length; i++)
            {
                padded[i] = text[i] is >= 65 and <= 90 ? (byte)(text[i] + 32) : text[i];
            }

            unchecked
            {
                ulong h0 = 11 ^ ((ulong)length * A), h1 = 22 + (ulong)length;
                for (var at = 0; at < padded.Length; at += 8)
                {
                    var word = BitConverter.ToUInt64(padded, at);
                    h0 = (h0 ^ word) * A;
                    h0 ^= h0 >> 32;
                    h1 = (h1 + word) * B;
                    h1 ^= h1 >> 29;
                }

                h0 *= B;
                h0 ^= h0 >> 32;
                Assert.Equal((h0, h1), SetHash.Of(text, 11, 22));
            }
        }
    }

    [Fact]
    public void Arguments_are_never_looked_up_whole_because_they_are_read_in_parts()
    {
        var values = Enumerable.Range(0, 100).Select(n => PolicyBuilder.Pattern($"run {n}"));
        var atom = new TextAtom(
            PolicyField.CommandLine, new("a.yml", 1, 1), TextRoles.Command, [.. values]);
        var compiled = ImageCompiler.Compile(new NormalisedPolicy([atom], []));
        Assert.Equal(0u, ImageReader.Read(compiled.Image!.Bytes).Sets[KernelAbi.TextCommand].BucketsOff);
    }

    [Fact]
    public void A_hundred_thousand_values_compile_to_the_same_bytes_every_time()
    {
        _builder.File(_builder.Target([.. Enumerable.Range(0, 100_000).Select(n => $"/usr/share/files/{n * 7919}/data")]));
        var policy = _builder.Build();
        var watch = Stopwatch.StartNew();
        var image = ImageCompiler.Compile(policy).Image!;
        output.WriteLine($"compiled in {watch.ElapsedMilliseconds} ms, {image.Bytes.Length} bytes");
        Assert.Equal(image.Hash, ImageCompiler.Compile(policy).Image!.Hash);
        var simulator = new ImageSimulator(image);
        Assert.Equal(Verdict.Block, Decide(simulator, $"/usr/share/files/{99_999 * 7919}/data"));
        Assert.Equal(Verdict.Allow, Decide(simulator, "/usr/share/files/1/data"));
    }

    /// <summary>Values that differ in few places, which a hash must not put into few buckets.</summary>
    [Theory]
    [InlineData("/srv/data/{0:d6}")]
    [InlineData("/srv/www/vhosts/{0:d8}")]
    [InlineData("{0:x8}00000000000000000000000000000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000000000000000000000000000000{0:x8}")]
    [InlineData("/{0:x8}/index.html")]
    public void Values_that_are_counted_up_take_no_more_room_than_others(string format)
    {
        const int Count = 100_000;
        _builder.File(_builder.Target([.. Enumerable.Range(0, Count).Select(n => string.Format(CultureInfo.InvariantCulture, format, n))]));
        Assert.InRange(_builder.Image().Bytes.Length, 1, 13_000_000);
        Assert.Equal(Verdict.Block, Open(string.Format(CultureInfo.InvariantCulture, format, Count - 1)).Verdict);
    }

    /// <summary>Who knows a public list still can't look for a name that collides with one of its values.</summary>
    [Fact]
    public void A_secret_changes_the_key_and_neither_the_answers_nor_the_name_of_the_policy()
    {
        _builder.File(_builder.Target([.. Enumerable.Range(0, 500).Select(n => $"/usr/share/files/{n}")]));
        var policy = _builder.Build();
        PolicyImage Compile(string secret) => ImageCompiler.Compile(policy, Encoding.UTF8.GetBytes(secret)).Image!;
        var (plain, one, other) = (Compile(string.Empty), Compile("one"), Compile("other"));
        Assert.Equal(3, new[] { plain, one, other }.Select(i => ImageReader.Read(i.Bytes).Header.SetKey[0]).Distinct().Count());
        Assert.Equal(3, new[] { plain.Hash, one.Hash, other.Hash }.Distinct().Count());
        Assert.Equal(plain.Hash, plain.PolicyHash);
        Assert.All([one, other], image => Assert.Equal(plain.Hash, image.PolicyHash));
        Assert.Equal(one.Hash, Compile("one").Hash);
        Assert.All([plain, one, other], image =>
        {
            Assert.Equal(Verdict.Block, Decide(new ImageSimulator(image), "/usr/share/files/499"));
            Assert.Equal(Verdict.Allow, Decide(new ImageSimulator(image), "/usr/share/files/500"));
        });
    }

    [Fact]
    public void Without_long_lists_a_secret_changes_nothing()
    {
        _builder.File(_builder.Target("/etc/shadow"));
        var policy = _builder.Build();
        Assert.Equal(ImageCompiler.Compile(policy).Image!.Hash, ImageCompiler.Compile(policy, "s"u8).Image!.Hash);
    }

    private static DecisionRequest Request { get; } = new(RuleCategory.FileAccess)
    {
        Image = RequestText.Of("/bin/cat"),
        Invoked = RequestText.Of("cat"),
        CommandLine = RequestText.Of("cat"),
        ParentImage = RequestText.Of("/bin/sh"),
        ParentInvoked = RequestText.Of("sh"),
        ParentCommandLine = RequestText.Of("sh"),
    };

    private static string Fold(string text)
        => Encoding.Latin1.GetString(ByteClasses.Fold([.. Encoding.UTF8.GetBytes(text)]));

    private static Verdict Decide(ImageSimulator simulator, string target)
        => simulator.Decide(Request with { Target = RequestText.Of(target) }).Verdict;

    private Decision Open(string target)
        => new ImageSimulator(_builder.Image()).Decide(Request with { Target = RequestText.Of(target) });
}
