namespace Guard.Engine.Kernel;

/// <summary>Where things are.</summary>
internal sealed record LsmOptions
{
    /// <summary>The compiled programs.</summary>
    public string ObjectPath { get; init; } = "/usr/lib/guard/bpf/guard.bpf.o";

    /// <summary>The bpffs; mounted when it is not.</summary>
    public string BpfFileSystem { get; init; } = "/sys/fs/bpf";

    /// <summary>The root of the first process, where everybody looks; for <see cref="HostRoot"/>.</summary>
    public const string FirstProcessRoot = "/proc/1/root";

    /// <summary>What goes before a path to see it as others do; empty: as this process does.</summary>
    public string HostRoot { get; init; } = "";

    /// <summary>Guard's directory on it.</summary>
    public string PinRoot => Path.Combine(BpfFileSystem, "guard");
}
