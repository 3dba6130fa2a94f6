using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>Rules about digests: from their words to a decision.</summary>
public sealed class DigestItemTests
{
    private const string Block = "guard: {action: block}";

    private static readonly string Digest = string.Concat(Enumerable.Repeat("0aB1", 16));

    private static readonly string Other = new('f', 64);

    [Theory]
    [InlineData("sha256: {0}", true)]
    [InlineData("sha256: SHA256={0}", true)]
    [InlineData("Hashes|contains: SHA256={0}", true)]
    [InlineData("Hashes|endswith: sha256={0}", true)]
    [InlineData("Hashes: [SHA256={1}, SHA256={0}]", true)]
    [InlineData("Hashes|contains: SHA256={1}", false)]
    [InlineData("sha256|neq: {0}", false)]
    [InlineData("sha256|neq: {1}", true)]
    public void A_rule_means_the_file_with_the_digest(string item, bool refused)
    {
        var rule = string.Format(null, item, Digest, Other);
        foreach (var category in new[] { "process_creation", "image_load" })
        {
            var verdict = Decide(Rule(category, $"sel:\n    {rule}\ncondition: sel", Block), Request(category, Digest));
            Assert.Equal(refused, verdict == Verdict.Block);
        }
    }

    [Theory]
    [InlineData("sha256: {0}", "", false)]
    [InlineData("sha256: {0}", "guard: {{action: block, on_unknown: deny}}", true)]
    [InlineData("sha256|neq: {0}", "guard: {{action: block}}", false)]
    public void Without_a_digest_nobody_knows(string item, string guard, bool refused)
    {
        var rule = string.Format(null, item, Digest);
        var text = Rule("process_creation", $"sel:\n    {rule}\ncondition: sel", guard.Length == 0 ? Block : string.Format(null, guard));
        Assert.Equal(refused, Decide(text, Request("process_creation", null)) == Verdict.Block);
    }

    [Fact]
    public void A_program_that_is_forbidden_by_its_digest_may_not_be_mapped_either()
    {
        var text = Exec($"sel:\n    sha256: {Digest}\ncondition: sel", Block);
        var mapped = Request("process_creation", Digest) with { Category = RuleCategory.MappedProgram };
        Assert.Equal(Verdict.Block, Decide(text, mapped));
        Assert.Equal(Verdict.Allow, Decide(text, mapped with { Digest = RequestText.Of(Other) }));
    }

    [Fact]
    public void A_list_is_of_either_form()
    {
        var list = $"title: bad\nguard:\n    list: bad\n    values: [SHA256={Digest.ToUpperInvariant()}, {Other}]\n---\n";
        var text = list + Exec("sel:\n    Hashes|contains|expand: '%bad%'\ncondition: sel", Block);
        Assert.Equal(Verdict.Block, Decide(text, Request("process_creation", Digest)));
        Assert.Equal(Verdict.Block, Decide(text, Request("process_creation", Other)));
        Assert.Equal(Verdict.Allow, Decide(text, Request("process_creation", new string('0', 64))));
    }

    [Fact]
    public void A_list_may_be_what_sha256sum_prints()
    {
        var files = Listed($"# sha256sum /srv/*\n{Digest}  /srv/a b\n{Other} *c\n");
        var image = PolicyCompiler.Compile(files, new CompilerOptions()).Image!;
        foreach (var (digest, verdict) in new[] { (Digest, Verdict.Block), (Other, Verdict.Block), (new string('0', 64), Verdict.Allow) })
        {
            Assert.Equal(verdict, new ImageSimulator(image).Decide(Request("process_creation", digest)).Verdict);
        }
    }

    [Theory]
    [InlineData("{0} c")]
    [InlineData("{0}c  c")]
    [InlineData("{0}\tc")]
    [InlineData("c  {0}")]
    [InlineData("SHA256 (c) = {0}")]
    [InlineData("\\{0}  a\\nb")]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e  c")]
    public void A_line_of_another_form_is_refused_at_its_place(string line)
    {
        var result = PolicyCompiler.Compile(Listed($"{Digest}  b\n\n{string.Format(null, line, Digest)}\n"), new CompilerOptions());
        Assert.Equal(["bad.txt(3,1)"], Where(result, DiagnosticCatalogue.BadDigest));
    }

