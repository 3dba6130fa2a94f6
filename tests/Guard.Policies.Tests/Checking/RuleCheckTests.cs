using Guard.Policies.Diagnostics;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Checking;

public sealed class RuleCheckTests
{
    private const string Block = "guard: {action: block}";

    [Theory]
    [InlineData("a and not a")]
    [InlineData("a and b and not a")]
    [InlineData("(a or b) and not a and not b")]
    [InlineData("not (a or not a)")]
    [InlineData("l and not l")]
    [InlineData("m and not m")]
    [InlineData("a and b and not m")]
    public void Contradiction_can_never_match(string condition)
        => Assert.Single(Where(Compile(Text(condition)), DiagnosticCatalogue.NeverMatches));

    [Theory]
    [InlineData("a and not b")]
    [InlineData("a or not a")]
    [InlineData("(a or b) and not a")]
    [InlineData("l and not a")]
    [InlineData("(a and b) or (a and not b)")]
    public void Satisfiable_condition_is_accepted(string condition)
        => Assert.False(Compile(Text(condition)).HasErrors);

    [Theory]
    [InlineData("a: {Operation: bind, DestinationPort: 80}", true)]
    [InlineData("a: {Operation: [bind, listen], DestinationIp|cidr: 10.0.0.0/8}", true)]
    [InlineData("a: {Initiated: false, DestinationPort: [80, 443]}", true)]
    [InlineData("a: {Operation: raw, SourcePort: 80}", true)]
    [InlineData("a: {Operation: raw, DestinationIp: 192.0.2.1}", true)]
    [InlineData("a: {Operation: connect, AddressFamily: packet}", true)]
    [InlineData("a: {Operation: send, AddressFamily: [packet, xdp]}", true)]
    [InlineData("{a: {Operation: bind}, b: [{DestinationPort: 80}, {DestinationIp: 192.0.2.1}]}", true)]
    [InlineData("{a: {Operation: bind}, b: {Operation: listen}}", true)]
    [InlineData("{a: {Operation: connect, DestinationPort: 80}, b: {DestinationPort|gt: 80}}", true)]
    [InlineData("a: {Operation: bind, SourcePort: 80}", false)]
    [InlineData("a: {Operation: [bind, connect], DestinationPort: 80}", false)]
    [InlineData("a: {Operation: raw, AddressFamily: packet}", false)]
    [InlineData("a: {Operation: connect, SourceIp: 192.0.2.1}", false)]
    [InlineData("a: {DestinationPort: 443, SourcePort: 53}", false)]
    [InlineData("a: {AddressFamily: [packet, ipv4]}", false)]
    [InlineData("a: {Operation: connect, AddressFamily: [packet, ipv6]}", false)]
    [InlineData("{a: {Operation: connect, DestinationPort: 80}, b: {DestinationPort|gte: 80}}", false)]
    public void Operation_on_a_socket_that_has_not_what_is_asked_can_never_match(string searches, bool never)
        => AssertNever(Rule("network_connection", AllOf(searches)), never);

    [Theory]
    [InlineData("Operation: connect, SourceIp: 192.0.2.1")]
    [InlineData("Operation: connect, AddressFamily: packet")]
    [InlineData("DestinationPort: 443, SourcePort: 53")]
    public void What_is_unknown_can_decide_with_on_unknown_deny(string items)
        => AssertNever(Rule("network_connection", AllOf($"a: {{{items}}}"), "guard: {on_unknown: deny}"), never: false);

    [Theory]
    [InlineData("Operation: bind, DestinationPort: 80")]
    [InlineData("Operation: raw, SourcePort: 80")]
    public void What_is_not_there_does_not_decide_with_on_unknown_deny(string items)
        => AssertNever(Rule("network_connection", AllOf($"a: {{{items}}}"), "guard: {on_unknown: deny}"), never: true);

    [Theory]
    [InlineData("a and not b", false)]
    [InlineData("a or b", false)]
    [InlineData("a and b", true)]
    public void Item_that_cannot_hold_may_stand_under_not(string condition, bool never)
        => AssertNever(Rule("network_connection", $"a: {{Operation: bind}}\nb: {{DestinationPort: 80}}\ncondition: {condition}"), never);

    [Theory]
    [InlineData("a: {NewUid: 0, NewGid: 0}", true)]
    [InlineData("a: {CredentialType: user, NewGid: 0}", true)]
    [InlineData("a: {CredentialType: group, NewUid|gt: 10}", true)]
    [InlineData("a: {CredentialType: group, NewGid: 0}", false)]
    [InlineData("a: [{NewUid: 0}, {NewGid: 0}]", false)]
    public void Uid_and_gid_are_never_given_at_once(string searches, bool never)
        => AssertNever(Rule("process_credentials", AllOf(searches)), never);

