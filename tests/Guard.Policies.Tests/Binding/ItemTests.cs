using System.Text;
using System.Text.Json;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Oracle;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>What items mean beyond the shared cases: one item over one event, one item in the kernel.</summary>
public sealed class ItemTests
{
    [Theory]
    [InlineData("A: 'Größe'", "gRÖSSE", false)]
    [InlineData("A: 'GRÖSSE'", "grösse", true)]
    [InlineData("A|contains: 'ÄRGER*x'", "der ärger und x.", true)]
    [InlineData("A|contains: 'ÄRGER'", "arger", false)]
    [InlineData("A|startswith: 'Секрет'", "сЕкРеТно", true)]
    [InlineData("A|endswith: 'Секрет'", "сЕкРеТно", false)]
    [InlineData("A|cased: 'É'", "é", false)]
    [InlineData("A: 'k'", "\u212A", false)]
    [InlineData("A: \"a\\0b\"", "a\0B", true)]
    [InlineData("A|wide|contains: ping", "xp\0i\0n\0g\0", true)]
    [InlineData("A|windash|contains: ' -a /b'", "x \u2014A -b", true)]
    [InlineData("A|windash|contains: 'x-a'", "x/a", false)]
    [InlineData("A|base64offset|contains|all: [ab, cd]", "YWJjZA==", true)]
    [InlineData("A|re|i: '^ab$'", "AB\n", false)]
    [InlineData("A|neq: [x, y]", "z", true)]
    [InlineData("A|neq: [x, y]", "Y", false)]
    [InlineData("B|neq: [x, y]", "", true)]
    [InlineData("A|neq: null", "x", true)]
    [InlineData("B|neq: null", "x", false)]
    [InlineData("B|exists: false", "x", true)]
    [InlineData("A|exists: false", "x", false)]
    [InlineData("A|cidr: 'fe80::/10'", "FE80::1", true)]
    [InlineData("A|cidr: '::1'", "0:0:0:0:0:0:0:1", true)]
    [InlineData("A|cidr: '0.0.0.0/0'", "10", false)]
    [InlineData("A|cidr|neq: ['10.0.0.0/8', '192.168.0.0/16']", "192.168.3.4", false)]
    [InlineData("A|gte|all: [5, 7]", "6", false)]
    [InlineData("A|day: 31", "2024-05-31T00:00:00+05:00", true)]
    [InlineData("Image: x", "", false, "{\"ImageInvoked\":\"x\"}", true)]
    [InlineData("Image|neq: x", "", false, "{\"ImageInvoked\":\"x\"}", true)]
    [InlineData("'|re': 'a[0-9]'", "", false, "{\"q\":{\"r\":[\"a7\"]}}", true)]
    [InlineData("'|all': [a, 7]", "", false, "{\"q\":\"A\",\"r\":[17]}", true)]
    public void Item_over_an_event(string item, string value, bool expected, string? json = null, bool? other = null)
    {
        var text = Exec($"sel:\n    {item}\ncondition: sel");
        var result = Check([File(text)], new CompilerOptions { Domain = PolicyDomain.Events });
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        var @event = json ?? JsonSerializer.Serialize(new Dictionary<string, string> { ["A"] = value });
        using var document = JsonDocument.Parse(@event);
        var matches = NaiveEventEvaluator.MatchingRules(result.Normalised!, document.RootElement).Count > 0;
        Assert.Equal(other ?? expected, matches);
    }

    [Theory]
    [InlineData("Uid: [5, 6, 9]", "5-6 9-9")]
    [InlineData("Uid|gt: 999", "1000-4294967295")]
    [InlineData("Uid|gte: 999.5", "1000-4294967295")]
    [InlineData("Uid|lt: 2", "0-1")]
    [InlineData("Uid|lte|all: [7, 3]", "0-3")]
    [InlineData("Uid|gt: -1", null)]
    [InlineData("Uid|lt: 0", null)]
    [InlineData("LogonId: 4294967295", "4294967295-4294967295")]
    [InlineData("User|re: '^(bin|daemon)$'", "1-2")]
    [InlineData("User|startswith: 'B'", "2-2")]
    [InlineData("User|contains|all: [d, m]", "1-1")]
    public void Numbers_are_ranges(string item, string? expected)
    {
        var accounts = new AccountSnapshot(new Dictionary<string, uint> { ["root"] = 0, ["daemon"] = 1, ["bin"] = 2 });
        var result = Check(
            [File(Exec($"sel:\n    {item}\nx:\n    Image: /x\ncondition: x and sel or x and not sel"))],
            new CompilerOptions { Accounts = accounts });
        var ranges = result.Normalised!.Atoms.OfType<NumberAtom>().SingleOrDefault()?.Ranges;
        Assert.Equal(expected, ranges is { } found ? string.Join(' ', found.Select(r => $"{r.From}-{r.To}")) : null);
    }

