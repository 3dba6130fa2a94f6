using Guard.Engine.Interop;
using Guard.Protocol.Host;

namespace Guard.Engine.Kernel;

/// <summary>Whether this machine can enforce: what files tell, and what doing it once tells. Loads no program.</summary>
internal sealed class KernelSupport
{
    private const int SmallRingBytes = 4096;

    private readonly HostChecks _host;

    /// <summary>Checks this machine.</summary>
    public KernelSupport()
        : this(new HostChecks())
    {
    }

    /// <summary>Checks with these files.</summary>
    public KernelSupport(HostChecks host) => _host = host;

    /// <summary>All checks; none of them throws.</summary>
    public IReadOnlyList<SupportCheck> Probe() => [.. _host.Run(), ProbeRingBuffer()];

    /// <summary>The checks that say that Guard can't enforce.</summary>
    public static IReadOnlyList<SupportCheck> Failures(IEnumerable<SupportCheck> checks) =>
        [.. checks.Where(check => check.Outcome == SupportOutcome.Fail)];

    private static SupportCheck ProbeRingBuffer()
    {
        const string name = "ring-buffer";
        try
        {
            using var ring = Libbpf.CreateMap(MapType.RingBuffer, "guard_probe", 0, 0, Math.Max(SmallRingBytes, Environment.SystemPageSize));
            return new(name, SupportOutcome.Ok, "a BPF ring buffer can be made");
        }
        catch (KernelException e) when (Libc.EffectiveUserId() != 0 && (e.Errno == Errno.NotPermitted || e.Errno == Errno.AccessDenied))
        {
            return new(name, SupportOutcome.NeedsRoot, "a BPF ring buffer can't be tried without root", "Run this as root.");
        }
        catch (KernelException e)
        {
            return new(name, SupportOutcome.Fail, e.Message, "Boot a kernel built with CONFIG_BPF_SYSCALL=y, and allow guardd the bpf(2) system call.");
        }
        catch (DllNotFoundException)
        {
            return new(name, SupportOutcome.Fail, "libbpf.so.1 is not installed", "Install libbpf1 (Debian, Ubuntu) or libbpf (RHEL).");
        }
    }
}
