using System.CommandLine;
using System.Globalization;
using Guard.Protocol;
using Xunit;

namespace Guard.Cli.Tests;

public sealed class CommandTreeTests
{
    private static readonly string[] Paths = [.. Walk("", Root()).Where(leaf => leaf.Command is GuardCommand).Select(leaf => leaf.Path)];

    public static TheoryData<string> Leaves { get; } = [.. Paths];

    [Fact]
    public void The_commands_are_the_documented_ones() => Assert.Equal(
        [
            "status", "doctor", "policy check", "policy push", "policy list", "policy show", "policy remove", "policy sweep",
            "policy explain exec", "policy explain open", "policy explain load", "policy explain operation", "policy explain connect", "policy eval",
            "audit list", "audit follow", "trace exec", "version", "completion",
        ],
        Paths);

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task Every_command_has_help_with_an_example_and_its_exit_codes(string path)
    {
        var result = await Cli.RunAsync([.. path.Split(' '), "--help"]);
        Assert.Equal(0, result.Code);
        Assert.Empty(result.Error);
        Assert.Contains("Example:\n  ", result.Out, StringComparison.Ordinal);
        Assert.Contains("guardctl " + path, result.Out, StringComparison.Ordinal);
        Assert.Contains("Exit status:\n  0  ", result.Out, StringComparison.Ordinal);
        Assert.Contains("\n  2  ", result.Out, StringComparison.Ordinal);
        Assert.Contains("--output", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task Every_example_is_a_command_line_that_parses(string path)
    {
        var help = (await Cli.RunAsync([.. path.Split(' '), "--help"])).Out;
        var example = help.Split("Example:\n  ")[1].Split('\n')[0];
        var words = example[example.IndexOf("guardctl", StringComparison.Ordinal)..].Split('#', '|', ')')[0]
            .Replace("'No shells below nginx'", "x", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Empty(Root().Parse(words).Errors);
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task Every_command_refuses_an_option_that_it_does_not_know_with_2(string path)
    {
        var result = await Cli.RunAsync([.. path.Split(' '), "--no-such-option"]);
        Assert.Equal(2, result.Code);
        Assert.Empty(result.Out);
        Assert.Contains("try: guardctl ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("policy")]
    [InlineData("bogus")]
    [InlineData("status", "-o", "xml")]
    [InlineData("status", "--color", "maybe")]
    [InlineData("status", "--wait=happy")]
    [InlineData("status", "--timeout", "soon")]
    [InlineData("policy", "check")]
    [InlineData("policy", "remove")]
    [InlineData("policy", "remove", "x", "--all")]
    [InlineData("policy", "explain")]
    [InlineData("policy", "explain", "exec")]
    [InlineData("policy", "explain", "exec", "relative")]
    [InlineData("policy", "explain", "exec", "/x", "--image", "relative")]
    [InlineData("policy", "explain", "exec", "/x", "--user", "root", "--uid", "0")]
    [InlineData("policy", "explain", "exec", "/x", "--user", "no such account")]
    [InlineData("policy", "explain", "exec", "/x", "--uid", "-1")]
    [InlineData("policy", "explain", "exec", "/x", "--unknown", "weather")]
    [InlineData("policy", "explain", "exec", "/x", "--access", "read")]
    [InlineData("policy", "explain", "exec", "/x", "-l")]
    [InlineData("policy", "explain", "exec", "/x", "--imagee", "/y")]
    [InlineData("policy", "explain", "exec", "/x", "y")]
    [InlineData("policy", "explain", "exec", "/x", "-l", "--", "x")]
    [InlineData("policy", "explain", "exec", "/x", "--command", "x", "--", "x")]
    [InlineData("policy", "explain", "open", "/x", "--cwd", "/")]
    [InlineData("policy", "explain", "open", "/x", "--access", "smell")]
    [InlineData("policy", "explain", "operation", "weather")]
    [InlineData("policy", "explain", "operation", "mount", "--way", "smell")]
    [InlineData("policy", "explain", "operation", "mount", "--target", "relative")]
    [InlineData("policy", "eval")]
    [InlineData("policy", "eval", "--rules", "x")]
    [InlineData("policy", "eval", "--events", "-")]
    [InlineData("audit", "list", "--limit", "0")]
    [InlineData("audit", "list", "--verdict", "deny")]
    [InlineData("audit", "list", "--since", "whenever")]
    [InlineData("audit", "list", "--rule", "")]
    [InlineData("trace", "exec", "--duration", "x")]
    [InlineData("completion", "tcsh")]
    public async Task A_wrong_command_line_is_2(params string[] args)
        => Assert.Equal(2, (await Cli.RunAsync(args)).Code);

    [Theory]
    [InlineData("policy explain open /x --unknown weather", "'weather' is no value of --unknown: it takes image, invoked, command-line, cwd, parent-image, parent-command, ancestor, cgroup, target, file-system, target-image or sha256")]
    [InlineData("policy explain open /x --access smell", "'smell' is no value of --access: it takes read, write, append, create, truncate, exec, delete, rename, link, chmod, chown, xattr, times, setid or executable")]
    [InlineData("policy explain open /x --uid root", "'root' is no value of --uid: write a whole number from 0 to 4294967295 in digits")]
    [InlineData("policy explain open /x --logon-id=-1", "'-1' is no value of --logon-id: write a whole number from 0 to 4294967295 in digits")]
    [InlineData("policy explain connect 192.0.2.1:1 --operation x", "'x' is no value of --operation: it takes connect, send, bind, listen or raw")]
    [InlineData("audit list --pid x", "'x' is no value of --pid: write a whole number from 0 to 2147483647 in digits")]
    [InlineData("audit list --verdict deny", "'deny' is no value of --verdict: it takes allow, audit, block or kill")]
    [InlineData("trace exec -n x", "'x' is no value of --count: write a whole number from 0 to 2147483647 in digits")]
    [InlineData("completion tcsh", "'tcsh' is no value of shell: it takes bash, zsh or fish")]
    [InlineData("status -o xml", "'xml' is no value of --output: it takes table or json")]
    public async Task A_value_that_is_none_is_refused_with_those_that_are(string line, string message)
    {
        var result = await Cli.RunAsync(line.Split(' '));
        Assert.Equal(2, result.Code);
        Assert.Equal("guardctl: " + message, result.Error.Split('\n')[0]);
    }

    [Theory]
    [InlineData("policy chek x", "unknown command 'chek'; did you mean 'check'?", "guardctl policy --help")]
    [InlineData("polcy check x", "unknown command 'polcy'; did you mean 'policy'?", "guardctl --help")]
    [InlineData("-o json stauts", "unknown command 'stauts'; did you mean 'status'?", "guardctl --help")]
    [InlineData("weather", "unknown command 'weather'", "guardctl --help")]
    [InlineData("help policy chek", "unknown command 'chek'; did you mean 'check'?", "guardctl policy --help")]
    [InlineData("-v", "unknown option '-v'", "guardctl --help")]
    public async Task A_mistyped_command_is_said_once_with_what_was_meant(string line, string message, string next)
    {
        var result = await Cli.RunAsync(line.Split(' '));
        Assert.Equal(2, result.Code);
        Assert.Empty(result.Out);
        Assert.Equal($"guardctl: {message}\ntry: {next}\n", result.Error);
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help policy", "policy --help")]
    [InlineData("help policy check", "policy check --help")]
    public async Task Help_is_a_word_as_well(string line, string option)
    {
        var (word, dashed) = (await Cli.RunAsync(line.Split(' ')), await Cli.RunAsync(option.Split(' ')));
        Assert.Equal((0, dashed.Out), (word.Code, word.Out));
        Assert.Empty(word.Error);
    }

    [Fact]
    public async Task The_root_help_lists_every_exit_code()
    {
        var help = (await Cli.RunAsync("--help")).Out;
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n  {(int)code,-3}  "), help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_man_page_has_every_command_exit_code_and_kind_of_record()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../../packaging/deb/man/guardctl.1"));
        foreach (var path in Paths)
        {
            Assert.Contains(path, page, StringComparison.Ordinal);
        }
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $".B {(int)code}\n"), page, StringComparison.Ordinal);
        }
        var words = page.Split(' ', '\n', '"').ToHashSet(StringComparer.Ordinal);
        Assert.Empty(AuditKinds.All.Except(words));
    }

    /// <summary>What the library prints of a time is no duration that is taken.</summary>
    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task No_help_has_a_duration_that_would_be_refused(string path)
        => Assert.DoesNotContain("default: 00:", (await Cli.RunAsync([.. path.Split(' '), "--help"])).Out, StringComparison.Ordinal);

    [Theory]
    [InlineData("bash", "complete -F")]
    [InlineData("zsh", "#compdef guardctl")]
    [InlineData("fish", "complete -c guardctl")]
    public async Task Completion_scripts_are_there(string shell, string part)
    {
        var result = await Cli.RunAsync("completion", shell);
        Assert.Equal(0, result.Code);
        Assert.Contains(part, result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("follow")]
    public async Task Every_verdict_can_be_looked_for(string command)
    {
        Assert.Contains("--verdict <allow|audit|block|kill>", (await Cli.RunAsync("audit", command, "--help")).Out, StringComparison.Ordinal);
        Assert.Equal("allow audit block kill", await OfferedAsync($"audit {command} --verdict "));
    }

    [Theory]
    [InlineData("policy explain operation process_signal --way SIGK", "SIGKILL")]
    [InlineData("policy explain operation mount --way ", "bind move new pivot propagation remount umount")]
    [InlineData("policy explain operation process_credentials --way ", "group groups user")]
    [InlineData("policy explain operation bpf --way LINK_D", "LINK_DETACH")]
    [InlineData("policy explain operation namespace --way ", "")]
    [InlineData("policy explain operation process_", "process_access process_credentials process_signal")]
    [InlineData("policy explain open /x --access x", "exec executable xattr")]
    [InlineData("policy explain connect --operation raw ", "ipv4 ipv6 packet xdp")]
    [InlineData("policy explain connect 192.0.2.1:1 --operation ", "bind connect listen raw send")]
    [InlineData("policy explain connect 192.0.2.1:1 --protocol ud", "udp udplite")]
    [InlineData("policy explain exec /x --unknown parent", "parent-command parent-image")]
    [InlineData("policy explain exec /x --mount-namespace ", "host")]
    [InlineData("policy explain exec /x --properties set", "setgid setuid")]
    [InlineData("audit list --kind exec", "exec.audited exec.denied")]
    [InlineData("audit follow --kind policy", "policy.pushed policy.refused policy.removed policy.swept")]
    [InlineData("audit list --since ", "boot today yesterday")]
    [InlineData("status --wait ", "degraded enforcing starting")]
    [InlineData("status --color ", "always auto never")]
    public async Task Words_are_offered_to_shells(string line, string words) => Assert.Equal(words, await OfferedAsync(line));

    [Theory]
    [InlineData("--unknown", "image, invoked, command-line, cwd, parent-image, parent-command, ancestor, cgroup, target, file-system, target-image, sha256")]
    [InlineData("--access", "read, write, append, create, truncate, exec, delete, rename, link, chmod, chown, xattr, times, setid, executable")]
    public async Task Help_has_the_words_that_explain_takes(string option, string words)
    {
        var help = (await Cli.RunAsync("policy", "explain", "open", "--help")).Out;
        Assert.Contains(option, help, StringComparison.Ordinal);
        Assert.Contains(words, string.Join(' ', help.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_record_is_offered()
    {
        var kinds = typeof(AuditKinds).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(kinds, AuditKinds.All);
    }

    /// <summary>What is no option, and does not begin a command.</summary>
    private static async Task<string> OfferedAsync(string line)
    {
        var offered = (await Cli.RunAsync($"[suggest:{line.Length}]", line)).Out.Split('\n', StringSplitOptions.TrimEntries);
        return string.Join(' ', offered.Where(word => word.Length > 0 && !word.StartsWith('-')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Completions_come_from_the_tree()
    {
        var result = await Cli.RunAsync("[suggest:7]", "policy ");
        Assert.Contains("push", result.Out.Split('\n', StringSplitOptions.TrimEntries));
    }

    private static RootCommand Root() => GuardCtl.CreateRoot(new CliEnvironment { Out = TextWriter.Null, Error = TextWriter.Null });

    private static IEnumerable<(string Path, Command Command)> Walk(string prefix, Command command)
        => command.Subcommands.SelectMany(child => Walk(prefix + child.Name + " ", child).Prepend((prefix + child.Name, child)));
}
