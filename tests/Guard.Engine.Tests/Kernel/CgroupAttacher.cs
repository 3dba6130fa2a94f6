using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

/// <summary>Attaches to a cgroup of its own that no process is in, where LSM hooks can't be had.</summary>
internal sealed unsafe partial class CgroupAttacher : IProgramAttacher, IDisposable
{
    private readonly DirectoryInfo _cgroup;

    public CgroupAttacher()
    {
        var mount = File.ReadLines("/proc/self/mountinfo").FirstOrDefault(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal));
        Skip.If(mount is null, "no cgroup2 is mounted");
        _cgroup = Directory.CreateDirectory(Path.Combine(mount.Split(' ')[4], $"guard-test-{Environment.ProcessId}-{Guid.NewGuid():n}"));
    }

    /// <summary>Names of what was attached, in order.</summary>
    public List<string> Attached { get; } = [];

    /// <summary>Refuses the program of this name.</summary>
    public string? Refuse { get; set; }

    /// <summary>What happens besides when the program of this name is attached.</summary>
    public (string Program, Action Do)? Besides { get; set; }

    public BpfLinkHandle Attach(BpfProgram program)
    {
        if (program.Name == Refuse)
        {
            KernelException.Throw($"cannot attach {program.Name}", Errno.NotPermitted);
        }

        var fd = open(_cgroup.FullName, 0, 0);
        var link = bpf_program__attach_cgroup(program.Pointer, fd);
        _ = close(fd);
        if (link == 0)
        {
            KernelException.Throw($"cannot attach {program.Name}", Errno.FromLastCall());
        }

        Attached.Add(program.Name);
        if (Besides is { } besides && besides.Program == program.Name)
        {
            besides.Do();
        }

        return new BpfLinkHandle(link);
    }

    /// <summary>How many programs are attached now, whoever holds them.</summary>
    public int Count()
    {
        const int egress = 1;
        var fd = open(_cgroup.FullName, 0, 0);
        var ids = stackalloc uint[64];
        var count = 64u;
        var flags = 0u;
        var result = bpf_prog_query(fd, egress, 0, &flags, ids, &count);
        _ = close(fd);
        Assert.Equal(0, result);
        return (int)count;
    }

    public void Dispose() => _cgroup.Delete();

    [LibraryImport("libbpf.so.1", SetLastError = true)]
    private static partial nint bpf_program__attach_cgroup(nint program, int cgroup);

    [LibraryImport("libbpf.so.1")]
    private static partial int bpf_prog_query(int target, int type, uint queryFlags, uint* attachFlags, uint* ids, uint* count);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc.so.6")]
    private static partial int close(int fd);
}
