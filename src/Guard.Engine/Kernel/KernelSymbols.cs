using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Addresses of the kernel's symbols, which libbpf reads for the programs from <c>/proc/kallsyms</c>. Whoever may not see
/// them reads zeros (kernel/kallsyms.c, kallsyms_show_value), and libbpf takes those: the programs would load, and look for
/// locks and page tables where there are none.
/// </summary>
internal static class KernelSymbols
{
    private const string Asked = " rename_lock";

    /// <summary>Throws <see cref="KernelException"/> when the addresses are hidden from this process.</summary>
    /// <param name="path">The list of symbols.</param>
    public static void Require(string path = "/proc/kallsyms")
    {
        if (AreHidden(path))
        {
            KernelException.Throw(
                "the kernel hides the addresses of its symbols from guardd: set kernel.kptr_restrict to 0 or 1, and leave it CAP_SYSLOG",
                default);
        }
    }

    /// <summary>Whether the address of a symbol that every kernel has reads as zero. What can't be read hides nothing.</summary>
    internal static bool AreHidden(string path)
    {
        try
        {
            var line = File.ReadLines(path).FirstOrDefault(l => l.EndsWith(Asked, StringComparison.Ordinal));
            return line is not null && line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)).TrimStart('0').IsEmpty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then libbpf can't read it either, and says so.
            return false;
        }
    }
}