    [Theory]
    [InlineData("sha256: abc")]
    [InlineData("Hashes|contains: MD5=0123456789abcdef0123456789abcdef")]
    [InlineData("Hashes|startswith: IMPHASH=0123456789abcdef0123456789abcdef")]
    [InlineData("sha256: 0ab10ab10ab10ab10ab10ab10ab10ab10ab10ab10ab10ab10ab10ab10ab10abg")]
    [InlineData("Hashes|contains: '*'")]
    public void What_is_no_such_digest_is_refused(string item)
        => Assert.Single(Where(Compile(Exec($"sel:\n    {item}\ncondition: sel")), DiagnosticCatalogue.BadDigest));

    [Fact]
    public void Every_value_that_is_none_is_told_at_once()
        => Assert.Equal(2, Where(
            Compile(Exec($"sel:\n    Hashes|contains: [MD5=1, SHA256={Digest}, IMPHASH=2]\ncondition: sel")), DiagnosticCatalogue.BadDigest).Count());

    [Theory]
    [InlineData("sha256|re: 0a.*")]
    [InlineData("Hashes|base64: SHA256")]
    [InlineData("sha256|gt: 5")]
    public void A_part_of_a_digest_says_nothing(string item)
        => Assert.Single(Where(Compile(Exec($"sel:\n    {item}\ncondition: sel")), DiagnosticCatalogue.ModifierNotForField));

    [Fact]
    public void Only_what_is_executed_has_a_digest()
        => Assert.Single(Where(
            Compile(FileAccess($"sel:\n    sha256: {Digest}\ncondition: sel")), DiagnosticCatalogue.FieldNotInCategory));

    [Theory]
    [InlineData("/usr/bin/bash", "sha256: {0}", true)]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", "sha256: {0}", true)]
    [InlineData("/usr/bin/something-else", "sha256: {0}", false)]
    [InlineData("/usr/bin/something-else", "sha256|neq: {0}", true)]
    public void What_survival_needs_is_known_by_its_contents(string path, string item, bool found)
    {
        var options = new CompilerOptions { DigestOf = asked => asked == path ? Digest.ToLowerInvariant() : null };
        var category = path.Contains(".so.", StringComparison.Ordinal) ? "image_load" : "process_creation";
        var rule = string.Format(null, item, Digest);
        var findings = Where(Compile(Rule(category, $"sel:\n    {rule}\ncondition: sel", Block), options), DiagnosticCatalogue.LockOut);
        Assert.Equal(found, findings.Any());
    }

    [Theory]
    [InlineData("process_creation", "sha256", "action: block, on_unknown: deny", true)]
    [InlineData("process_creation", "sha256", "action: block, on_unknown: deny, mapped: allow", false)]
    [InlineData("process_creation", "sha256", "action: block", false)]
    [InlineData("image_load", "sha256", "action: block, on_unknown: deny", true)]
    [InlineData("image_load", "ImageLoaded|startswith: /srv/, sha256", "action: block, on_unknown: deny", false)]
    public void Code_that_is_made_in_memory_has_no_digest(string category, string items, string guard, bool found)
    {
        var text = Rule(category, $"sel: {{{items}: {Digest}}}\ncondition: sel", $"guard: {{{guard}}}");
        Assert.Equal(found, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    private static PolicyFile[] Listed(string lines)
    {
        var rule = Exec("sel:\n    Hashes|contains|expand: '%bad%'\ncondition: sel", Block);
        return [File($"{rule}\n---\ntitle: l\nguard: {{list: bad, file: bad.txt}}\n"), File(lines, "bad.txt")];
    }

    private static Verdict Decide(string text, DecisionRequest request)
    {
        var compiled = Compile(text, new CompilerOptions { AllowLockOut = true });
        Assert.False(compiled.HasErrors, string.Join('\n', compiled.Diagnostics.Select(d => $"{d.Span}: {d.Id} {d.Message}")));
        return new ImageSimulator(compiled.Image!).Decide(request).Verdict;
    }

    private static DecisionRequest Request(string category, string? digest)
        => new(category == "image_load" ? RuleCategory.ImageLoad : RuleCategory.ProcessCreation)
        {
            Image = RequestText.Of("/usr/bin/x"),
            Invoked = RequestText.Of("x"),
            CommandLine = RequestText.Of("x"),
            Target = RequestText.Of("/usr/lib/y.so"),
            Digest = digest is null ? RequestText.Absent : RequestText.Of(digest.ToLowerInvariant()),
        };
}
