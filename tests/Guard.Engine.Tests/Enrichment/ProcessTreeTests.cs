using Guard.Engine.Enrichment;
using Guard.Engine.Events;
using Xunit;

namespace Guard.Engine.Tests.Enrichment;

public sealed class ProcessTreeTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeProc _proc = new();

    public void Dispose() => _proc.Dispose();

    private ProcessTree Create(int capacity = 100) => new(new ProcfsReader(_proc.Root), capacity);

    private static GuardEvent Exec(ulong execId, ulong parent, int pid, int parentPid, string image, ulong start = 50 * Second) => new()
    {
        Kind = GuardEventKind.Exec,
        ExecId = execId,
        ParentExecId = parent,
        Tgid = pid,
        Tid = pid,
        ParentTgid = parentPid,
        StartNs = start,
        Path = KernelText.FromString(image),
        Args = [KernelText.FromString(image), KernelText.FromString("-x")],
    };

    private static GuardEvent Exit(ulong execId, int pid, ulong start = 50 * Second) =>
        new() { Kind = GuardEventKind.Exit, ExecId = execId, Tgid = pid, StartNs = start };

    private static List<string> Images(IEnumerable<ProcessNode> nodes) => [.. nodes.Select(node => node.Image.ToString())];

    [Fact]
    public void A_run_is_known_by_its_number_also_after_it_ended()
    {
        var tree = Create();
        tree.Observe(Exec(9, 0, 100, 1, "/bin/sh"));
        tree.Observe(Exit(9, 100));
        var node = tree.Find(9, 100, 50 * Second)!;
        Assert.Equal(("/bin/sh", "-x"), (node.Image.ToString(), node.Args[1].ToString()));
        Assert.Null(tree.Find(10, 100, 50 * Second));
    }

    [Fact]
    public void Ancestors_follow_the_numbers_and_go_on_in_procfs()
    {
        _proc.Add(1, 0, 1, "/sbin/init");
        _proc.Add(30, 1, 200, "/usr/sbin/sshd");
        var tree = Create();
        tree.Observe(Exec(5, 0, 100, 30, "/bin/bash", 10 * Second));
        tree.Observe(Exec(6, 5, 101, 100, "/usr/bin/make", 11 * Second));
        Assert.Equal(["/usr/bin/make", "/bin/bash", "/usr/sbin/sshd", "/sbin/init"], Images(tree.FindAncestors(6, 101, 12 * Second)));
    }

    [Fact]
    public void What_was_seeded_explains_processes_that_are_gone()
    {
        _proc.Add(1, 0, 1, "/sbin/init");
        _proc.Add(30, 1, 200, "/usr/sbin/sshd");
        var tree = Create();
        tree.Seed();
        _proc.Remove(30);
        Assert.Equal("/usr/sbin/sshd", tree.Find(0, 30, 2 * Second)!.Image.ToString());
        Assert.Null(tree.Find(0, 30, 9 * Second));
        Assert.Equal(["/usr/sbin/sshd", "/sbin/init"], Images(tree.FindAncestors(0, 30, 60 * Second)));
        tree.Observe(Exit(0, 30, 2 * Second));
        Assert.Empty(tree.FindAncestors(0, 30, 60 * Second));
    }

    [Fact]
    public void A_parent_that_is_younger_than_its_child_is_another_process()
    {
        _proc.Add(30, 1, 90_000, "/bin/impostor");
        Assert.Empty(Create().FindAncestors(0, 30, 60 * Second));
    }

    [Fact]
    public void Memory_is_bounded_and_what_ended_goes_first()
    {
        var tree = Create(capacity: 10);
        for (ulong id = 1; id <= 10; id++)
        {
            tree.Observe(Exec(id, 0, 100 + (int)id, 1, $"/bin/{id}"));
        }

        tree.Observe(Exit(7, 107));
        tree.Observe(Exec(11, 0, 200, 1, "/bin/11"));
        Assert.Null(tree.Find(7, 0, 0));
        Assert.NotNull(tree.Find(1, 0, 0));
        tree.Observe(Exec(12, 0, 201, 1, "/bin/12"));
        Assert.Null(tree.Find(2, 0, 0));
        Assert.NotNull(tree.Find(1, 0, 0));
        Assert.Equal(10, tree.Count);
    }

    [Fact]
    public void A_worker_that_ends_does_not_end_the_run_it_shares()
    {
        var tree = Create(capacity: 2);
        tree.Observe(Exec(1, 0, 101, 1, "/bin/1"));
        tree.Observe(Exec(2, 0, 102, 1, "/bin/2"));
        tree.Observe(Exit(2, 555));
        tree.Observe(Exec(3, 0, 103, 1, "/bin/3"));
        Assert.Null(tree.Find(1, 0, 0));
        Assert.NotNull(tree.Find(2, 0, 0));
    }

    [Fact]
    public void A_loop_of_parents_ends()
    {
        var tree = Create();
        tree.Observe(Exec(1, 2, 101, 102, "/a"));
        tree.Observe(Exec(2, 1, 102, 101, "/b"));
        Assert.Equal(ProcessTree.DepthMax, tree.FindAncestors(1, 101, 60 * Second).Length);
    }

    [Fact]
    public void Long_arguments_are_cut_and_marked()
    {
        var tree = Create();
        tree.Observe(Exec(1, 0, 101, 1, "/a") with { Args = [KernelText.FromString("a"), KernelText.FromString(new string('x', 2000))] });
        var node = tree.Find(1, 0, 0)!;
        Assert.Equal("a", Assert.Single(node.Args).ToString());
        Assert.True(node.ArgsCut);
    }
}
