using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Compiling.General;
using Xunit;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>The classes are .NET's, for every character that .NET sees as one.</summary>
public sealed class CharacterClassTests
{
    [Theory]
    [InlineData(@"\w")]
    [InlineData(@"\s")]
    [InlineData(@"\d")]
    [InlineData(@"\p{L}")]
    [InlineData(@"\p{Lo}")]
    [InlineData(@"\p{Mc}")]
    [InlineData(@"\p{P}")]
    [InlineData(@"\p{Cs}")]
    [InlineData(@"\p{Cn}")]
    [InlineData(@"\p{C}")]
    [InlineData(@"\p{Z}")]
    [InlineData(@"\p{IsGreek}")]
    [InlineData(@"\p{IsCombiningDiacriticalMarks}")]
    [InlineData(@"(?i)\p{Lu}")]
    [InlineData(@"(?i)[^\p{Lt}]")]
    [InlineData(@"(?i)[a-z]")]
    [InlineData(@"(?i)[\u00c0-\u2fff]")]
    public void A_class_holds_what_dotnet_holds_in_it(string expression)
    {
        var dotnet = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        var tree = RegexParser.Parse(expression, default);
        var set = Flat(tree);
        for (var c = 0; c <= char.MaxValue; c++)
        {
            Assert.True(dotnet.IsMatch([(char)c]) == set.Contains(c), $"{expression} on U+{c:X4}");
        }
    }

    [Fact]
    public void Letters_have_the_cases_that_dotnets_expressions_give_them()
    {
        var all = new string([.. Enumerable.Range(0, 0x10000).Select(c => (char)c)]);
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var set = CharacterClasses.IgnoringCase(RuneSet.Of(c, c));
            var (lower, upper) = (char.ToLowerInvariant((char)c), char.ToUpperInvariant((char)c));
            if (set.Ranges is [(var from, var to)] && from == to && lower == c && upper == c)
            {
                continue;
            }

            var dotnet = new Regex($@"\u{c:X4}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            var expected = RuneSet.Of(dotnet.EnumerateMatchesOf(all).Select(at => (at, at)));
            Assert.True(expected.Equals(set), $"U+{c:X4}");
        }
    }

    [Fact]
    public void Letters_of_values_have_the_cases_that_ordinal_comparison_gives_them()
    {
        for (var c = 0x80; c < 0x20000; c++)
        {
            if (!Rune.TryCreate(c, out var rune))
            {
                continue;
            }

            var set = CharacterClasses.IgnoringCase(c);
            Rune[] others = [Rune.ToLowerInvariant(rune), Rune.ToUpperInvariant(rune), new('k'), new('s'), new('i')];
            foreach (var other in others.Concat(set.Ranges.SelectMany(r => new Rune[] { new(r.From), new(r.To) })))
            {
                var equal = string.Equals(rune.ToString(), other.ToString(), StringComparison.OrdinalIgnoreCase);
                Assert.True(equal == set.Contains(other.Value), $"U+{c:X4} and U+{other.Value:X4}");
            }
        }
    }

    [Fact]
    public void No_letter_beyond_the_first_two_planes_has_a_case()
    {
        for (var c = 0x20000; c <= 0x10ffff; c++)
        {
            var rune = new Rune(c);
            Assert.True(Rune.ToLowerInvariant(rune) == rune && Rune.ToUpperInvariant(rune) == rune, $"U+{c:X}");
        }
    }

    private static RuneSet Flat(RegexNode node) => node switch
    {
        SetNode set => set.Set,
        SequenceNode { Parts: var parts } => Flat(parts.Single(p => p is not SequenceNode { Parts: [] })),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };
}
