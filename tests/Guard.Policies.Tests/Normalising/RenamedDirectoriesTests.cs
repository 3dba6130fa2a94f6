using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests;

/// <summary>What rules about written files say of the rename of a directory above them.</summary>
public sealed class RenamedDirectoriesTests
{
    private const string Write = "\n    Access: write\ncondition: a";

    [Theory]
    [InlineData("TargetFilename|startswith: /srv/app/", "/srv/app", true)]
    [InlineData("TargetFilename|startswith: /srv/app/", "/srv", true)]
    [InlineData("TargetFilename|startswith: /srv/app/", "/", false)]
    [InlineData("TargetFilename|startswith: /srv/app/", "/srv/app2", false)]
    [InlineData("TargetFilename|startswith: /srv/app/", "/sr", false)]
    [InlineData("TargetFilename|startswith: /srv/app/", "/opt/srv", false)]
    [InlineData("TargetFilename|startswith: /srv/app/", "/SRV", true)]
    [InlineData("TargetFilename|startswith|cased: /srv/app/", "/SRV", false)]
    [InlineData("TargetFilename|startswith: /srv/app/conf", "/srv/app", true)]
    [InlineData("TargetFilename: /etc/ssh/sshd_config", "/etc/ssh", true)]
    [InlineData("TargetFilename: /etc/ssh/sshd_config", "/etc", true)]
    [InlineData("TargetFilename: /etc/ssh/sshd_config", "/etc/s", false)]
    [InlineData("TargetFilename: [/etc/a/b, /opt/c/d]", "/opt/c", true)]
    [InlineData("TargetFilename|contains: /.ssh/", "/home/eve/.ssh", true)]
    [InlineData("TargetFilename|contains: /.ssh/", "/home/eve", false)]
    [InlineData("TargetFilename: /home/*/.ssh/authorized_keys", "/home/eve/.ssh", true)]
    [InlineData("TargetFilename: /home/*/.ssh/authorized_keys", "/home", true)]
    [InlineData("TargetFilename: /home/*/.ssh/authorized_keys", "/home/eve", false)]
    [InlineData("TargetFilename: /data/?/key", "/data/1", true)]
    [InlineData("TargetFilename: /data/?/key", "/data/12", false)]
    [InlineData("TargetFilename|endswith: .key", "/srv", false)]
    [InlineData("TargetFilename|re: ^/srv/app/", "/srv", false)]
    public void A_directory_is_what_a_pattern_spells_before_a_slash(string item, string directory, bool refused)
        => Assert.Equal(refused, Rename(item + Write, directory));

    [Theory]
    [InlineData("write", true)]
    [InlineData("[write, read]", true)]
    [InlineData("read", false)]
    [InlineData("rename", false)]
    [InlineData("[create, delete]", false)]
    public void Only_who_may_not_write_may_not_rename_what_is_above(string access, bool refused)
        => Assert.Equal(refused, Rename($"a:\n    TargetFilename|startswith: /srv/app/\n    Access: {access}\ncondition: a", "/srv", whole: true));

    [Fact]
    public void A_rule_over_every_access_means_writes()
        => Assert.True(Rename("a:\n    TargetFilename|startswith: /srv/app/\ncondition: a", "/srv", whole: true));

    [Theory]
    [InlineData("file_event", false)]
    [InlineData("file_rename", false)]
    [InlineData("file_change", false)]
    [InlineData("file_access", true)]
    public void Log_sources_about_something_else_do_not(string category, bool refused)
    {
        var text = Rule(category, "a:\n    TargetFilename|startswith: /srv/app/\ncondition: a", "guard: {action: block}");
        Assert.Equal(refused, Decide(text, Renamed("/srv")) == Verdict.Block);
    }

