using Guard.Policies.Compiling;
using Guard.Policies.Compiling.General;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Compiling.General;
using Xunit;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Patterns without a literal text share as few automata as the bound of states allows.</summary>
public sealed class GeneralGroupsTests
{
    private static readonly TextAtom Atom = new(PolicyField.CommandLine, new SourceSpan("e.yml", 1, 1), TextRoles.Command, []);

    [Fact]
    public void What_fits_together_is_one_group()
    {
        var groups = Groups(@"\s-[FTd]\s", "[ab]x?c", "[^/]{100,}$");
        var group = Assert.Single(groups);
        Assert.Equal(3, group.Entries.Count);
        Assert.NotNull(group.Automaton);
    }

    [Fact]
    public void What_does_not_is_shared_out_and_each_finds_what_is_its_own()
    {
        string[] expressions =
        [
            "(.){200,}", @"-(W|R)\s?(\s|')([0-9a-f]{2}\s?){2,20}(\s|')", @"\s-[^-\s]{0,20}i|\s--inode\s", "[xy]{3}z", @"\s-[FTd]\s",
        ];
        var groups = Groups(expressions);
        Assert.InRange(groups.Count, 2, 3);
        Assert.Equal(expressions.Length, groups.Sum(g => g.Entries.Count));
        string[] texts = [new string('a', 250), "x -W 'abcdef' ", "a -li", "_xyxz", "b -d c"];
        foreach (var group in groups)
        {
            Assert.InRange(group.Automaton!.States, 1, GeneralGroups.StatesMax);
            for (var i = 0; i < group.Entries.Count; i++)
            {
                var number = Array.FindIndex(expressions, e => group.Entries[i].Source.Key.EndsWith(e, StringComparison.Ordinal));
                for (var text = 0; text < texts.Length; text++)
                {
                    var found = DfaWalk.Matches(group.Automaton, System.Text.Encoding.UTF8.GetBytes(texts[text]), i);
                    Assert.True(found == (text == number), $"/{expressions[number]}/ on '{texts[text]}': {found}");
                }
            }
        }
    }

    [Fact]
    public void One_that_is_too_large_alone_is_a_group_without_an_automaton()
    {
        var groups = Groups("[xy]{3}z", "[ab].{11}[cd]");
        Assert.Contains(groups, g => g.Automaton is null && g.Entries.Count == 1);
        Assert.Contains(groups, g => g.Automaton is not null);
    }

    [Fact]
    public void Nothing_makes_no_group() => Assert.Empty(Groups());

    private static IReadOnlyList<GeneralGroup> Groups(params string[] expressions)
        => GeneralGroups.Of(expressions.Select(e => new GeneralEntry(GeneralPattern.Of(new RegexPattern(e, RegexFlags.None)), Atom)));
}
