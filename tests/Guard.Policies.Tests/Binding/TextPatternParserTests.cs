using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Oracle;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Binding;

public sealed class TextPatternParserTests(ITestOutputHelper output)
{
    /// <summary>Literals between quotes, other elements as they are.</summary>
    [Theory]
    [InlineData(@"", "")]
    [InlineData(@"abc", "'abc'")]
    [InlineData(@"*", "*")]
    [InlineData(@"***", "*")]
    [InlineData(@"a*b?c", "'a'*'b'?'c'")]
    [InlineData(@"*?", "?*")]
    [InlineData(@"?*?", "??*")]
    [InlineData(@"a*?*b", "'a'?*'b'")]
    [InlineData(@"\*", "'*'")]
    [InlineData(@"\?", "'?'")]
    [InlineData(@"\\", @"'\'")]
    [InlineData(@"\\*", @"'\'*")]
    [InlineData(@"\\\*", @"'\*'")]
    [InlineData(@"\\\", @"'\\'")]
    [InlineData(@"\\\\", @"'\\'")]
    [InlineData(@"a\b", @"'a\b'")]
    [InlineData(@"\", @"'\'")]
    [InlineData(@"a.[0-9]+$", "'a.[0-9]+$'")]
    public void Value_has_these_elements(string value, string expected)
        => Assert.Equal(expected, Show(TextPatternParser.Parse(value, Placement.Whole, false)));

    [Theory]
    [InlineData(@"dir\", "Contains", @"*'dir\'*")]
    [InlineData(@"dir\", "StartsWith", @"'dir\'*")]
    [InlineData(@"", "Contains", "*")]
    [InlineData(@"a", "EndsWith", "*'a'")]
    [InlineData(@"*a", "EndsWith", "*'a'")]
    [InlineData(@"?a", "Contains", "?*'a'*")]
    public void Wildcards_of_modifiers_are_added_after_parsing(string value, string placement, string expected)
        => Assert.Equal(expected, Show(TextPatternParser.Parse(value, Enum.Parse<Placement>(placement), false)));

    [Fact]
    public void Fast_matcher_and_specification_agree()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var matches = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var value = Random(random, ["a", "B", "*", "?", "é", "/", @"\*", "@", "`"]);
            var pattern = TextPatternParser.Parse(value, (Placement)random.Next(4), random.Next(2) == 0);
            var text = RandomBytes(random);
            var expected = NaiveEvaluator.Matches(pattern, text);
            matches += expected ? 1 : 0;
            Assert.True(
                expected == PatternMatcher.IsMatch(pattern, text),
                $"seed {seed}, turn {i}: {Show(pattern)} over {Convert.ToHexString(text)}");
        }

        output.WriteLine($"seed {seed}: {matches} matches");
        Assert.True(matches > 1000);
    }

    private static string Random(Random random, string[] pieces)
        => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]));

    private static byte[] RandomBytes(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Random(random, ["a", "A", "b", "é", "É", "/", "*", "@", "`", "日"])).ToList();
        if (random.Next(4) == 0)
        {
            bytes.Insert(random.Next(bytes.Count + 1), (byte)random.Next(0x80, 0x100));
        }

        return [.. bytes];
    }

    private static string Show(TextPattern pattern) => string.Concat(pattern.Elements.Select(e => e switch
    {
        LiteralElement literal => $"'{Encoding.UTF8.GetString([.. literal.Bytes])}'",
        AnyRunElement => "*",
        _ => "?",
    }));
}
