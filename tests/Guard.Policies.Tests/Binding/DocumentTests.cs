using System.Diagnostics;
using System.Text;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Xunit;
using Xunit.Abstractions;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>Documents that are no rules: filters, orders, lists.</summary>
public sealed class DocumentTests(ITestOutputHelper output)
{
    private const string A = "title: a\nid: 2f1ba2c4-6f86-4d2b-9b8f-6b9d6e5b4c3a\nlogsource: {product: linux, category: process_creation}\n"
        + "detection:\n    sel:\n        Image: /a\n    condition: sel\n---\n";

    private const string B = "title: b\nname: second\nlogsource: {product: linux, category: file_access}\n"
        + "detection:\n    sel:\n        TargetFilename: /b\n    condition: sel\n---\n";

    private const string Order = "title: o\nguard:\n    rules: [second, 2F1BA2C4-6F86-4D2B-9B8F-6B9D6E5B4C3A]\n    action: block\n    on_unknown: deny\n---\n";

    private const string Known = "sel:\n    Image: /opt/a\n    ParentImage: /opt/b\ncondition: sel";

    [Fact]
    public void An_order_about_a_rule_that_is_gone_is_named()
    {
        var rule = Exec("sel:\n    Image: /x\ncondition: sel");
        var order = "title: Enforce it\nguard:\n    rules: [5b1c2b3e-8a55-4a5d-9a52-6a2f6d9a1c11]\n    action: block\n";
        var finding = Assert.Single(Compile($"{rule}\n---\n{order}").Diagnostics);
        Assert.Equal(DiagnosticCatalogue.UnknownRule.Id, finding.Id);
        Assert.Equal("the bundle has no rule '5b1c2b3e-8a55-4a5d-9a52-6a2f6d9a1c11', which 'Enforce it' orders", finding.Message);
        Assert.Contains("its order goes with it", finding.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_is_anded_in_a_name_space_of_its_own()
    {
        var policy = Normalise(A + B + Filter("any", "product: linux"));
        Assert.All(policy.Rules, r => Assert.Equal(2, Assert.IsType<AndNode>(r.Condition).Operands.Length));
        Assert.All(policy.Rules, r => Assert.IsType<NotNode>(((AndNode)r.Condition).Operands[1]));
    }

    [Theory]
    [InlineData("[second]", "product: linux", 1)]
    [InlineData("[2f1ba2c4-6f86-4d2b-9b8f-6b9d6e5b4c3a, second]", "product: linux", 2)]
    [InlineData("any", "category: file_access", 1)]
    [InlineData("any", "product: linux, service: x", 0)]
    public void Filter_concerns_the_rules_that_it_names_and_whose_log_source_it_covers(string rules, string source, int expected)
    {
        var policy = Normalise(A + B + Filter(rules, source));
        Assert.Equal(expected, policy.Rules.Count(r => r.Condition is AndNode));
    }

    [Fact]
    public void Filter_with_a_field_that_the_rules_category_lacks_is_refused()
    {
        var filter = Filter("any", "product: linux").Replace("Uid: 5", "CurrentDirectory: /x", StringComparison.Ordinal);
        Assert.Single(Where(Compile(A + B + filter), DiagnosticCatalogue.FieldNotInCategory));
    }

    [Fact]
    public void Order_enforces_rules_by_id_and_name_wherever_it_is_written()
    {
        foreach (var text in new[] { A + B + Order, Order + A + B })
        {
            Assert.All(Normalise(text).Rules, r => Assert.Equal((RuleAction.Block, OnUnknown.Deny), (r.Action, r.OnUnknown)));
        }
    }

    [Fact]
    public void Equal_orders_agree_and_others_do_not()
    {
        Assert.False(Compile(A + B + Order + Order).HasErrors);
        var audit = Order.Replace("block", "audit", StringComparison.Ordinal);
        Assert.Equal(2, Where(Compile(A + B + Order + audit), DiagnosticCatalogue.ConflictingOrders).Count());
        var mapped = Order.Replace("deny", "deny\n    mapped: allow", StringComparison.Ordinal);
        Assert.NotEmpty(Where(Compile(A + B + Order + mapped), DiagnosticCatalogue.ConflictingOrders));
    }

    [Theory]
    [InlineData("", FailureOrder.NotSaid)]
    [InlineData("title: f\nguard: {failure: open}\n---\n", FailureOrder.Open)]
    [InlineData("title: f\nguard: {failure: closed}\n---\n", FailureOrder.Closed)]
    public void The_bundles_failure_mode_is_in_the_image_and_its_hash(string document, FailureOrder expected)
    {
        foreach (var text in new[] { document + A, A + document })
        {
            var result = Compile(text);
            Assert.Equal(expected, result.Normalised!.Failure);
            Assert.Equal(expected, result.Image!.Failure);
            Assert.Equal((uint)expected, ImageReader.Read(result.Image.Bytes).Header.Flags);
            Assert.Equal(expected == FailureOrder.NotSaid, result.Image.Hash == Compile(A).Image!.Hash);
            Assert.Equal(expected != FailureOrder.NotSaid, ImageListing.Write(result.Image).Contains($"\nfailure: {expected}\n", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("", "{action: block}", OnUnknown.Allow)]
    [InlineData("open", "{action: block}", OnUnknown.Allow)]
    [InlineData("closed", "{action: block}", OnUnknown.Deny)]
    [InlineData("closed", "{action: block, on_unknown: allow}", OnUnknown.Allow)]
    [InlineData("open", "{action: block, on_unknown: deny}", OnUnknown.Deny)]
    [InlineData("closed", "{action: audit}", OnUnknown.Allow)]
    [InlineData("closed", null, OnUnknown.Allow)]
    public void What_a_rule_that_blocks_does_not_know_the_bundle_says(string failure, string? guard, OnUnknown expected)
    {
        var document = failure.Length == 0 ? string.Empty : $"title: f\nguard: {{failure: {failure}}}\n";
        var rule = Exec(Known, guard is null ? string.Empty : $"guard: {guard}\n");
        Assert.Equal(expected, Assert.Single(Normalise($"{rule}\n---\n{document}").Rules).OnUnknown);
        Assert.Equal(expected, Assert.Single(Normalise($"{document}\n---\n{rule}").Rules).OnUnknown);
    }

    [Fact]
    public void An_order_heeds_the_failure_mode_too()
    {
        const string closed = "title: f\nguard: {failure: closed}\n---\n";
        var orders = Normalise(A + B + closed + "title: o\nguard: {rules: [second], action: block}\n").Rules;
        Assert.Equal([OnUnknown.Allow, OnUnknown.Deny], orders.Select(r => r.OnUnknown));
        orders = Normalise(A + B + closed + "title: o\nguard: {rules: [second], action: block, on_unknown: allow}\n").Rules;
        Assert.Equal([OnUnknown.Allow, OnUnknown.Allow], orders.Select(r => r.OnUnknown));
    }

    [Theory]
    [InlineData("open", "allow", true)]
    [InlineData("open", "deny", false)]
    [InlineData("closed", "deny", true)]
    [InlineData("closed", "allow", false)]
    public void Orders_agree_that_mean_the_same(string failure, string said, bool agree)
    {
        var rule = Exec(Known, "name: known\nguard: {action: block}\n");
        var order = $"title: o\nguard: {{rules: [known], action: block, on_unknown: {said}}}\n";
        var found = Compile($"{rule}\n---\n{order}---\ntitle: f\nguard: {{failure: {failure}}}\n").Diagnostics;
        Assert.Equal(agree, found.All(d => d.Id != DiagnosticCatalogue.ConflictingOrders.Id));
        Assert.Equal(agree, found.All(d => d.Severity != DiagnosticSeverity.Error));
    }

    [Fact]
    public void A_list_that_is_named_without_expand_is_an_error()
    {
        const string list = "\n---\ntitle: l\nguard: {list: tools, values: [nc, nmap]}\n";
        var found = Compile(Exec("sel:\n    Image|endswith: '/%tools%'\ncondition: sel") + list).Diagnostics;
        var error = Assert.Single(found, d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal((DiagnosticCatalogue.UnresolvedPlaceholder.Id, "p.yml(7,25)"), (error.Id, error.Span.ToString()));
        Assert.Contains("Image|endswith|expand", error.Hint, StringComparison.Ordinal);
        Assert.False(Compile(Exec("sel:\n    Image|endswith|expand: '/%tools%'\ncondition: sel") + list).HasErrors);
        Assert.False(Compile(Exec("sel:\n    Image|endswith: '/%others%'\n    User: root\ncondition: sel") + list).HasErrors);
    }

    [Fact]
    public void Hints_say_what_was_meant()
    {
        Assert.Equal("did you mean sel_*?", Assert.Single(Compile(Exec("sel_a:\n    Image: /a\ncondition: 1 of sel_")).Diagnostics).Hint);
        Assert.Contains("needs quotes", Assert.Single(Compile(Exec("sel:\n    Image: */nc\ncondition: sel")).Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_values_are_literal()
    {
        var rule = Exec("sel:\n    Image|contains|expand: '*/%l%?%l%'\ncondition: sel\n");
        var policy = Normalise(rule + "---\ntitle: l\nguard: {list: l, values: ['a*', b, 7]}\n");
        var patterns = ((TextAtom)Assert.Single(policy.Atoms)).Patterns;
        Assert.Equal(9, patterns.Length);
        Assert.Contains(patterns, p => p.Elements is [AnyRunElement, LiteralElement one, AnyCharacterElement, LiteralElement two, AnyRunElement]
            && Text(one) == "/a*" && Text(two) == "7");
    }

    [Fact]
    public void List_file_has_one_value_a_line()
    {
        var rule = Exec("sel:\n    Image|expand: '%l%'\ncondition: sel\n") + "---\ntitle: l\nguard: {list: l, file: l.txt}\n";
        PolicyFile[] files = [File(rule, "d/p.yml"), File("# no\n\n /a \r\n/b c\n", "d/l.txt")];
        var result = PolicyCompiler.Compile(files, new CompilerOptions());
        Assert.Empty(result.Diagnostics);
        Assert.Equal(["/a", "/b c"], ((TextAtom)result.Normalised!.Atoms[0]).Patterns.Select(p => Text((LiteralElement)p.Elements[0])));
    }

    [Fact]
    public void Hundred_thousand_values_are_one_atom_in_no_time()
    {
        var rule = Exec("sel:\n    Image|expand: '%l%'\ncondition: sel\n") + "---\n"
            + Exec("sel:\n    Image|expand: '%l%'\ncondition: sel\n") + "---\ntitle: l\nguard: {list: l, file: l.list}\n";
        var list = new StringBuilder();
        for (var i = 0; i < 100_000; i++)
        {
            list.Append(System.Globalization.CultureInfo.InvariantCulture, $"/opt/some/place/{i}/program\n");
        }

        PolicyFile[] files = [File(rule), File(list.ToString(), "l.list")];
        var bag = new DiagnosticBag();
        using var process = Process.GetCurrentProcess();
        var (watch, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        var policy = PolicyCompiler.Analyse(files, new CompilerOptions(), bag);
        process.Refresh();
        output.WriteLine($"two rules over 100,000 values: {watch.Elapsed}, processor {process.TotalProcessorTime - before}");
        Assert.False(bag.HasErrors);
        Assert.Equal(100_000, ((TextAtom)Assert.Single(policy!.Atoms)).Patterns.Length);
    }

    private static string Filter(string rules, string source)
        => $"title: f\nlogsource: {{{source}}}\nfilter:\n    rules: {rules}\n    sel:\n        Uid: 5\n    condition: not sel\n---\n";

    private static string Text(LiteralElement literal) => Encoding.UTF8.GetString(literal.Bytes.AsSpan());
}
