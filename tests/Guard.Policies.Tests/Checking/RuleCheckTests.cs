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
    [InlineData("TargetFilename|startswith: /usr/bin/", "write", false)]
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
    public void Exclusion_lifts_the_lock_out()
    {
        var text = Exec("a:\n    Image|endswith: /sh\nf:\n    Uid: 0\ncondition: a and not f", Block);
        Assert.Empty(Where(Compile(text), DiagnosticCatalogue.LockOut));
    }

    private static string Text(string condition)
    {
        var items = "a:\n    Image: /x\nb:\n    Uid: 5\nl:\n    - Image: /x\n    - Uid: 5\nm:\n    Image: /x\n    Uid: 5\n";
        return Exec(items + $"condition: {condition}");
    }
}
