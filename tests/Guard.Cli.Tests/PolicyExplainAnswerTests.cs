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
    [InlineData("bpf --way MAP_CREATE", "--target /x")]
    [InlineData("process_signal --way 9", "--target /x")]
    [InlineData("driver_load --way file", "--file-system ext4")]
    [InlineData("mount --way new", "--target-image /x")]
    [InlineData("capability_use --way 0", "--new-uid 0")]
    public async Task An_option_that_the_operation_has_no_field_for_is_refused(string operation, string told)
    {
        var result = await ExplainAsync($"operation {operation} {told}", RuleOf("bpf", "Image: /x"));
        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains(told.Split(' ')[0], result.Error, StringComparison.Ordinal);
        Assert.Contains("try: leave it out", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_says_what_log_sources_there_are_and_when_a_way_is_needed()
    {
        var help = (await Cli.RunAsync("policy", "explain", "operation", "--help")).Out.ReplaceLineEndings(" ");
        help = string.Join(' ', help.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("driver_load, kexec_load, mount, bpf, namespace,", help, StringComparison.Ordinal);
        Assert.Contains("needed where there are several", help, StringComparison.Ordinal);
    }

    private static string RuleOf(string category, string item)
        => $"title: t\nlogsource: {{product: linux, category: {category}}}\ndetection: {{sel: {{{item}}}, condition: sel}}";

    private async Task<CliResult> ExplainAsync(string asked, string rules)
    {
        var file = Path.Combine(_directory, "rule.yml");
        await File.WriteAllTextAsync(file, rules);
        var words = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return await Cli.RunAsync(Real, ["policy", "explain", .. words, "--rules", file]);
    }
}
