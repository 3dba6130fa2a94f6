using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Compiling.General;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>Automata of text patterns say what matching by hand says.</summary>
public sealed class PatternNfaTests(ITestOutputHelper output)
{
    private static readonly byte[] Bytes = [0x61, 0x41, 0x62, 0x2f, 0xc3, 0xa9, 0x80, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xff];

    [Fact]
    public void Random_patterns_match_what_they_are_defined_to()
    {
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        var hits = 0;
        for (var i = 0; i < 3000; i++)
        {
            var pattern = RandomPattern(random);
            var dfa = Determiniser.Run([PatternNfa.Build(pattern)])!;
            var factors = LiteralFactors.Of(pattern);
            for (var t = 0; t < 30; t++)
            {
                var text = RandomBytes(random, 8);
                var expected = NaiveMatcher.Matches(pattern, RequestText.Whole(text));
                hits += expected ? 1 : 0;
                var shown = $"seed {seed}: {string.Join(' ', pattern.Elements.Select(Shown))} {pattern.CaseSensitive} on {Convert.ToHexString(text)}";
                Assert.True(expected == DfaWalk.Matches(dfa, text), shown);
                Assert.True(expected || !PatternMatcher.IsMatch(pattern, text), shown);
                Assert.True(!expected || factors.IsEmpty || factors.Any(f => Folded(text).AsSpan().IndexOf(f) >= 0), shown);
                if (pattern.Elements is [AnyRunElement, ..])
                {
                    Assert.True(expected == DfaWalk.Matches(dfa, text, 0, floating: true), shown);
                }
                else
                {
                    Assert.False(DfaWalk.Matches(dfa, text, 0, floating: true), shown);
                }
            }
        }

        output.WriteLine($"{hits} hits");
        Assert.InRange(hits, 2000, 80_000);
    }

    [Theory]
    [InlineData("é", "É", true)]
    [InlineData("É", "é", true)]
    [InlineData("σ", "ς", true)]
    [InlineData("ß", "ẞ", false)]
    [InlineData("ß", "ss", false)]
    [InlineData("k", "\u212A", false)]
    [InlineData("\u212A", "k", false)]
    [InlineData("s", "ſ", false)]
    [InlineData("i", "ı", false)]
    [InlineData("ı", "I", false)]
    [InlineData("µ", "μ", true)]
    [InlineData("aÉb", "AéB", true)]
    [InlineData("𐐀", "𐐨", true)]
    [InlineData("@[", "`{", false)]
    public void Letters_compare_as_ordinal_ignoring_case(string value, string text, bool expected)
    {
        var pattern = new TextPattern([new LiteralElement([.. Encoding.UTF8.GetBytes(value)])], false);
        Assert.Equal(expected, string.Equals(value, text, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(expected, DfaWalk.Matches(Determiniser.Run([PatternNfa.Build(pattern)])!, text));
    }

    [Theory]
    [InlineData("aÉbcd", false, "bcd")]
    [InlineData("aÉbcd", true, "aÉbcd")]
    [InlineData("ABC", true, "abc")]
    [InlineData("日本", false, "日本")]
    [InlineData("É", false, null)]
    public void A_factor_has_no_letter_whose_cases_the_literals_do_not_fold(string value, bool cased, string? factor)
    {
        var factors = LiteralFactors.Of(new TextPattern([new LiteralElement([.. Encoding.UTF8.GetBytes(value)])], cased));
        Assert.Equal(factor is null ? [] : new[] { factor }, factors.Select(f => Encoding.UTF8.GetString(f)));
    }

    [Fact]
    public void Many_runs_stay_small_before_they_are_minimised()
    {
        var elements = new List<PatternElement> { new AnyRunElement() };
        for (var i = 0; i < 40; i++)
        {
            elements.AddRange([new LiteralElement([(byte)('a' + (i % 3)), (byte)'x', (byte)'a']), new AnyCharacterElement(), new AnyRunElement()]);
        }

        Assert.NotNull(Determiniser.Run([PatternNfa.Build(new TextPattern([.. elements], true))]));
    }

    private static string Shown(PatternElement element) => element switch
    {
        LiteralElement literal => Convert.ToHexString(literal.Bytes.AsSpan()),
        AnyRunElement => "*",
        _ => "?",
    };

    private static byte[] RandomBytes(Random random, int most)
        => [.. Enumerable.Range(0, random.Next(most)).Select(_ => Bytes[random.Next(Bytes.Length)])];

    private static TextPattern RandomPattern(Random random)
    {
        var elements = ImmutableArray.CreateBuilder<PatternElement>();
        for (var count = random.Next(6); count > 0; count--)
        {
            PatternElement next = random.Next(3) switch
            {
                0 => new AnyRunElement(),
                1 => new AnyCharacterElement(),
                _ => new LiteralElement(RandomLiteral(random)),
            };
            if (next is AnyCharacterElement || elements.Count == 0 || elements[^1].GetType() != next.GetType())
            {
                elements.Add(next);
            }
        }

        return new TextPattern(elements.ToImmutable(), random.Next(2) == 0);
    }

    /// <summary>No whole letter beyond ASCII with two cases, which the matcher does not fold.</summary>
    private static ImmutableArray<byte> RandomLiteral(Random random)
    {
        var bytes = RandomBytes(random, 3);
        return bytes.Length == 0 || bytes.AsSpan().IndexOf("é"u8) >= 0 ? [0x61] : [.. bytes];
    }

    private static byte[] Folded(byte[] text) => Array.ConvertAll(text, b => b is >= 65 and <= 90 ? (byte)(b + 32) : b);
}