    [Theory]
    [InlineData("a and not kind", "kind:\n    Access: rename", false)]
    [InlineData("a and not kind", "kind:\n    Access: read", true)]
    [InlineData("a and not place", "place:\n    TargetFilename|startswith: /srv/app/free/", true)]
    [InlineData("a and not place", "place:\n    TargetFilename: /srv", false)]
    [InlineData("a and not who", "who:\n    User: root", false)]
    [InlineData("a and who", "who:\n    User: root", true)]
    [InlineData("a and not who", "who:\n    User: 65534", true)]
    [InlineData("a and end", "end:\n    TargetFilename|endswith: .key", true)]
    [InlineData("a and end", "end:\n    TargetFilename|endswith: /conf/key", true)]
    [InlineData("a and end", "end:\n    TargetFilename|startswith: /opt/", false)]
    [InlineData("a or end", "end:\n    TargetFilename|endswith: .key", true)]
    [InlineData("not (not a)", "b:\n    User: root", true)]
    [InlineData("not (not a or who)", "who:\n    User: 65534", true)]
    public void What_the_rule_asks_besides_is_asked_of_the_rename(string condition, string more, bool refused)
        => Assert.Equal(refused, Rename(
            $"a:\n    TargetFilename|startswith: /srv/app/\n{more}\ncondition: {condition}", "/srv", whole: true));

    [Fact]
    public void A_directory_within_is_refused_where_another_item_spells_it()
    {
        const string Detection =
            "a:\n    TargetFilename|startswith: /srv/app/\n    TargetFilename|endswith: /conf/key\n    Access: write\ncondition: a";
        Assert.True(Rename(Detection, "/srv/app/x/conf", whole: true));
        Assert.False(Rename(Detection, "/opt/conf", whole: true));
        Assert.False(Rename(Detection, "/srv/app/x", whole: true));
    }

    [Fact]
    public void Only_directories_that_are_renamed_are_meant()
    {
        var text = FileAccess("a:\n    TargetFilename|startswith: /srv/app/\ncondition: a", "guard: {action: block}");
        Assert.Equal(Verdict.Allow, Decide(text, Renamed("/srv") with { RenamesDirectory = false }));
        Assert.Equal(Verdict.Allow, Decide(text, Renamed("/srv") with { RenamesDirectory = false, Access = AccessKinds.Read }));
        Assert.Equal(Verdict.Block, Decide(text, Renamed("/mnt") with { OtherName = RequestText.Of("/srv") }));
    }

    [Fact]
    public void What_is_read_of_an_unknown_path_is_not_unknown_for_that()
    {
        var text = FileAccess(
            "a:\n    TargetFilename|startswith: /srv/app/\n    Access: write\ncondition: a", "guard: {action: block, on_unknown: deny}");
        var open = Renamed("/x") with { Target = RequestText.Absent, RenamesDirectory = false, Access = AccessKinds.Read };
        Assert.Equal(Verdict.Allow, Decide(text, open));
        Assert.Equal(Verdict.Block, Decide(text, open with { RenamesDirectory = true, Access = AccessKinds.Rename }));
    }

    [Fact]
    public void The_item_stands_where_the_pattern_was_written()
    {
        var policy = Normalise(FileAccess("a:\n    TargetFilename: /etc/ssh/key\ncondition: a"));
        var directory = policy.Atoms.Index().Single(a => a.Item is TextAtom { IsOfRenamed: true, Patterns: [{ Elements: [LiteralElement { Bytes.Length: 4 }] }] });
        Assert.Equal("p.yml(7,9)", policy.Rules[0].PlaceOf(directory.Index).ToString());
    }

    [Fact]
    public void Rules_share_the_directories_that_they_are_in_and_keep_their_triggers()
    {
        var result = CompileMany(10_000, n => $"a:\n    TargetFilename: /etc/app/file{n}\n    User: root\ncondition: a");
        Assert.Equal(2, result.Normalised!.Atoms.Count(a => a is TextAtom { IsOfRenamed: true }));
        var trace = new ImageSimulator(result.Image!).Trace(Renamed("/etc/app/file7") with { RenamesDirectory = false });
        Assert.Single(trace.Evaluations);
        Assert.Equal(Verdict.Block, new ImageSimulator(result.Image!).Decide(Renamed("/etc")).Verdict);
    }

