using System.Text.Json;
using Guard.Policies;
using Guard.Protocol;
using Xunit;

namespace Guard.Cli.Tests;

/// <summary><c>policy explain</c> with the real compiler.</summary>
public sealed class PolicyExplainTests : IDisposable
{
    private const string Netcat = """
        title: No netcat
        id: 11111111-2222-4333-8444-555555555555
        logsource: {product: linux, category: process_creation}
        detection:
            tool:
                Image|endswith:
                    - /nc
                    - /ncat
            admin:
                ParentImage: /usr/sbin/backup
            condition: tool and not admin
        guard: {action: block}
        """;

    private static readonly Cli.Options Real = new() { Compile = PolicyCompiler.Compile };

    private readonly string _directory = Directory.CreateTempSubdirectory("guardctl-explain-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_deciding_rule_is_named_with_its_items()
    {
        var file = Write("a.yml", Netcat);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/usr/bin/nc.openbsd", "--invoked", "/bin/nc", "--parent-image", "/bin/sh", "--rules", file);
        Assert.Equal((0, ""), (result.Code, result.Error));
        var lines = result.Out.Split('\n');
        Assert.Equal("exec /usr/bin/nc.openbsd: block", lines[0]);
        Assert.Equal($"decided by: No netcat 11111111-2222-4333-8444-555555555555 (block) at {file}(1,1)", lines[1]);
        Assert.Equal($"  {file}(6,9): Image|endswith: [/nc, /ncat]  [holds by ImageInvoked]", lines[2]);
        Assert.Equal($"  {file}(10,9): ParentImage: /usr/sbin/backup  [does not hold]", lines[3]);
    }

    [Fact]
    public async Task A_rule_that_would_lock_root_out_is_explained_with_a_warning()
    {
        const string rule = """
            title: No shells
            id: 11111111-2222-4333-8444-555555555556
            logsource: {product: linux, category: process_creation}
            detection:
                shell:
                    Image|endswith: /bash
                condition: shell
            guard: {action: block}
            """;
        var file = Write("a.yml", rule);
        var result = await Cli.RunAsync(Real, "policy", "explain", "exec", "/usr/bin/bash", "--rules", file);
        Assert.Equal(0, result.Code);
        Assert.Contains($"{file}(7,16): warning GP4004: this rule would lock you out", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("exec /usr/bin/bash: block\n", result.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await Cli.RunAsync(Real, "policy", "check", file)).Code);
    }

    [Theory]
    [InlineData("/usr//bin/nc", "the kernel knows no path with //, . or ..")]
    [InlineData("/usr/bin/../bin/nc", "the kernel knows no path with //, . or ..")]
    [InlineData("/usr/./nc", "the kernel knows no path with //, . or ..")]
    [InlineData("/usr/bin/", "leave the last / out")]
    public async Task A_path_that_the_kernel_never_has_is_refused(string path, string said)
    {
        var result = await Cli.RunAsync(Real, "policy", "explain", "exec", path, "--rules", Write("a.yml", Netcat));
        Assert.Equal(2, result.Code);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_came_close_is_named_with_what_stands_in_the_way()
    {
        var file = Write("a.yml", Netcat);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/bin/nc", "--parent-image", "/usr/sbin/backup", "--rules", file);
        Assert.StartsWith("exec /bin/nc: allow: no rule matches\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("does not match: No netcat", result.Out, StringComparison.Ordinal);
        var json = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/bin/nc", "--parent-image", "/usr/sbin/backup", "--rules", file, "-o", "json");
        Assert.Contains("\"verdict\":\"allow\",\"fromUnknown\":false", json.Out, StringComparison.Ordinal);
        Assert.Contains("(10,9): ParentImage: /usr/sbin/backup  [holds by ParentImage, which excludes]", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--parent-image", "/bin/sh", "--unknown", "parent-image")]
    public async Task What_is_not_told_is_unknown(params string[] told)
    {
        var file = Write("a.yml", Netcat + "\n");
        var result = await Cli.RunAsync(Real, ["policy", "explain", "exec", "/bin/nc", "--rules", file, .. told]);
        Assert.StartsWith(
            "exec /bin/nc: allow: by on_unknown, because not everything is known\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("unknown, which its on_unknown allows: No netcat", result.Out, StringComparison.Ordinal);
        Assert.Contains("unknown: ParentImage (tell it with --parent-image)\n", result.Out, StringComparison.Ordinal);
        var json = await Cli.RunAsync(Real, ["policy", "explain", "exec", "/bin/nc", "--rules", file, "-o", "json", .. told]);
        Assert.Contains("\"verdict\":\"allow\",\"fromUnknown\":true", json.Out, StringComparison.Ordinal);
        Assert.Contains("(10,9): ParentImage: /usr/sbin/backup  [unknown]", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "--command", "nc -l -p 80" }, "[holds by CommandLine]", "block")]
    [InlineData(new[] { "--", "nc", "-l", "-p", "80" }, "[holds by CommandLine]", "block")]
    [InlineData(new[] { "--", "nc", "-v" }, "CommandLine=nc -v", "allow")]
    [InlineData(new string[0], "unknown: CommandLine (tell it with --command)", "allow")]
    [InlineData(new[] { "--unknown", "command-line", "--", "nc", "-l" }, "unknown: CommandLine (tell it with --command)", "allow")]
    public async Task The_command_line_is_told_as_text_or_as_arguments(string[] told, string part, string verdict)
    {
        var file = Write("a.yml", """
            title: Listening
            logsource: {product: linux, category: process_creation}
            detection:
                sel:
                    Image: /bin/nc
                    CommandLine|contains: ' -l '
                condition: sel
            guard: {action: block}
            """);
        var answer = await Cli.RunAsync(Real, ["policy", "explain", "exec", "/bin/nc", "--rules", file, .. told]);
        Assert.StartsWith($"exec /bin/nc: {verdict}", answer.Out, StringComparison.Ordinal);
        Assert.Contains(part, answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AncestorImage", "/usr/sbin/nginx", "--ancestor")]
    [InlineData("AncestorImage", "/usr/sbin/nginx", "--parent-image")]
    [InlineData("CurrentDirectory", "/tmp", "--cwd")]
    [InlineData("ParentCommandLine", "nginx -g", "--parent-command")]
    [InlineData("LogonId", "4242", "--logon-id")]
    [InlineData("User", "1000", "--uid")]
    public async Task Every_value_can_be_told(string field, string value, string option)
    {
        var file = Write("a.yml", $$"""
            title: t
            logsource: {product: linux, category: process_creation}
            detection:
                sel:
                    Image: /bin/sh
                    {{(field == "User" ? "Uid" : field)}}: {{value}}
                condition: sel
            guard: {action: block}
            """);
        var answer = await Cli.RunAsync(Real, "policy", "explain", "exec", "/bin/sh", option, value, "--rules", file);
        Assert.StartsWith("exec /bin/sh: block\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"={value}", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unit: nginx.service", new[] { "--unit", "nginx.service" }, "block", "CgroupPath=/system.slice/nginx.service")]
    [InlineData("unit: nginx.service", new[] { "--cgroup", "/user.slice" }, "allow", "[does not hold]")]
    [InlineData("unit: nginx.service", new string[0], "allow", "unknown: CgroupPath (tell it with --cgroup)")]
    [InlineData("unit: nginx.service", new[] { "--unit", "nginx.service", "--unknown", "cgroup" }, "allow", "unknown: CgroupPath")]
    [InlineData("group: root", new[] { "--group", "root" }, "block", "Group=root")]
    [InlineData("group: 7", new[] { "--gid", "7" }, "block", "[holds by Group]")]
    [InlineData("group: 7", new string[0], "allow", "unknown: Group (tell it with --group)")]
    [InlineData("mount_namespace: other", new[] { "--mount-namespace", "4026532000" }, "block", "[holds by MountNamespace]")]
    [InlineData("mount_namespace: other", new[] { "--mount-namespace", "host" }, "allow", "MountNamespace=host")]
    public async Task The_place_is_told(string scope, string[] told, string verdict, string part)
    {
        var file = Write("a.yml", $$"""
            title: t
            logsource: {product: linux, category: file_access}
            detection: {sel: {TargetFilename: /x}, condition: sel}
            guard:
                action: block
                scope:
                    {{scope}}
            """);
        var answer = await Cli.RunAsync(Real, ["policy", "explain", "open", "/x", "--rules", file, .. told]);
        Assert.Equal("", answer.Error);
        Assert.StartsWith($"open /x: {verdict}", answer.Out, StringComparison.Ordinal);
        Assert.Contains(part, answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--unit", "a", "--cgroup", "/a", "give --cgroup or --unit")]
    [InlineData("--group", "root", "--gid", "0", "give --group or --gid")]
    [InlineData("--cgroup", "a", "--uid", "0", "whole path")]
    [InlineData("--unit", "a/b", "--uid", "0", "no name of a unit")]
    [InlineData("--unit", "nginx", "--uid", "0", "did you mean 'nginx.service'?")]
    [InlineData("--unit", "php*", "--uid", "0", "no name of a unit")]
    [InlineData("--mount-namespace", "guest", "--uid", "0", "no mount namespace")]
    [InlineData("--group", "no-such-group-here", "--uid", "0", "there is no group")]
    public async Task A_place_that_is_none_is_refused(string option, string value, string other, string second, string message)
    {
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/bin/nc", "--rules", Write("a.yml", Netcat), option, value, other, second);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/nc", "block", "No netcat")]
    [InlineData("/opt/evil.so", "block", "Library")]
    [InlineData("/opt/good.so", "allow", "")]
    public async Task A_mapping_is_decided_as_a_program_and_as_a_library(string path, string verdict, string rule)
    {
        const string Library = """
            ---
            title: Library
            id: 11111111-2222-4333-8444-555555555556
            logsource: {product: linux, category: image_load}
            detection:
                selection: {ImageLoaded: /opt/evil.so}
                condition: selection
            guard: {action: block}
            """;
        var file = Write("a.yml", Netcat + "\n" + Library);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "load", path, "--parent-image", "/bin/sh", "--image", "/usr/bin/python3", "--rules", file);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith($"load {path}: {verdict}", result.Out, StringComparison.Ordinal);
        Assert.Contains(rule, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_unknown_is_named_as_the_reason()
    {
        var file = Write("a.yml", Netcat.Replace("action: block", "action: block, on_unknown: deny", StringComparison.Ordinal));
        var result = await Cli.RunAsync(Real, "policy", "explain", "exec", "/bin/nc", "--rules", file);
        Assert.StartsWith("exec /bin/nc: block: by on_unknown, because", result.Out, StringComparison.Ordinal);
        file = Write("a.yml", Netcat + "\n---\ntitle: f\nguard: {failure: closed}\n");
        result = await Cli.RunAsync(Real, "policy", "explain", "exec", "/bin/nc", "--rules", file);
        Assert.StartsWith("exec /bin/nc: block: by on_unknown (deny where", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_says_the_same()
    {
        var file = Write("a.yml", Netcat);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/bin/nc", "--parent-image", "/bin/sh", "--rules", file, "-o", "json");
        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal("block", json.RootElement.GetProperty("verdict").GetString());
        var rule = json.RootElement.GetProperty("rules")[0];
        Assert.Equal("11111111-2222-4333-8444-555555555555", rule.GetProperty("id").GetString());
        Assert.Equal("Image", rule.GetProperty("items")[0].GetProperty("by").GetString());
        Assert.Equal($"{file}(6,9)", rule.GetProperty("items")[0].GetProperty("source").GetString());
        Assert.Equal("false", rule.GetProperty("items")[1].GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("process_signal", "--way", "KILL", "block")]
    [InlineData("process_signal", "--way", "TERM", "allow")]
    [InlineData("process_access", "--way", "attach", "allow")]
    public async Task An_operation_is_decided_by_its_way(string source, string option, string value, string verdict)
    {
        var file = Write("a.yml", """
            title: t
            logsource: {product: linux, category: process_signal}
            detection:
                sel: {TargetImage: /srv/x, Signal: SIGKILL}
                condition: sel
            guard: {action: block}
            """);
        string[] command = ["policy", "explain", "operation", source, "--target-image", "/srv/x", option, value, "--rules", file];
        var result = await Cli.RunAsync(Real, command);
        Assert.StartsWith($"{source}: {verdict}", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_item_is_shown_as_it_was_written_and_no_more()
    {
        var file = Write("a.yml", """
            title: Flow
            logsource: {product: linux, category: network_connection}
            detection:
                sel: {DestinationPort: [80, 81], Protocol: tcp, 'Image|endswith': "/a, {b}"}
                more:
                    AddressFamily:
                        - ipv4
                        - ipv6   # not packet
                    # a remark on what follows
                    CommandLine|contains: a, b
                condition: sel and more
            """);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "connect", "192.0.2.1:80", "--image", "/a, {b}", "--command", "a, b", "--rules", file);
        Assert.Equal(
            [
                $"connect 192.0.2.1:80: audit",
                $"decided by: Flow (audit) at {file}(1,1)",
                $"  {file}(1,1): Operation: connect, send  [implied; holds by Operation]",
                $"  {file}(4,11): DestinationPort: [80, 81]  [holds by the port]",
                $"  {file}(4,38): Protocol: tcp  [holds by Protocol]",
                $"  {file}(4,53): 'Image|endswith': \"/a, {{b}}\"  [holds by Image]",
                $"  {file}(6,9): AddressFamily: [ipv4, ipv6]  [holds by AddressFamily]",
                $"  {file}(10,9): CommandLine|contains: a, b  [holds by CommandLine]",
            ],
            result.Out.Split('\n')[..8]);
    }

    [Theory]
    [InlineData("file_delete", "TargetFilename: /x", "open /x --access delete", "Access: delete")]
    [InlineData("file_event", "TargetFilename: /x", "open /x --access create", "Access: write, create, truncate")]
    [InlineData("network_connection", "SourcePort: 80", "connect 192.0.2.1:80 --operation bind", "Operation: bind, listen")]
    [InlineData("mount", "TargetFilename: /x", "operation mount --way new --target /x", "category: mount")]
    [InlineData("process_credentials", "NewGid: 5", "operation process_credentials --new-gid 5", "CredentialType: group")]
    public async Task What_the_log_source_implies_is_said_to_be_implied(string category, string item, string asked, string implied)
    {
        var file = Write("a.yml", $$"""
            title: t
            logsource: {product: linux, category: {{category}}}
            detection: {sel: { {{item}} }, condition: sel}
            """);
        var result = await Cli.RunAsync(Real, ["policy", "explain", .. asked.Split(' '), "--rules", file]);
        Assert.Contains($"\n  {file}(1,1): {implied}  [implied; holds by ", result.Out, StringComparison.Ordinal);
        result = await Cli.RunAsync(Real, ["policy", "explain", .. asked.Split(' '), "--rules", file, "-o", "json"]);
        using var json = JsonDocument.Parse(result.Out);
        var items = json.RootElement.GetProperty("rules")[0].GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([true, false], items.Select(shown => shown.GetProperty("implied").GetBoolean()));
        Assert.Equal([implied, item], items.Select(shown => shown.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_rule_s_own_item_is_shown_where_another_says_the_same()
    {
        const string Other = """
            title: Other
            logsource: {product: linux, category: process_creation}
            detection:
                tool: {ParentImage: /x}
                more: {Image|endswith: [/ncat, /nc]}
                condition: tool and more
            ---

            """;
        var file = Write("a.yml", Other + Netcat);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/bin/nc", "--parent-image", "/bin/sh", "--rules", file);
        Assert.Contains($"  {file}(13,9): Image|endswith: [/nc, /ncat]  [holds by Image]\n", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connect 192.0.2.1:80", "User=root, LogonId=4294967295, Operation=connect, DestinationIp=192.0.2.1, DestinationPort=80, Protocol=tcp")]
    [InlineData("connect 192.0.2.1:80 --uid 0 --protocol 6", "Uid=0, LogonId=4294967295, Operation=connect, DestinationIp=192.0.2.1, DestinationPort=80, Protocol=tcp")]
    [InlineData("connect packet --operation raw", "User=root, LogonId=4294967295, Operation=raw, AddressFamily=packet, Protocol=any")]
    [InlineData("operation process_signal --way 9", "User=root, LogonId=4294967295, Signal=SIGKILL")]
    [InlineData("open /x --gid 0 --mount-namespace host", "User=root, LogonId=4294967295, Gid=0, MountNamespace=host, TargetFilename=/x, Access=read")]
    public async Task What_it_was_decided_on_is_said_in_the_words_of_rules(string asked, string known)
    {
        var result = await Cli.RunAsync(Real, ["policy", "explain", .. asked.Split(' '), "--rules", Write("a.yml", Netcat)]);
        Assert.Contains($"\ndecided on: {known}\n", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--access", "write", "block")]
    [InlineData("--access", "append", "block")]
    [InlineData("--access", "read", "allow")]
    [InlineData("--image", "/x", "allow")]
    public async Task An_open_is_decided_by_its_access(string option, string value, string verdict)
    {
        var file = Write("a.yml", """
            title: t
            logsource: {product: linux, category: file_access}
            detection:
                sel: {TargetFilename: /etc/x, Access: write}
                condition: sel
            guard: {action: block}
            """);
        var result = await Cli.RunAsync(Real, "policy", "explain", "open", "/etc/x", option, value, "--rules", file);
        Assert.StartsWith($"open /etc/x: {verdict}", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_that_are_refused_explain_nothing()
    {
        var file = Write("a.yml", "title: t\n");
        var result = await Cli.RunAsync(Real, "policy", "explain", "exec", "/bin/nc", "--rules", file);
        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.Contains($"{file}(1,1): error GP", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1:443", "connect", "tcp", "block")]
    [InlineData("192.0.2.1:443", "send", "udp", "allow")]
    [InlineData("192.0.2.1:443", "connect", "262", "block")]
    [InlineData("[::ffff:192.0.2.1]:443", "connect", "tcp", "block")]
    [InlineData("[2001:db8::1]:443", "connect", "tcp", "allow")]
    [InlineData("192.0.3.1:443", "connect", "tcp", "allow")]
    [InlineData("192.0.2.1:80", "connect", "tcp", "allow")]
    [InlineData("192.0.2.1:443", "bind", "tcp", "allow")]
    public async Task An_operation_on_a_socket_is_decided_by_where_it_goes(
        string endpoint, string operation, string protocol, string verdict)
    {
        var file = Write("a.yml", """
            title: t
            logsource: {product: linux, category: network_connection}
            detection:
                sel: {DestinationIp|cidr: 192.0.2.0/24, DestinationPort: 443, Protocol: tcp}
                condition: sel
            guard: {action: block}
            """);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "connect", endpoint, "--operation", operation, "--protocol", protocol, "--rules", file);
        Assert.StartsWith($"{operation} {endpoint}: {verdict}", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:80", "connect", "block")]
    [InlineData("[::]:80", "connect", "allow")]
    [InlineData("0.0.0.0:80", "bind", "allow")]
    public async Task Who_goes_nowhere_comes_to_this_host(string endpoint, string operation, string verdict)
    {
        var file = Write("a.yml", """
            title: t
            logsource: {product: linux, category: network_connection}
            detection:
                to: {DestinationIp: 127.0.0.1}
                on: {SourceIp: 127.0.0.1}
                condition: to or on
            guard: {action: block}
            """);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "connect", endpoint, "--operation", operation, "--rules", file);
        Assert.StartsWith($"{operation} {endpoint}: {verdict}", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packet", "block")]
    [InlineData("xdp", "allow")]
    [InlineData("ipv4", "allow")]
    public async Task A_raw_socket_is_decided_by_its_family(string family, string verdict)
    {
        var file = Write("a.yml", """
            title: t
            logsource: {product: linux, category: network_connection}
            detection:
                sel: {Operation: raw, AddressFamily: packet, Protocol|neq: tcp}
                condition: sel
            guard: {action: block}
            """);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "connect", family, "--operation", "raw", "--rules", file);
        Assert.StartsWith($"raw {family}: {verdict}", result.Out, StringComparison.Ordinal);
        result = await Cli.RunAsync("policy", "explain", "connect", "192.0.2.1:443", "--operation", "raw", "--rules", file);
        Assert.Equal((2, ""), (result.Code, result.Out));
    }

    [Theory]
    [InlineData("192.0.2.1", "tcp")]
    [InlineData("2001:db8::1:443", "tcp")]
    [InlineData("example.org:443", "tcp")]
    [InlineData("192.0.2:443", "tcp")]
    [InlineData("192.0.2.1:65536", "tcp")]
    [InlineData("192.0.2.1:443", "tpc")]
    public async Task An_endpoint_that_is_none_is_a_usage_error(string endpoint, string protocol)
    {
        var result = await Cli.RunAsync("policy", "explain", "connect", endpoint, "--protocol", protocol, "--rules", "/none");
        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains("try: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rules_the_policy_in_force_is_asked_for()
    {
        using var server = new FakeServer();
        var rule = new ListedRule(
            new RuleReference { Id = "11111111-2222-4333-8444-555555555555", Title = "No netcat", Source = "sub/a.yml(1,1)" },
            "process_creation", "allow", 0);
        server.Answer("GET /v1/policy", new PolicyListing("abc", 7, null, [rule, rule]), GuardJson.Default.PolicyListing);
        server.Answer("GET /v1/policy/show", new PolicyText("sub/a.yml", 1, Netcat, rule), GuardJson.Default.PolicyText);
        var result = await Cli.RunAsync(
            Real, "policy", "explain", "exec", "/bin/nc", "--parent-image", "/bin/sh", "--socket", server.Path);
        Assert.StartsWith("exec /bin/nc: block\ndecided by: No netcat", result.Out, StringComparison.Ordinal);
        Assert.Contains("another image", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
