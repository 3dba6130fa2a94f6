using System.Collections.Immutable;
using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Ranges of numbers become a table in which every number belongs to one entry.</summary>
public sealed class NumberTests(ITestOutputHelper output)
{
    private static readonly SourceSpan Span = new("n.yml", 1, 1);

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(0u, uint.MaxValue)]
    [InlineData(5u, 9u)]
    public void Both_ends_of_a_range_belong_to_it(uint from, uint to)
    {
        var simulator = Simulator([[new NumberRange(from, to)]]);
        Assert.Equal([0], Held(simulator, from));
        Assert.Equal([0], Held(simulator, to));
        if (from > 0)
        {
            Assert.Empty(Held(simulator, from - 1));
        }

        if (to < uint.MaxValue)
        {
            Assert.Empty(Held(simulator, to + 1));
        }
    }

    [Fact]
    public void A_range_without_numbers_never_holds_and_takes_no_table()
    {
        var image = Compile([[]]);
        Assert.Equal(0u, ImageReader.Read(image.Bytes).Header.RangeCount[KernelAbi.NumberUid]);
        Assert.Empty(Held(new ImageSimulator(image), 0));
    }

    [Fact]
    public void A_user_and_a_login_user_are_told_apart()
    {
        var uid = new NumberAtom(PolicyField.User, Span, [new NumberRange(0, 0)]);
        var logon = new NumberAtom(PolicyField.LogonId, Span, [new NumberRange(uint.MaxValue, uint.MaxValue)]);
        var simulator = new ImageSimulator(ImageCompiler.Compile(new NormalisedPolicy([uid, logon], [])).Image!);
        var request = new DecisionRequest(RuleCategory.FileAccess) { Uid = 0, LogonId = uint.MaxValue };
        Assert.Equal([0, 1], simulator.Trace(request).Held.Select(h => h.Atom));
        Assert.Equal([0], simulator.Trace(request with { LogonId = 0 }).Held.Select(h => h.Atom));
        Assert.Equal([1], simulator.Trace(request with { Uid = 7 }).Held.Select(h => h.Atom));
    }

    [Fact]
    public void Random_ranges_hold_for_exactly_their_numbers()
    {
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var atoms = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Ranges(random)).ToList();
            var simulator = Simulator(atoms);
            var borders = atoms.SelectMany(a => a).SelectMany(r => new[] { r.From - 1, r.From, r.To, r.To + 1 });
            foreach (var number in borders.Append(0u).Append(uint.MaxValue))
            {
                var expected = Enumerable.Range(0, atoms.Count)
                    .Where(a => atoms[a].Any(r => r.From <= number && number <= r.To));
                Assert.True(expected.SequenceEqual(Held(simulator, number)), $"seed {seed}, round {round}: {number}");
            }
        }
    }

    private static ImmutableArray<NumberRange> Ranges(Random random)
    {
        var ranges = ImmutableArray.CreateBuilder<NumberRange>();
        long at = random.Next(3);
        while (random.Next(4) != 0 && at <= uint.MaxValue)
        {
            var to = random.Next(6) == 0 ? uint.MaxValue : Math.Min(uint.MaxValue, at + random.Next(4));
            ranges.Add(new NumberRange((uint)at, (uint)to));
            at = to + 2 + (random.Next(5) == 0 ? 4_000_000_000 : random.Next(4));
        }

        return ranges.ToImmutable();
    }

    private static PolicyImage Compile(IEnumerable<ImmutableArray<NumberRange>> atoms)
    {
        var policy = new NormalisedPolicy([.. atoms.Select(r => new NumberAtom(PolicyField.User, Span, r))], []);
        var compiled = ImageCompiler.Compile(policy);
        Assert.Empty(compiled.Diagnostics);
        return compiled.Image!;
    }

    private static ImageSimulator Simulator(IEnumerable<ImmutableArray<NumberRange>> atoms) => new(Compile(atoms));

    private static IEnumerable<int> Held(ImageSimulator simulator, uint uid)
        => simulator.Trace(new DecisionRequest(RuleCategory.FileAccess) { Uid = uid }).Held.Select(h => h.Atom);
}