    [Fact]
    public void Two_ways_of_one_operation_exclude_each_other()
        => AssertNever(Rule("mount", AllOf("{a: {MountAction: new}, b: {MountAction: umount}}")), never: true);

    [Theory]
    [InlineData("a: {sha256|all: [{0}, {1}]}", "", true)]
    [InlineData("{a: {sha256: {0}}, b: {Hashes|contains: 'SHA256={1}'}}", "", true)]
    [InlineData("{a: {sha256: {0}}, b: {sha256: [{1}, {0}]}}", "", false)]
    [InlineData("a: {sha256: [{0}, {1}]}", "", false)]
    [InlineData("a: {sha256|all: [{0}, {1}]}", "guard: {on_unknown: deny}", false)]
    public void Two_digests_of_one_file_exclude_each_other(string searches, string guard, bool never)
    {
        searches = searches.Replace("{0}", new string('a', 64), StringComparison.Ordinal).Replace("{1}", new string('b', 64), StringComparison.Ordinal);
        AssertNever(Exec(AllOf(searches), guard), never);
    }

    [Fact]
    public void Accounts_of_this_machine_are_no_contradiction()
    {
        var options = new CompilerOptions { Accounts = AccountSnapshot.RootOnly };
        Assert.False(Compile(Exec(AllOf("{a: {User: root}, b: {Uid: 5}}")), options).HasErrors);
    }

    [Fact]
    public void Account_that_does_not_exist_is_no_contradiction()
        => Assert.False(Compile(Exec("a:\n    User: nobody_here\ncondition: a", Block)).HasErrors);

    [Theory]
    [InlineData("Image|endswith: /sh", true)]
    [InlineData("Image: /bin/sh", true)]
    [InlineData("Image: '*'", true)]
    [InlineData("User: root", true)]
    [InlineData("ImageInvoked: /sbin/init", true)]
    [InlineData("ParentImage|endswith: /sshd", true)]
    [InlineData("Image: /usr/bin/login", true)]
    [InlineData("Image|endswith: /agetty", true)]
    [InlineData("Image|endswith: /sulogin", true)]
    [InlineData("Image|endswith: /su", true)]
    [InlineData("Image|endswith: /sudo", true)]
    [InlineData("Image|endswith: /unix_chkpwd", true)]
    [InlineData("Image|endswith: /perl", true)]
    [InlineData("Image|endswith: /dpkg-deb", true)]
    [InlineData("Image|startswith: /var/lib/dpkg/info/", true)]
    [InlineData("ParentImage: /usr/bin/dpkg", true)]
    [InlineData("Image|endswith: /guardctl", true)]
    [InlineData("Image: /usr/lib/guard/guardctl", true)]
    [InlineData("Image: /usr/bin/guardctl", true)]
    [InlineData("Image|endswith: /nc", false)]
    [InlineData("Uid: 1000", false)]
    [InlineData("ParentImage|endswith: /nginx", false)]
    [InlineData("Image|startswith: /tmp/", false)]
    public void Blocking_exec_of_what_survival_needs_is_refused(string item, bool refused)
    {
        var text = Exec($"a:\n    {item}\ncondition: a", Block);
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
        Assert.False(Compile(text.Replace("block", "audit", StringComparison.Ordinal)).HasErrors);
    }

