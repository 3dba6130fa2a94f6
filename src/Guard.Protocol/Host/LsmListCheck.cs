namespace Guard.Protocol.Host;

/// <summary>
/// Whether <c>bpf</c> is among the active LSMs. Where it is not, programs load, attach and are never called, and nothing
/// in the kernel says so.
/// </summary>
internal sealed class LsmListCheck(HostFiles files)
{
    private const string Name = "lsm-list";
    private const string ListPath = "/sys/kernel/security/lsm";

    /// <summary>Reads the list, and works out the exact change where bpf is not in it.</summary>
    public SupportCheck Run()
    {
        var file = files.Read(ListPath);
        return file.State switch
        {
            HostFileState.Read => Judge(file.Text.Trim()),
            HostFileState.Denied => new(Name, SupportOutcome.NeedsRoot, $"{ListPath} is not readable without root", "Run this as root."),
            _ => new(Name, SupportOutcome.Fail, $"{ListPath} is missing",
                "Mount securityfs (`mount -t securityfs securityfs /sys/kernel/security`) and check again."),
        };
    }

    private SupportCheck Judge(string list) =>
        list.Split(',').Contains("bpf")
            ? new(Name, SupportOutcome.Ok, $"bpf is among the active LSMs ({list})")
            : new(Name, SupportOutcome.Fail, $"bpf is not among the active LSMs ({list}): programs would load and never be called", Remedy(list));

    private string Remedy(string list)
    {
        var parameter = $"lsm={(list.Length == 0 ? "bpf" : list + ",bpf")}";
        if (files.Exists("/usr/sbin/grubby") || files.Exists("/sbin/grubby"))
        {
            return $"Run `grubby --update-kernel=ALL --args={parameter}` and reboot.";
        }

        var present = files.Read("/proc/cmdline").Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(word => word.StartsWith("lsm=", StringComparison.Ordinal));
        var change = present is null
            ? $"add {parameter} to GRUB_CMDLINE_LINUX"
            : $"replace {present} by {parameter} in GRUB_CMDLINE_LINUX";
        return $"In /etc/default/grub, {change}, then run `update-grub` and reboot.";
    }
}
