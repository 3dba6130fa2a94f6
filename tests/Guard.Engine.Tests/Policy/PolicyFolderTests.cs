using Guard.Engine.Policy;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Policy;

public sealed class PolicyFolderTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "guard-policy-" + Guid.NewGuid().ToString("N"));
    private readonly PolicyFolder _folder;

    public PolicyFolderTests() => _folder = new PolicyFolder(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> Hollow =>
    [
        "{}",
        "null",
        """{"Bundle":null,"Hash":"two"}""",
        """{"Bundle":{},"Hash":"two"}""",
        """{"Bundle":{"Files":[null]},"Hash":"two"}""",
        """{"Bundle":{"Files":[{"Name":"a.yml"}]},"Hash":"two"}""",
        """{"Bundle":{"Files":[{"Name":"","Content":"AA=="}]},"Hash":"two"}""",
        """{"Bundle":{"Files":[{"Content":"AA=="}]},"Hash":"two"}""",
        """{"Bundle":{"Files":[{"Name":"a.yml","Content":"AA=="}]}}""",
    ];

    private string Current => Path.Combine(_directory, "current.json");

    private string Next => Path.Combine(_directory, "next.json");

    [Fact]
    public void Before_the_first_push_there_is_nothing() => Assert.Null(_folder.Load(null));

    [Fact]
    public void A_committed_policy_is_what_the_next_start_takes()
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        Assert.Equal("one", _folder.Load("one")!.Hash);
        Assert.Equal("one", _folder.Load("something else")!.Hash);
    }

    [Fact]
    public void After_a_crash_before_the_kernel_had_it_the_old_policy_counts()
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        _folder.Prepare(Kept("two"));
        Assert.Equal("one", _folder.Load("one")!.Hash);
        Assert.Equal("one", _folder.Load("two")!.Hash);
    }

    [Fact]
    public void After_a_crash_before_the_commit_the_policy_that_the_kernel_has_counts()
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        _folder.Prepare(Kept("two"));
        Assert.Equal("two", _folder.Load("two")!.Hash);
        Assert.Equal("two", _folder.Load("two")!.Hash);
    }

    [Fact]
    public void A_refused_policy_leaves_nothing()
    {
        _folder.Prepare(Kept("one"));
        _folder.Abandon();
        Assert.Null(_folder.Load("one"));
    }

    [Fact]
    public void A_damaged_file_is_said_and_not_taken_for_an_empty_policy()
    {
        File.WriteAllText(Path.Combine(_directory, "current.json"), "{\"Bundle\":");
        Assert.Throws<InvalidDataException>(() => _folder.Load(null));
    }

    [Theory]
    [MemberData(nameof(Hollow))]
    public void A_hollow_file_is_damaged_and_not_taken_for_an_empty_policy(string json)
    {
        File.WriteAllText(Current, json);
        Assert.Contains(Current, Assert.Throws<InvalidDataException>(() => _folder.Load("one")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hollow))]
    public void A_hollow_file_of_a_push_is_not_what_is_in_force(string json)
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        File.WriteAllText(Next, json);
        var kept = _folder.Load("two")!;
        Assert.Equal(("one", "a.yml"), (kept.Hash, kept.Bundle.Files[0].Name));
    }

    [Fact]
    public void A_commit_has_reached_the_disk_when_it_returns()
    {
        var synced = new List<(string Directory, bool Current, bool Next)>();
        var folder = new PolicyFolder(_directory, directory => synced.Add((directory, File.Exists(Current), File.Exists(Next))));
        folder.Prepare(Kept("one"));
        folder.Commit();
        Assert.Equal([(_directory, true, false)], synced);
    }

    [Fact]
    public void A_refused_policy_is_gone_from_the_disk_when_that_returns()
    {
        var synced = new List<bool>();
        var folder = new PolicyFolder(_directory, _ => synced.Add(File.Exists(Next)));
        folder.Prepare(Kept("one"));
        folder.Abandon();
        Assert.Equal([false], synced);
    }

    [Fact]
    public void A_disk_that_does_not_take_the_rename_is_said()
    {
        var folder = new PolicyFolder(_directory, _ => throw new IOException("no"));
        folder.Prepare(Kept("one"));
        Assert.Throws<IOException>(folder.Commit);
    }

    [Fact]
    public void After_a_boot_in_the_middle_of_a_push_the_old_policy_counts_and_the_push_is_named_until_the_next()
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        _folder.Prepare(Kept("two"));

        Assert.Equal(("one", "two"), (_folder.Load(null)!.Hash, _folder.Interrupted!.Hash));
        Assert.False(File.Exists(Next));
        var restarted = new PolicyFolder(_directory);
        Assert.Equal(("one", "two"), (restarted.Load("one")!.Hash, restarted.Interrupted!.Hash));

        restarted.Prepare(Kept("three"));
        restarted.Commit();
        Assert.Null(restarted.Interrupted);
        Assert.Equal(("three", null), (restarted.Load(null)!.Hash, restarted.Interrupted));
    }

    [Fact]
    public void After_a_boot_in_the_middle_of_the_first_push_it_is_named()
    {
        _folder.Prepare(Kept("one"));
        Assert.Null(_folder.Load(null));
        Assert.Equal("one", _folder.Interrupted!.Hash);
    }

    [Fact]
    public void A_push_of_what_is_in_force_already_is_nothing_to_speak_of()
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        _folder.Prepare(Kept("one"));
        Assert.Equal("one", _folder.Load(null)!.Hash);
        Assert.Null(_folder.Interrupted);
    }

    [Fact]
    public void The_empty_policy_is_whole()
    {
        _folder.Prepare(new KeptPolicy(new PolicyBundle([]), "none", DateTimeOffset.UnixEpoch));
        _folder.Commit();
        Assert.Equal("none", _folder.Load(null)!.Hash);
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        _folder.Prepare(Kept("one"));
        _folder.Commit();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "current.json")));
    }

    private static KeptPolicy Kept(string hash) =>
        new(new PolicyBundle([new BundleFile("a.yml", [1, 2, 3])]), hash, DateTimeOffset.UnixEpoch);
}