    [Theory]
    [InlineData("TargetFilename: /etc/passwd", "read", true)]
    [InlineData("TargetFilename: /etc/passwd", "write", false)]
    [InlineData("TargetFilename: /etc/shadow", "read", true)]
    [InlineData("TargetFilename: /etc/shadow", "write", false)]
    [InlineData("TargetFilename|startswith: /etc/pam.d/", "read", true)]
    [InlineData("TargetFilename|endswith: /pam_unix.so", "read", true)]
    [InlineData("TargetFilename: /etc/sudoers", "read", true)]
    [InlineData("TargetFilename|startswith: /var/lib/dpkg/", "[write, create]", true)]
    [InlineData("TargetFilename|startswith: /var/lib/dpkg/info/", "read", true)]
    [InlineData("TargetFilename: /etc/guard/guard.yaml", "read", true)]
    [InlineData("TargetFilename: /var/lib/guard/trail.db", "write", true)]
    [InlineData("TargetFilename|endswith: .so.6", "[read, exec]", true)]
    [InlineData("TargetFilename|startswith: /usr/bin/", "exec", true)]
    [InlineData("TargetFilename: /usr/lib/guard/guardctl", "exec", true)]
    [InlineData("TargetFilename|startswith: /usr/bin/", "write", true)]
    public void Blocking_files_that_survival_needs_is_refused(string item, string access, bool refused)
    {
        var text = FileAccess($"a:\n    {item}\n    Access: {access}\ncondition: a", Block);
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    [Theory]
    [InlineData("Operation: [bind, listen]", true)]
    [InlineData("SourcePort|lt: 1024", true)]
    [InlineData("Image|endswith: /sshd", true)]
    [InlineData("SourceIp: '::'", true)]
    [InlineData("{Initiated: false, Protocol: tcp, AddressFamily: ipv6}", true)]
    [InlineData("SourcePort: 2222", false)]
    [InlineData("SourceIp: 127.0.0.1", false)]
    [InlineData("DestinationPort: 22", false)]
    [InlineData("Operation: [connect, send, raw]", false)]
    [InlineData("{Operation: bind, LogonId: 1000}", false)]
    [InlineData("{Operation: bind, Uid|gte: 1000}", false)]
    public void Keeping_sshd_from_its_port_is_refused(string item, bool refused)
    {
        var text = Rule("network_connection", $"a: {(item.StartsWith('{') ? item : $"{{{item}}}")}\ncondition: a", Block);
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    [Theory]
    [InlineData("process_creation", "Image: /opt/rescue", "/opt/rescue")]
    [InlineData("file_access", "TargetFilename: /opt/rescue", "/opt/rescue to run it")]
    [InlineData("file_access", "TargetFilename: /etc/rescue.conf", "reading /etc/rescue.conf")]
    public void What_the_administrator_added_is_as_protected(string category, string item, string named)
    {
        var text = Rule(category, $"a:\n    {item}\ncondition: a", Block);
        Assert.False(Compile(text).HasErrors);
        var options = new CompilerOptions { Survival = new SurvivalEntries(["/opt/rescue"], ["/etc/rescue.conf"]) };
        var finding = Assert.Single(Compile(text, options).Diagnostics);
        Assert.Equal((DiagnosticCatalogue.LockOut.Id, "p.yml(8,16)"), (finding.Id, finding.Span.ToString()));
        Assert.Contains(named, finding.Message, StringComparison.Ordinal);
        // Added, never taken away.
        Assert.True(Compile(Exec("a:\n    Image: /usr/sbin/sshd\ncondition: a", Block), options).HasErrors);
    }

    [Fact]
    public void A_forced_lock_out_is_a_warning_and_compiles()
    {
        var result = Compile(Exec("a:\n    Image: /usr/sbin/sshd\ncondition: a", Block), new CompilerOptions { AllowLockOut = true });
        Assert.NotNull(result.Image);
        Assert.Equal(["p.yml(8,16)"], Where(result, DiagnosticCatalogue.LockOutForced));
    }

    [Fact]
    public void An_item_that_two_rules_share_is_named_where_each_has_it()
    {
        var rule = Exec("a:\n    Image: /x\nf:\n    CommandLine|contains: ' -h'\ncondition: a and not f", Block);
        var findings = Compile($"{rule}\n---\n{rule}").Diagnostics.Where(d => d.Id == DiagnosticCatalogue.CommandLineExclusion.Id);
        Assert.Collection(
            findings,
            first => Assert.Contains("(item in p.yml(9,9))", first.Message, StringComparison.Ordinal),
            second => Assert.Contains("(item in p.yml(21,9))", second.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Exclusion_lifts_the_lock_out()
    {
        var text = Exec("a:\n    Image|endswith: /sh\nf:\n    Uid: 0\ncondition: a and not f", Block);
        Assert.Empty(Where(Compile(text), DiagnosticCatalogue.LockOut));
    }

    private static void AssertNever(string text, bool never)
    {
        var found = Compile(text).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id);
        Assert.Equal(never ? [DiagnosticCatalogue.NeverMatches.Id] : [], found);
    }

    /// <summary>Searches as one flow map, or one of them.</summary>
    private static string AllOf(string searches)
    {
        var maps = searches.StartsWith('{') ? searches[1..^1].Replace("}, b:", "}\nb:", StringComparison.Ordinal) : searches;
        return maps + "\ncondition: all of them";
    }

    private static string Text(string condition)
    {
        var items = "a:\n    Image: /x\nb:\n    Uid: 5\nl:\n    - Image: /x\n    - Uid: 5\nm:\n    Image: /x\n    Uid: 5\n";
        return Exec(items + $"condition: {condition}");
    }
}
