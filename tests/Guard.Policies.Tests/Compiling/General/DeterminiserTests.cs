using System.Text;
using Guard.Policies.Compiling;
using Guard.Policies.Compiling.General;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>Automata are as small as they can be, also together, and stop at their bounds.</summary>
public sealed class DeterminiserTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("abc", 5)]
    [InlineData("a|a|[a]", 3)]
    [InlineData("(?:a|b)c|ac|bc", 4)]
    [InlineData("[0-9]{3}", 5)]
    [InlineData("foo.{1,50}bar", 700)]
    [InlineData("x.{1,200}", 300)]
    [InlineData("a.*b.*c.*d.*e.*f", 60)]
    [InlineData("(?s)a.*b.*c.*d.*e.*f", 60)]
    public void One_expression_has_no_more_states_than_it_needs(string expression, int most)
        => Assert.InRange(DfaWalk.Regex(expression).States, 1, most);

    [Fact]
    public void Rows_are_no_wider_than_the_expression_tells_bytes_apart()
        => Assert.Equal(4, DfaWalk.Regex("[a-z]0").Classes.Count);

    [Fact]
    public void Row_zero_keeps_every_state()
    {
        var dfa = DfaWalk.Regex(@"\ba[^é]|\d+$");
        for (var state = 0; state < dfa.States; state++)
        {
            Assert.Equal(0, dfa.Classes[0]);
            Assert.Equal(state, dfa.Next[state * dfa.Classes.Count]);
        }
    }

    [Fact]
    public void Many_expressions_together_do_not_remember_which_have_been_found()
    {
        var patterns = Enumerable.Range(0, 40).Select(n => Nfa($"[{(char)('a' + (n % 26))}x][0-9]?{n}")).ToList();
        var dfa = Determiniser.Run(patterns, GeneralGroups.StatesMax);
        Assert.NotNull(dfa);
        Assert.InRange(dfa.States, 1, 1000);
    }

    [Fact]
    public void Together_they_find_what_each_finds_alone()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomExpressions(seed);
        for (var round = 0; round < 40; round++)
        {
            var expressions = Enumerable.Range(0, 3).Select(_ => random.Expression(1)).ToArray();
            var alone = expressions.Select(e => DfaWalk.RegexIfSmall(e, RegexFlags.None)).ToArray();
            if (alone.Contains(null) || Determiniser.Run([.. expressions.Select(Nfa)], 16384) is not { } together)
            {
                continue;
            }

            for (var t = 0; t < 50; t++)
            {
                var text = random.Next(2) == 0 ? random.Bytes() : Encoding.UTF8.GetBytes(random.Text());
                for (var p = 0; p < alone.Length; p++)
                {
                    Assert.True(
                        DfaWalk.Matches(alone[p]!, text) == DfaWalk.Matches(together, text, p),
                        $"seed {seed}: {p} of {string.Join("   ", expressions)} on {Convert.ToHexString(text)}");
                }
            }
        }
    }

    [Fact]
    public void What_holds_for_every_text_is_in_the_list_for_the_start()
    {
        var lists = new ListPool();
        var table = DfaWalk.Regex("a*").ToTable(lists, [[7]]);
        Assert.Equal([7], lists[table.Start]);
        Assert.Equal(0, DfaWalk.Regex("a+").ToTable(lists, [[7]]).Start);
    }

    [Theory]
    [InlineData("(?:[ab][bc]){0,3}x.{40}y")]
    [InlineData("a[ab]{30}c")]
    public void More_states_than_allowed_give_no_automaton(string expression)
        => Assert.Null(DfaWalk.RegexIfSmall(expression, RegexFlags.None));

    [Theory]
    [InlineData("a{100000}")]
    [InlineData("a{2147483647}")]
    [InlineData("a{0,2147483647}")]
    [InlineData("((a{100}){100}){100}")]
    [InlineData(@"(?:\w{60}\W{60}){60}")]
    public void Counts_that_multiply_are_refused(string expression)
        => Assert.Null(DfaWalk.RegexIfSmall(expression, RegexFlags.None));

    [Theory]
    [InlineData("(){2147483647}a")]
    [InlineData("(^|$){1000000}a?")]
    [InlineData(@"((\b){9999}){9999,}")]
    public void Counts_of_places_do_not_multiply(string expression)
        => Assert.NotNull(DfaWalk.RegexIfSmall(expression, RegexFlags.None));

    [Fact]
    public void Groups_too_deep_are_refused()
    {
        var deep = new string('(', 3000) + "a" + new string(')', 3000);
        Assert.Throws<RegexSyntaxException>(() => DfaWalk.Regex(deep));
        Assert.NotNull(DfaWalk.Regex(new string('(', 150) + "a" + new string(')', 150)));
    }

    private static ByteNfa Nfa(string expression) => GeneralPattern.Of(new RegexPattern(expression, RegexFlags.None)).Nfa;

    [Theory]
    [InlineData("(.){5,}")]
    [InlineData("[ab]")]
    [InlineData("x?")]
    public void One_pattern_is_reported_once(string expression)
    {
        var dfa = Determiniser.Run([Nfa(expression)])!;
        var state = dfa.Anchored;
        var reported = dfa.Holds[state].Length;
        foreach (var value in "abababababababab"u8)
        {
            state = dfa.Next[(state * dfa.Classes.Count) + dfa.Classes[value]];
            reported += dfa.Holds[state].Length;
        }

        Assert.Equal(1, reported);
    }
}
