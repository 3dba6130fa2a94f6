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