    [Theory]
    [InlineData("AncestorImage: x", "sel", TextRoles.Ancestor | TextRoles.AncestorInvoked)]
    [InlineData("AncestorImage: x", "not sel", TextRoles.Ancestor)]
    [InlineData("AncestorImage|neq: x", "sel", TextRoles.Ancestor)]
    [InlineData("AncestorImage|neq: x", "not sel", TextRoles.Ancestor | TextRoles.AncestorInvoked)]
    [InlineData("AncestorCommandLine|re: x", "not sel", TextRoles.AncestorCommand)]
    [InlineData("CommandLine|re|i: x", "sel", TextRoles.Command)]
    [InlineData("ParentCommandLine: x", "not sel", TextRoles.ParentCommand)]
    [InlineData("CurrentDirectory: x", "sel", TextRoles.Directory)]
    public void Texts_read_their_roles(string item, string condition, TextRoles expected)
    {
        var policy = Normalise(Exec($"sel:\n    {item}\ncondition: {condition}"));
        Assert.Equal(expected, Assert.IsType<TextAtom>(Assert.Single(policy.Atoms)).Roles);
    }

    [Fact]
    public void File_event_is_an_access_that_writes()
    {
        var policy = Normalise(Rule("file_event", "sel:\n    TargetFilename: /x\ncondition: sel or not sel"));
        var access = Assert.Single(policy.Atoms.OfType<AccessAtom>());
        Assert.Equal(AccessKinds.Create | AccessKinds.Write | AccessKinds.Truncate, access.Kinds);
        Assert.Equal(RuleCategory.FileAccess, policy.Rules[0].Category);
        var and = Assert.IsType<AndNode>(policy.Rules[0].Condition);
        Assert.Equal(new AtomNode(policy.Atoms.IndexOf(access)), and.Operands[0]);
    }

    [Fact]
    public void Variants_of_a_value_stay_alternatives_inside_all()
    {
        var policy = Normalise(Exec("sel:\n    CommandLine|windash|contains|all: [' -a', ' -b']\ncondition: sel"));
        Assert.Equal([5, 5], policy.Atoms.Cast<TextAtom>().Select(a => a.Patterns.Length));
        Assert.IsType<AndNode>(policy.Rules[0].Condition);
    }

    [Theory]
    [InlineData("CommandLine|contains: rm", false)]
    [InlineData("CommandLine: '*'", true)]
    [InlineData("AncestorImage|endswith: /systemd", true)]
    [InlineData("Image|re: 'ba?sh$'", true)]
    [InlineData("LogonId|gte: 1000", true)]
    [InlineData("LogonId: 4242", false)]
    [InlineData("CurrentDirectory|startswith: /tmp", false)]
    public void Lock_out_knows_usual_arguments_and_logins_and_no_others(string item, bool refused)
    {
        var text = Exec($"sel:\n    {item}\ncondition: sel", "guard: {action: block}");
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    [Fact]
    public void Rule_of_constants_is_reported()
    {
        Assert.Single(Where(Compile(Exec("sel:\n    Image: null\ncondition: sel")), DiagnosticCatalogue.NeverMatches));
        var always = Exec("sel:\n    Image|exists: true\ncondition: sel", "guard: {action: block}");
        Assert.Single(Where(Compile(always), DiagnosticCatalogue.AlwaysMatches));
    }

    [Fact]
    public void Aliases_stand_for_their_anchors()
    {
        var policy = Normalise(Exec("a: &m\n    Image: [&x /x, *x]\nb: *m\ncondition: a and b"));
        Assert.Equal("/x", Encoding.UTF8.GetString(
            ((LiteralElement)((TextAtom)Assert.Single(policy.Atoms)).Patterns[1].Elements[0]).Bytes.AsSpan()));
    }
}
