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
    [InlineData("TargetFilename: /etc/shadow", "read", false)]
    [InlineData("TargetFilename|endswith: .so.6", "[read, exec]", true)]
    [InlineData("TargetFilename|startswith: /usr/bin/", "exec", true)]
    [InlineData("TargetFilename|startswith: /usr/bin/", "write", false)]
    public void Blocking_files_that_survival_needs_is_refused(string item, string access, bool refused)
    {
        var text = FileAccess($"a:\n    {item}\n    Access: {access}\ncondition: a", Block);
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
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
