using System.Text.Json;
using Guard.Policies;
using Xunit;

namespace Guard.Cli.Tests;

/// <summary>What <c>policy explain</c> asks back, refuses and adds to its answer.</summary>
public sealed class PolicyExplainAnswerTests : IDisposable
{
    private static readonly Cli.Options Real = new() { Compile = PolicyCompiler.Compile };

    private readonly string _directory = Directory.CreateTempSubdirectory("guardctl-answer-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("process_signal", "SIGKILL")]
    [InlineData("capability_use", "CAP_SYS_ADMIN")]
    [InlineData("bpf", "MAP_CREATE")]
    [InlineData("process_access", "attach")]
    [InlineData("mount", "umount")]
    [InlineData("process_credentials", "groups")]
    [InlineData("driver_load", "memory")]
    public async Task A_way_that_was_not_told_is_asked_for_and_not_invented(string source, string way)
    {
        var result = await ExplainAsync($"operation {source}", RuleOf(source, "Image: /x"));
        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains($"guardctl: {source} is done in several ways: say with --way in which\ntry: there are ", result.Error, StringComparison.Ordinal);
        Assert.Contains(way, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("namespace", "", "decided on: User=root, LogonId=4294967295\n")]
    [InlineData("process_credentials", "--new-uid 5", "CredentialType=user, NewUid=5\n")]
    [InlineData("process_credentials", "--new-gid 5", "CredentialType=group, NewGid=5\n")]
    [InlineData("driver_load", "--target /x.ko", "LoadedFrom=file, TargetFilename=/x.ko\n")]
    public async Task A_way_that_follows_from_what_is_told_need_not_be_told(string source, string told, string known)
    {
        var result = await ExplainAsync($"operation {source} {told}", RuleOf(source, "Image: /x"));
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(known, result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "allow", "ImageProperties=none")]
    [InlineData("--properties setuid,unlinked", "block", "ImageProperties=setuid,unlinked")]
    [InlineData("--properties script --properties setuid", "block", "ImageProperties=script,setuid")]
    public async Task Properties_of_a_program_are_told_as_a_list(string told, string verdict, string known)
    {
        var rule = RuleOf("process_creation", "ImageProperties: [setuid, setgid]") + "\nguard: {action: block}\n";
        var result = await ExplainAsync($"exec /opt/tool --uid 33 {told}", rule);
        Assert.StartsWith($"exec /opt/tool: {verdict}", result.Out, StringComparison.Ordinal);
        Assert.Contains(known, result.Out, StringComparison.Ordinal);
        result = await ExplainAsync("exec /opt/tool --properties setuid,suid", rule);
        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains("'suid' is no property of a program", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpf --way MAP_CREATE", "--target /x")]
    [InlineData("process_signal --way 9", "--target /x")]
    [InlineData("driver_load --way file", "--file-system ext4")]
    [InlineData("mount --way new", "--target-image /x")]
    [InlineData("capability_use --way 0", "--new-uid 0")]
    [InlineData("driver_load --way memory", "--target /x")]
    [InlineData("kexec_load --way memory", "--target /x")]
    public async Task An_option_that_the_operation_has_no_field_for_is_refused(string operation, string told)
    {
        var result = await ExplainAsync($"operation {operation} {told}", RuleOf("bpf", "Image: /x"));
        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains(told.Split(' ')[0], result.Error, StringComparison.Ordinal);
        Assert.Contains("try: leave it out", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mount --way bind --target /srv/app", "file_access", true)]
    [InlineData("mount --way umount --target /srv/app", "file_access", false)]
    [InlineData("mount --way new --target /srv/app", "mount", false)]
    public async Task What_a_mount_covers_is_asked_about_by_rules_about_files(string operation, string category, bool noted)
    {
        var result = await ExplainAsync($"operation {operation}", RuleOf(category, "Image: /x"));
        Assert.Equal(0, result.Code);
        Assert.Equal(noted, result.Error.Contains("guardctl policy explain open /srv/app --access write,rename\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_help_says_what_log_sources_there_are_and_when_a_way_is_needed()
    {
        var help = (await Cli.RunAsync("policy", "explain", "operation", "--help")).Out.ReplaceLineEndings(" ");
        help = string.Join(' ', help.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("driver_load, kexec_load, mount, bpf, namespace,", help, StringComparison.Ordinal);
        Assert.Contains("needed where there are several", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open", "file_access", "TargetFilename")]
    [InlineData("load", "image_load", "ImageLoaded")]
    [InlineData("exec", "process_creation", "Image")]
    [InlineData("load", "process_creation", "Image")]
    public async Task A_rule_that_names_the_same_file_by_another_name_is_told_of(string asked, string category, string field)
    {
        var (real, link) = Linked();
        var rule = RuleOf(category, $"{field}: {link}") + "\nguard: {action: block}\n";
        var result = await ExplainAsync($"{asked} {real}", rule);
        Assert.StartsWith($"{asked} {real}: allow", result.Out, StringComparison.Ordinal);
        Assert.Contains($"\nthis rule names the same file: the kernel decides it too: t (block) at {_directory}/rule.yml(3,19), {link}\n", result.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await ExplainAsync($"{asked} {real} -o json", rule)).Out);
        Assert.Equal(link, json.RootElement.GetProperty("sameFile")[0].GetProperty("path").GetString());
    }

    [Theory]
    [InlineData("TargetFilename: /no/such/file")]
    [InlineData("TargetFilename|startswith: {0}")]
    [InlineData("TargetFilename|neq: {0}")]
    [InlineData("Image: {0}")]
    public async Task Any_other_name_is_not(string item)
    {
        var (real, link) = Linked();
        var result = await ExplainAsync($"open {real}", RuleOf("file_access", string.Format(null, item, link)));
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.DoesNotContain("same file", result.Out, StringComparison.Ordinal);
        result = await ExplainAsync("open /no/such/file/either", RuleOf("file_access", $"TargetFilename: {link}"));
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.DoesNotContain("same file", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_is_unknown_is_not_said_to_match()
    {
        const string Unknown = """
            title: {0}
            logsource: {{product: linux, category: process_creation}}
            detection: {{sel: {{ParentImage: /usr/bin/x{0}}}, condition: sel}}
            guard: {{action: block, on_unknown: deny}}
            """;
        var rules = string.Format(null, Unknown, "One") + "\n---\n" + string.Format(null, Unknown, "Two");
        var result = await ExplainAsync("exec /bin/nc", rules);
        Assert.Contains("\nalso decides by its on_unknown: ", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("also matches", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_below_its_key_is_shown_in_brackets_without_remarks()
    {
        const string Rule = """
            title: t
            logsource: {product: linux, category: process_creation}
            detection:
                sel:
                    Image|startswith:
                        - /tmp/ # for all
                        - '/var/tmp/ #'
                    User: root
                condition: sel
            """;
        var result = await ExplainAsync("exec /tmp/x", Rule);
        Assert.Contains(": Image|startswith: [/tmp/, '/var/tmp/ #']  [holds by Image]\n", result.Out, StringComparison.Ordinal);
        Assert.Contains(": User: root  [holds by User]\n", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy check {0}/missing.yml -o json", 5, "no such file or directory")]
    [InlineData("policy explain exec /x --rules {0}/missing.yml -o json", 5, "no such file or directory")]
    [InlineData("policy check {0}/large.yml -o json", 1, "larger than")]
    [InlineData("policy explain exec /x --rules {0}/refused.yml -o json", 1, "the rules are refused")]
    [InlineData("policy check - -o json", 2, "not read from standard input")]
    public async Task What_keeps_it_from_answering_is_a_document_too(string command, int code, string error)
    {
        using (var large = File.Create(Path.Combine(_directory, "large.yml")))
        {
            large.SetLength(64 << 20);
        }

        await File.WriteAllTextAsync(Path.Combine(_directory, "refused.yml"), "title: t\n");
        var result = await Cli.RunAsync(Real, string.Format(null, command, _directory).Split(' '));
        Assert.Equal(code, result.Code);
        using var json = JsonDocument.Parse(result.Out);
        Assert.Contains(error, json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy check")]
    [InlineData("policy eval")]
    [InlineData("policy explain open")]
    public async Task The_help_lists_what_becomes_of_output_that_cannot_be_written(string command)
    {
        var help = (await Cli.RunAsync([.. command.Split(' '), "--help"])).Out;
        Assert.Contains("\n  7    ", help, StringComparison.Ordinal);
        Assert.Contains("\n  141  ", help, StringComparison.Ordinal);
    }

    private static string RuleOf(string category, string item)
        => $"title: t\nlogsource: {{product: linux, category: {category}}}\ndetection: {{sel: {{{item}}}, condition: sel}}";

    private (string Real, string Link) Linked()
    {
        var real = Directory.CreateDirectory(Path.Combine(_directory, "real")).FullName;
        File.WriteAllText(Path.Combine(real, "file"), "");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "link"), real);
        return (Path.Combine(real, "file"), Path.Combine(_directory, "link", "file"));
    }

    [Theory]
    [InlineData("--is-directory", true)]
    [InlineData("--image /usr/bin/mv", false)]
    public async Task The_rename_of_a_directory_is_explained_by_what_is_below_it(string told, bool refused)
    {
        var rule = RuleOf("file_access", "TargetFilename|startswith: /nowhere/app/, Access: write") + "\nguard: {action: block}";
        var result = await ExplainAsync($"open /nowhere --access rename {told}", rule);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith(refused ? "open /nowhere: block\n" : "open /nowhere: allow: no rule matches\n", result.Out, StringComparison.Ordinal);
        Assert.Equal(refused, result.Out.Contains("TargetFilename, of what is below the directory", StringComparison.Ordinal));
        Assert.Equal(refused, result.Out.Contains("implied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_a_rename_is_asked_of_a_directory()
    {
        var result = await ExplainAsync("open /nowhere --is-directory", RuleOf("file_access", "TargetFilename: /x"));
        Assert.Equal(2, result.Code);
        Assert.Contains("--is-directory goes with --access rename", result.Error, StringComparison.Ordinal);
    }

    private async Task<CliResult> ExplainAsync(string asked, string rules)
    {
        var file = Path.Combine(_directory, "rule.yml");
        await File.WriteAllTextAsync(file, rules);
        var words = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return await Cli.RunAsync(Real, ["policy", "explain", .. words, "--rules", file]);
    }
}