    [Fact]
    public void Thousands_of_rules_in_directories_of_their_own_fit()
    {
        var result = CompileMany(7_000, n => $"a:\n    TargetFilename: /srv/t{n}/a/b/c/db.conf\n    Access: write\ncondition: a");
        Assert.Equal(Verdict.Block, new ImageSimulator(result.Image!).Decide(Renamed("/srv/t6999/a")).Verdict);
        Assert.Equal(Verdict.Block, new ImageSimulator(result.Image!).Decide(Renamed("/srv")).Verdict);
    }

    [Fact]
    public void Many_rules_that_name_many_directories_below_one_can_be_asked_about_that()
    {
        var result = CompileMany(140, n =>
        {
            var files = string.Join(", ", Enumerable.Range(0, 9).Select(k => $"/srv/r{n}/d{k}/f"));
            return $"a:\n    TargetFilename: [{files}]\n    Uid: {n}\ncondition: a";
        });
        Assert.Equal(Verdict.Block, new ImageSimulator(result.Image!).Decide(Renamed("/srv") with { Uid = 139 }).Verdict);
    }

    [Fact]
    public void Many_deep_files_in_one_rule_are_no_condition_that_is_too_large()
    {
        var searches = string.Concat(Enumerable.Range(0, 16).Select(n => $"s{n}:\n    TargetFilename: /a{n}/b/c/d/e/f/g/h/i\n"));
        Assert.False(Compile(FileAccess($"{searches}condition: 1 of s*", "guard: {action: block}")).HasErrors);
    }

    [Fact]
    public void A_list_of_many_directories_stays_a_list()
    {
        var paths = string.Join(", ", Enumerable.Range(0, 60).Select(n => $"/d{n}/e{n}/f"));
        var policy = Normalise(FileAccess($"a:\n    TargetFilename: [{paths}]\ncondition: a"));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 64, 48], DirectoriesOf(policy));
        Assert.Empty(DirectoriesOf(Normalise(FileAccess($"a:\n    TargetFilename: [{paths}, {paths.Replace("/d", "/g", StringComparison.Ordinal)}]\ncondition: a"))));
    }

    private static IEnumerable<int> DirectoriesOf(NormalisedPolicy policy)
        => policy.Atoms.OfType<TextAtom>().Where(a => a.IsOfRenamed).Select(a => a.Patterns.Length);

    private static CompilationResult CompileMany(int count, Func<int, string> detection)
    {
        var rules = Enumerable.Range(0, count).Select(n => FileAccess(detection(n), "guard: {action: block}"));
        var files = rules.Chunk(1000).Select((chunk, n) => File(string.Join("\n---\n", chunk), $"p{n}.yml"));
        var result = PolicyCompiler.Compile([.. files], new CompilerOptions());
        Assert.Empty(result.Diagnostics.Select(d => d.ToString()).Take(3));
        return result;
    }

    private static bool Rename(string detection, string directory, bool whole = false)
        => Decide(FileAccess(whole ? detection : "a:\n    " + detection, "guard: {action: block}"), Renamed(directory)) == Verdict.Block;

    private static Verdict Decide(string text, DecisionRequest request)
    {
        var result = Compile(text, new CompilerOptions { AllowLockOut = true });
        Assert.False(result.HasErrors, string.Join('\n', result.Diagnostics.Select(d => d.Message)));
        return new ImageSimulator(result.Image!).Decide(request).Verdict;
    }

    private static DecisionRequest Renamed(string directory) => new(RuleCategory.FileAccess)
    {
        Image = RequestText.Of("/usr/bin/mv"),
        Invoked = RequestText.Of("/usr/bin/mv"),
        CommandLine = RequestText.Of("mv"),
        ParentImage = RequestText.Of("/usr/bin/bash"),
        ParentInvoked = RequestText.Of("bash"),
        ParentCommandLine = RequestText.Of("bash"),
        Target = RequestText.Of(directory),
        Access = AccessKinds.Rename,
        RenamesDirectory = true,
        Group = 0,
        MountNamespace = 0,
        Cgroup = RequestText.Of("/"),
    };
}
