using System.Diagnostics;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;
using Xunit;
using Xunit.Abstractions;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests;

public sealed class NormalisationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sel", TextRoles.Image | TextRoles.Invoked)]
    [InlineData("not sel", TextRoles.Image)]
    [InlineData("not not sel", TextRoles.Image | TextRoles.Invoked)]
    [InlineData("not (not sel)", TextRoles.Image | TextRoles.Invoked)]
    [InlineData("not (1 of sel*)", TextRoles.Image)]
    public void Image_reads_the_invoked_name_only_in_positive_positions(string condition, TextRoles expected)
    {
        var policy = Normalise(Exec($"sel:\n    Image: /bin/x\ncondition: {condition}"));
        Assert.Equal(expected, Assert.IsType<TextAtom>(Assert.Single(policy.Atoms)).Roles);
    }

    [Theory]
    [InlineData("ParentImage", "sel", TextRoles.Parent | TextRoles.ParentInvoked)]
    [InlineData("ParentImage", "not sel", TextRoles.Parent)]
    [InlineData("ImageInvoked", "sel", TextRoles.Invoked)]
    [InlineData("ImageInvoked", "not sel", TextRoles.Invoked)]
    [InlineData("TargetFilename", "not sel", TextRoles.Target)]
    public void Roles_follow_field_and_negation(string field, string condition, TextRoles expected)
    {
        var policy = Normalise(FileAccess($"sel:\n    {field}: /bin/x\ncondition: {condition}"));
        Assert.Equal(expected, Assert.IsType<TextAtom>(Assert.Single(policy.Atoms)).Roles);
    }

    [Fact]
    public void One_identifier_in_both_positions_gives_two_atoms()
    {
        var policy = Normalise(Exec("a:\n    Image: /bin/x\nb:\n    Uid: 5\ncondition: (a and b) or (b and not a) or not b"));
        Assert.Equal(3, policy.Atoms.Length);
    }

    [Theory]
    [InlineData("not not a", "0")]
    [InlineData("not (not (not a))", "!0")]
    [InlineData("(a and (b and (c)))", "(0&1&2)")]
    [InlineData("a or (b or a)", "(0|1)")]
    [InlineData("a and not (b or not c)", "(0&!(1|!2))")]
    [InlineData("all of them", "(0&1&2)")]
    [InlineData("any of them and c", "((0|1|2)&2)")]
    public void Conditions_are_flat_and_without_double_negation(string condition, string expected)
    {
        var policy = Normalise(Exec($"a:\n    Uid: 1\nb:\n    Uid: 2\nc:\n    Uid: 3\ncondition: {condition}"));
        Assert.Equal(expected, Show(Assert.Single(policy.Rules).Condition));
    }

    [Fact]
    public void List_is_one_atom_and_all_is_one_atom_for_each_value()
    {
        var any = Normalise(Exec("a:\n    Image|contains: [x, y]\ncondition: a"));
        Assert.Equal(2, Assert.IsType<TextAtom>(Assert.Single(any.Atoms)).Patterns.Length);
        var all = Normalise(Exec("a:\n    Image|contains|all: [x, y]\ncondition: a"));
        Assert.Equal("(0&1)", Show(all.Rules[0].Condition));
    }

    [Fact]
    public void Equal_items_share_an_atom_across_rules_whatever_order_and_case()
    {
        var policy = Normalise(
            Exec("a:\n    Image: [/x, /Y]\ncondition: a\n") + "---\n" + Exec("a:\n    Image: [/y, /X, /x]\ncondition: a\n"));
        Assert.Single(policy.Atoms);
        var cased = Normalise(
            Exec("a:\n    Image|cased: /x\ncondition: a\n") + "---\n" + Exec("a:\n    Image|cased: /X\ncondition: a\n"));
        Assert.Equal(2, cased.Atoms.Length);
    }

    [Fact]
    public void User_is_the_uids_of_all_accounts_that_fit()
    {
        var accounts = new AccountSnapshot(new Dictionary<string, uint> { ["adm_b"] = 7, ["ADM_a"] = 5, ["x"] = 1, ["toor"] = 5 });
        var policy = Normalise(
            Exec("a:\n    User|startswith: adm_\ncondition: a"), new CompilerOptions { Accounts = accounts });
        var atom = Assert.IsType<NumberAtom>(Assert.Single(policy.Atoms));
        Assert.Equal((PolicyField.User, "5-5 7-7"), (atom.Field, string.Join(' ', atom.Ranges.Select(r => $"{r.From}-{r.To}"))));
    }

    [Fact]
    public void Access_is_one_set_of_kinds()
    {
        var policy = Normalise(FileAccess("a:\n    Access: [Read, TRUNCATE]\ncondition: a"));
        Assert.Equal(AccessKinds.Read | AccessKinds.Truncate, Assert.IsType<AccessAtom>(Assert.Single(policy.Atoms)).Kinds);
    }

    [Fact]
    public void What_a_mode_gives_are_kinds_of_access_and_none_that_write_means()
    {
        var policy = Normalise(FileAccess("a:\n    Access: [setid, Executable]\nb:\n    Access: write\ncondition: 1 of *"));
        Assert.Equal(
            [AccessKinds.Setid | AccessKinds.Executable, AccessKinds.Write | AccessKinds.Delete | AccessKinds.Rename | AccessKinds.Link],
            policy.Atoms.Cast<AccessAtom>().Select(a => a.Kinds).Order().Reverse());
    }

    [Fact]
    public void Properties_are_one_set_or_each_an_item_of_its_own()
    {
        var any = Normalise(Exec("a:\n    ImageProperties: [SetUID, memfd]\ncondition: a"));
        Assert.Equal(ImageProperties.Setuid | ImageProperties.Memfd, Assert.IsType<PropertyAtom>(Assert.Single(any.Atoms)).Properties);
        var all = Normalise(Exec("a:\n    ImageProperties|all: [script, unlinked]\ncondition: a"));
        Assert.Equal([ImageProperties.Script, ImageProperties.Unlinked], all.Atoms.Cast<PropertyAtom>().Select(a => a.Properties));
        Assert.IsType<AndNode>(all.Rules[0].Condition);
    }

    [Theory]
    [InlineData("", RuleAction.Audit, OnUnknown.Allow)]
    [InlineData("guard: {}", RuleAction.Audit, OnUnknown.Allow)]
    [InlineData("guard: {action: block}", RuleAction.Block, OnUnknown.Allow)]
    [InlineData("guard: {action: audit, on_unknown: deny}", RuleAction.Audit, OnUnknown.Deny)]
    public void Guard_block_says_what_happens(string guard, RuleAction action, OnUnknown onUnknown)
    {
        var rule = Assert.Single(Normalise(Exec("a:\n    Image: /x\ncondition: a", guard)).Rules);
        Assert.Equal((action, onUnknown), (rule.Action, rule.OnUnknown));
    }

    [Fact]
    public void Rule_without_id_is_named_after_file_and_number()
    {
        var text = Exec("a:\n    Image: /x\ncondition: a\n");
        Assert.Equal(["p.yml#1", "p.yml#2"], Normalise(text + "---\n---\n" + text).Rules.Select(r => r.Identity.Id));
    }

    [Fact]
    public void Order_of_files_changes_nothing()
    {
        var a = File(Exec("a:\n    Image: /x\ncondition: a"), "a.yml");
        var b = File(Exec("a:\n    Image: /y\ncondition: a"), "b.yml");
        var forth = PolicyCompiler.Compile([a, b], new CompilerOptions());
        var back = PolicyCompiler.Compile([b, a], new CompilerOptions());
        Assert.Equal(forth.Image!.Hash, back.Image!.Hash);
        Assert.Equal(forth.Normalised!.Rules.Select(r => r.Identity.Id), back.Normalised!.Rules.Select(r => r.Identity.Id));
    }

    [Fact]
    public void Self_test_rules_are_added_on_request()
    {
        var text = Exec("a:\n    Image: /x\ncondition: a");
        Assert.Single(Normalise(text).Rules);
        var rules = Normalise(text, new CompilerOptions { IncludeSelfTest = true }).Rules;
        Assert.Equal([SelfTestRules.OpenId, SelfTestRules.ExecId], rules.Where(r => r.Identity.BuiltIn).Select(r => r.Identity.Id));
    }

    [Fact]
    public void Bundle_without_files_is_empty_on_purpose_only_with_the_self_test()
    {
        var empty = PolicyCompiler.Compile([], new CompilerOptions { IncludeSelfTest = true });
        Assert.Equal(2, empty.Normalised!.Rules.Length);
        Assert.NotNull(empty.Image);
        Assert.Empty(empty.Diagnostics);
        Assert.NotEmpty(Where(PolicyCompiler.Compile([], new CompilerOptions()), DiagnosticCatalogue.NoRules));
        var comment = PolicyCompiler.Compile([File("# nothing")], new CompilerOptions { IncludeSelfTest = true });
        Assert.NotEmpty(Where(comment, DiagnosticCatalogue.NoRules));
    }

    [Fact]
    public void Condition_that_multiplies_its_parts_is_refused()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 500; i++)
        {
            text.Append($"s{i}:\n    Uid: {i}\n");
        }

        text.Append("condition: ").AppendJoin(" or ", Enumerable.Repeat("(1 of s* or 1 of *)", 700));
        Assert.NotEmpty(Where(Compile(Exec(text.ToString())), DiagnosticCatalogue.ConditionTooLarge));
    }

    [Fact]
    public void Ten_thousand_rules_are_normalised_in_no_time()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
        {
            text.Append("---\n").Append(Exec($"a:\n    Image|endswith: [/n{i}, /m{i % 100}]\nb:\n    Uid: {i % 50}\ncondition: a and not b\n"));
        }

        var bag = new DiagnosticBag();
        var watch = Stopwatch.StartNew();
        var documents = YamlBundleReader.Read([File(text.ToString())], new CompilerOptions(), bag);
        var yaml = watch.Elapsed;
        var rules = BundleBinder.BindAll(documents, new CompilerOptions(), bag).Rules;
        var bound = watch.Elapsed - yaml;
        watch.Restart();
        var policy = Normalisation.Run(rules, new CompilerOptions(), bag).Policy;
        output.WriteLine($"{policy.Atoms.Length} atoms; YAML {yaml}, binding {bound}, normalising {watch.Elapsed}");
        Assert.Equal(10_050, policy.Atoms.Length);
    }

    private static string Show(ConditionNode node) => node switch
    {
        AtomNode atom => $"{atom.Atom}",
        NotNode not => "!" + Show(not.Operand),
        AndNode and => $"({string.Join('&', and.Operands.Select(Show))})",
        OrNode or => $"({string.Join('|', or.Operands.Select(Show))})",
        ConstantNode constant => $"{constant.Value}",
        _ => "?",
    };
}
