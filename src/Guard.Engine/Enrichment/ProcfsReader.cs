using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Guard.Engine.Events;

namespace Guard.Engine.Enrichment;

/// <summary>What /proc says of a process. All texts are the process's own to choose.</summary>
internal sealed record ProcfsProcess
{
    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Process id of the parent.</summary>
    public int ParentPid { get; init; }

    /// <summary>When it started, in clock ticks (10 ms) of the boot clock.</summary>
    public ulong StartTicks { get; init; }

    /// <summary>comm.</summary>
    public KernelText Comm { get; init; }

    /// <summary>Path of the program; empty for kernel threads and where it cannot be read.</summary>
    public KernelText Image { get; init; }

    /// <summary>Arguments, at most 4 KiB.</summary>
    public ImmutableArray<KernelText> Args { get; init; } = [];

    /// <summary>Real, effective uid and real gid.</summary>
    public uint Uid { get; init; }

    /// <summary>Effective uid.</summary>
    public uint Euid { get; init; }

    /// <summary>Real gid.</summary>
    public uint Gid { get; init; }
}

/// <summary>
/// Reads processes from /proc. A process may vanish or be another one at any moment: whoever knows the start time
/// gives it, and a process that started at another time is not returned. Never throws on what it reads.
/// </summary>
internal sealed class ProcfsReader
{
    /// <summary>Nanoseconds of a clock tick as /proc counts them (USER_HZ is 100 everywhere).</summary>
    public const ulong NanosecondsPerTick = 10_000_000;

    private const int BytesMax = 4096;

    private readonly string _root;

    public ProcfsReader(string root = "/proc") => _root = root;

    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    /// <summary>The process, or null when it is gone or not the one that started then.</summary>
    /// <param name="pid">Process id.</param>
    /// <param name="startNs">Its start on the boot clock; null when not known.</param>
    public ProcfsProcess? Read(int pid, ulong? startNs = null)
    {
        if (pid <= 0 || ReadStat(pid) is not { } stat || (startNs is { } start && !IsSameStart(stat.StartTicks, start)))
        {
            return null;
        }

        var (uid, euid, gid) = ReadIds(pid);
        var process = stat with { Image = ReadImage(pid), Args = ReadArgs(pid), Uid = uid, Euid = euid, Gid = gid };

        // Once more: what was read in between belongs to this process only if it is still the same.
        return ReadStat(pid)?.StartTicks == stat.StartTicks ? process : null;
    }

    /// <summary>All processes of this moment.</summary>
    public IEnumerable<ProcfsProcess> ReadAll()
    {
        foreach (var directory in Directory.EnumerateDirectories(_root))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { } process)
            {
                yield return process;
            }
        }
    }

    /// <summary>The path in cgroup v2, or null.</summary>
    public string? ReadCgroup(int pid)
    {
        var text = Encoding.UTF8.GetString(ReadBytes(pid, "cgroup"));
        return text.Split('\n').FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[3..];
    }

    /// <summary>True when a start in ticks and one in nanoseconds mean the same; both may be rounded.</summary>
    public static bool IsSameStart(ulong ticks, ulong startNs)
    {
        var other = startNs / NanosecondsPerTick;
        return ticks == other || ticks == other + 1 || ticks + 1 == other;
    }

    private ProcfsProcess? ReadStat(int pid)
    {
        // pid (comm) state ppid ...: comm may hold anything, also ") R 1", so the last parenthesis counts.
        var stat = ReadBytes(pid, "stat").AsSpan();
        var open = stat.IndexOf((byte)'(');
        var close = stat.LastIndexOf((byte)')');
        if (open < 0 || close < open)
        {
            return null;
        }

        var fields = Encoding.ASCII.GetString(stat[(close + 1)..]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int ParentField = 4 - 3;
        const int StartField = 22 - 3;
        return fields.Length > StartField
            && int.TryParse(fields[ParentField], CultureInfo.InvariantCulture, out var parent)
            && ulong.TryParse(fields[StartField], CultureInfo.InvariantCulture, out var start)
            ? new ProcfsProcess
            {
                Pid = pid,
                ParentPid = parent,
                StartTicks = start,
                Comm = new KernelText(stat[(open + 1)..close].ToArray()),
            }
            : null;
    }

    private (uint Uid, uint Euid, uint Gid) ReadIds(int pid)
    {
        uint uid = 0, euid = 0, gid = 0;
        var status = ReadBytes(pid, "status").AsSpan();
        foreach (var range in status.Split((byte)'\n'))
        {
            // The kernel escapes newlines in Name, so no line can be forged.
            var line = status[range];
            if (line.StartsWith("Uid:\t"u8))
            {
                uid = ParseField(line, 1);
                euid = ParseField(line, 2);
            }
            else if (line.StartsWith("Gid:\t"u8))
            {
                gid = ParseField(line, 1);
            }
        }

        return (uid, euid, gid);
    }

    private static uint ParseField(ReadOnlySpan<byte> line, int field)
    {
        for (; field > 0; field--)
        {
            line = line[(line.IndexOf((byte)'\t') + 1)..];
        }

        return Utf8Parser.TryParse(line, out uint value, out _) ? value : 0;
    }

    private KernelText ReadImage(int pid)
    {
        var target = FileIdentity.ReadLink(PathOf(pid, "exe"));
        return new KernelText(target.AsSpan().EndsWith(Deleted) ? target[..^Deleted.Length] : target);
    }

    private ImmutableArray<KernelText> ReadArgs(int pid)
    {
        var bytes = ReadBytes(pid, "cmdline").AsSpan();
        if (bytes.IsEmpty)
        {
            return [];
        }

        if (bytes[^1] == 0)
        {
            bytes = bytes[..^1];
        }

        var args = ImmutableArray.CreateBuilder<KernelText>();
        foreach (var range in bytes.Split((byte)0))
        {
            args.Add(new KernelText(bytes[range].ToArray()));
        }

        return args.ToImmutable();
    }

    private byte[] ReadBytes(int pid, string name)
    {
        try
        {
            using var file = File.OpenHandle(PathOf(pid, name));
            var buffer = new byte[BytesMax];
            var used = 0;
            for (int read; used < buffer.Length && (read = RandomAccess.Read(file, buffer.AsSpan(used), used)) > 0;)
            {
                used += read;
            }

            return buffer[..used];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string PathOf(int pid, string name) => Path.Combine(_root, pid.ToString(CultureInfo.InvariantCulture), name);
}
