using System.Globalization;
using System.Text;

namespace Guard.Engine.Tests.Enrichment;

/// <summary>A directory that looks like /proc.</summary>
internal sealed class FakeProc : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("guard-proc-").FullName;

    public void Add(int pid, int parent, ulong startTicks, string image, string comm = "comm", string cmdline = "", uint euid = 0) =>
        Add(pid, parent, startTicks, image, Encoding.UTF8.GetBytes(comm), Encoding.UTF8.GetBytes(cmdline), euid);

    public void Add(int pid, int parent, ulong startTicks, string image, byte[] comm, byte[] cmdline, uint euid = 0)
    {
        var directory = Path.Combine(Root, pid.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(directory);
        var rest = string.Create(
            CultureInfo.InvariantCulture,
            $") S {parent} 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 {startTicks} 1000 10 18446744073709551615\n");
        File.WriteAllBytes(Path.Combine(directory, "stat"), [.. Encoding.ASCII.GetBytes($"{pid} ("), .. comm, .. Encoding.ASCII.GetBytes(rest)]);
        File.WriteAllText(Path.Combine(directory, "status"), $"Name:\tx\nUid:\t5\t{euid}\t0\t0\nGid:\t6\t0\t0\t0\n");
        File.WriteAllBytes(Path.Combine(directory, "cmdline"), cmdline);
        File.Delete(Path.Combine(directory, "exe"));
        File.CreateSymbolicLink(Path.Combine(directory, "exe"), image);
    }

    public void AddCgroup(int pid, string text) =>
        File.WriteAllText(Path.Combine(Root, pid.ToString(CultureInfo.InvariantCulture), "cgroup"), text);

    public void Remove(int pid) => Directory.Delete(Path.Combine(Root, pid.ToString(CultureInfo.InvariantCulture)), recursive: true);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
