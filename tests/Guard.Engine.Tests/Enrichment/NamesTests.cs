using Guard.Engine.Enrichment;
using Xunit;

namespace Guard.Engine.Tests.Enrichment;

public sealed class NamesTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly string _directory = Directory.CreateTempSubdirectory("guard-names-").FullName;
    private readonly FakeProc _proc = new();
    private readonly ManualTime _time = new();

    public void Dispose()
    {
        _proc.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("/", null, null)]
    [InlineData("/system.slice/sshd.service", "sshd.service", null)]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/editor.scope", "editor.scope", null)]
    [InlineData("/user.slice/user-1000.slice", "user-1000.slice", null)]
    [InlineData("/system.slice/docker-" + Id + ".scope", "docker-" + Id + ".scope", Id)]
    [InlineData("/docker/" + Id, null, Id)]
    [InlineData("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + Id + ".scope", "cri-containerd-" + Id + ".scope", Id)]
    [InlineData("/kubepods/besteffort/podx/" + Id, null, Id)]
    [InlineData("/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + Id, "containerd.service", Id)]
    [InlineData("/kubepods.slice/crio-" + Id + ".scope/container", "crio-" + Id + ".scope", Id)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", "libpod-" + Id + ".scope", Id)]
    [InlineData("/machine.slice/libpod-conmon-" + Id + ".scope", "libpod-conmon-" + Id + ".scope", null)]
    [InlineData("/system.slice/x" + Id + ".service", "x" + Id + ".service", null)]
    public void A_path_names_unit_and_container(string path, string? unit, string? container)
    {
        var name = CgroupNames.Parse(path);
        Assert.Equal((unit, container), (name.Unit, name.ContainerId));
    }

    [Fact]
    public void A_cgroup_is_found_by_way_of_the_process_or_by_looking_through_the_tree()
    {
        var a = Directory.CreateDirectory(Path.Combine(_directory, "system.slice", "a.service")).FullName;
        var b = Directory.CreateDirectory(Path.Combine(_directory, "system.slice", "b.service")).FullName;
        _proc.Add(42, 1, 1, "/x");
        _proc.AddCgroup(42, "1:name=systemd:/other\n0::/system.slice/a.service\n");
        var names = new CgroupNames(new ProcfsReader(_proc.Root), _time, _directory);
        Assert.Equal("a.service", names.Find(FileIdentity.InodeOf(a), 42)!.Unit);
        Assert.Equal("b.service", names.Find(FileIdentity.InodeOf(b), 42)!.Unit);
        var gone = FileIdentity.InodeOf(b);
        Directory.Delete(b);
        Assert.Equal("b.service", names.Find(gone, 42)!.Unit);
        Assert.Null(names.Find(0, 42));
        Assert.Null(names.Find(987_654_321, 42));
    }

    [Fact]
    public void A_cgroup_that_is_unknown_is_looked_for_once_a_second()
    {
        var names = new CgroupNames(new ProcfsReader(_proc.Root), _time, _directory);
        Assert.Null(names.Find(987_654_321, 1));
        var late = Directory.CreateDirectory(Path.Combine(_directory, "late.service")).FullName;
        Assert.Null(names.Find(FileIdentity.InodeOf(late), 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("late.service", names.Find(FileIdentity.InodeOf(late), 1)!.Unit);
    }

    [Fact]
    public void Accounts_come_from_passwd_and_follow_its_changes()
    {
        var passwd = Path.Combine(_directory, "passwd");
        File.WriteAllText(passwd, "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# comment\nbroken:x\n:x:5:5\nbad:x:-1:0\nwww:x:33:33::/:/x\n");
        var names = new AccountNames(_time, passwd);
        Assert.Equal(("root", "www", null, null), (names.Find(0), names.Find(33), names.Find(5), names.Find(1)));
        Assert.Equal(0u, names.ToSnapshot().UidByName["toor"]);
        File.WriteAllText(passwd, "new:x:1:1:::\n");
        Assert.Null(names.Find(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(("new", null), (names.Find(1), names.Find(0)));
        File.Delete(passwd);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("new", names.Find(1));
    }

    [Fact]
    public void Groups_come_from_group_at_each_push()
    {
        var group = Path.Combine(_directory, "group");
        var names = new AccountNames(_time, Path.Combine(_directory, "none"), group);
        Assert.Equal(0u, names.ToSnapshot().GidByName["root"]);
        File.WriteAllText(group, "root:x:0:\nadm:x:4:a,b\n# comment\nbroken:x\n:x:5:\nbad:x:-1:\n");
        Assert.Equal(["adm", "root"], names.ToSnapshot().GidByName.Keys.Order());
        File.WriteAllText(group, "adm:x:9:\n");
        Assert.Equal(9u, names.ToSnapshot().GidByName["adm"]);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
