namespace Guard.Engine.Kernel;

/// <summary>
/// <c>kernel.ftrace_enabled</c>. At 0 the kernel calls no LSM program, and nothing else shows it. A self-test that fails says
/// that; this says why.
/// </summary>
internal static class FtraceSwitch
{
    /// <summary>Where the kernel has it.</summary>
    public const string File = "/proc/sys/kernel/ftrace_enabled";

    /// <summary>Why nothing is enforced, or null when it is on or the kernel has no such switch.</summary>
    public static string? Complaint(string file = File)
    {
        try
        {
            return System.IO.File.ReadAllText(file).Trim() == "0"
                ? "kernel.ftrace_enabled is 0, so that the kernel calls no LSM program: sysctl kernel.ftrace_enabled=1"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No claim rests on this: the self-test is the proof.
            return null;
        }
    }
}
