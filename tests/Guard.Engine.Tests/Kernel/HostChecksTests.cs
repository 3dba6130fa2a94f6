using Guard.Engine.Kernel;
using Guard.Protocol.Host;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class HostChecksTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("guard-host-");

    public HostChecksTests()
    {
        Write("/proc/sys/kernel/osrelease", "6.1.0-51-cloud-amd64\n");
        Write("/boot/config-6.1.0-51-cloud-amd64", "CONFIG_BPF_SYSCALL=y\nCONFIG_BPF_LSM=y\nCONFIG_DEBUG_INFO_BTF=y\nCONFIG_BPF_JIT=y\nCONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\n");
        Write("/sys/kernel/btf/vmlinux", "");
        Write("/sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor,tomoyo,bpf");
        Write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
        Write("/proc/sys/kernel/ftrace_enabled", "1\n");
        Write("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/vda1 rw\n35 24 0:30 / /sys/fs/bpf rw,nosuid shared:9 - bpf bpf rw,mode=700\n");
        Write("/proc/self/status", "Name:\tguardd\nCapEff:\t000001ffffffffff\n");
        Write("/proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units\nMax locked memory         8388608              8388608              bytes\n");
        Write("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/vda1 quiet\n");
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_machine_that_can_enforce_passes_every_check() =>
        Assert.All(new HostChecks(_root.FullName).Run(), check => Assert.Equal((check.Name, SupportOutcome.Ok), (check.Name, check.Outcome)));

    [Theory]
    [InlineData("6.1.0", SupportOutcome.Ok)]
    [InlineData("7.0-rc1", SupportOutcome.Ok)]
    [InlineData("6.0.19", SupportOutcome.Fail)]
    [InlineData("5.15.0-1-generic", SupportOutcome.Fail)]
    [InlineData("what", SupportOutcome.Warn)]
    public void Kernels_before_the_floor_fail(string release, SupportOutcome expected)
    {
        Write("/proc/sys/kernel/osrelease", release);
        Assert.Equal(expected, Check("kernel").Outcome);
    }

    [Fact]
    public void Without_bpf_in_the_list_the_exact_change_is_given()
    {
        Write("/sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor\n");
        var check = Check("lsm-list");
        Assert.Equal(SupportOutcome.Fail, check.Outcome);
        Assert.Equal(
            "In /etc/default/grub, add lsm=lockdown,capability,landlock,yama,apparmor,bpf to GRUB_CMDLINE_LINUX, then run `update-grub` and reboot.",
            check.Remedy);
    }

    [Fact]
    public void A_list_from_the_kernel_command_line_is_replaced_not_doubled()
    {
        Write("/sys/kernel/security/lsm", "capability,yama");
        Write("/proc/cmdline", "quiet lsm=yama ro");
        Assert.Contains("replace lsm=yama by lsm=capability,yama,bpf", Check("lsm-list").Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_grubby_it_makes_the_change()
    {
        Write("/sys/kernel/security/lsm", "capability,selinux");
        Write("/usr/sbin/grubby", "");
        Assert.Contains("grubby --update-kernel=ALL --args=lsm=capability,selinux,bpf", Check("lsm-list").Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_only_contains_bpf_does_not_count()
    {
        Write("/sys/kernel/security/lsm", "capability,notbpf");
        Assert.Equal(SupportOutcome.Fail, Check("lsm-list").Outcome);
    }

    [Theory]
    [InlineData("lsm-list", "/sys/kernel/security/lsm", null, SupportOutcome.Fail)]
    [InlineData("btf", "/sys/kernel/btf/vmlinux", null, SupportOutcome.Fail)]
    [InlineData("ftrace", "/proc/sys/kernel/ftrace_enabled", "0\n", SupportOutcome.Fail)]
    [InlineData("ftrace", "/proc/sys/kernel/ftrace_enabled", null, SupportOutcome.Warn)]
    [InlineData("lockdown", "/sys/kernel/security/lockdown", "none integrity [confidentiality]", SupportOutcome.Fail)]
    [InlineData("lockdown", "/sys/kernel/security/lockdown", "none [integrity] confidentiality", SupportOutcome.Ok)]
    [InlineData("lockdown", "/sys/kernel/security/lockdown", null, SupportOutcome.Ok)]
    [InlineData("bpffs", "/proc/self/mountinfo", "35 24 0:30 / /mnt/bpf rw - bpf bpf rw\n", SupportOutcome.Warn)]
    [InlineData("capabilities", "/proc/self/status", "CapEff:\t0000000000000000\n", SupportOutcome.NeedsRoot)]
    [InlineData("capabilities", "/proc/self/status", "CapEff:\tnonsense\n", SupportOutcome.Warn)]
    [InlineData("kernel-config", "/boot/config-6.1.0-51-cloud-amd64", null, SupportOutcome.Ok)]
    [InlineData("kernel-config", "/boot/config-6.1.0-51-cloud-amd64", "# CONFIG_BPF_LSM is not set\n", SupportOutcome.Fail)]
    public void What_is_wrong_is_seen(string name, string path, string? text, SupportOutcome expected)
    {
        Write(path, text);
        var check = Check(name);
        Assert.Equal(expected, check.Outcome);
        Assert.True(expected == SupportOutcome.Ok || check.Remedy is not null || check.Outcome == SupportOutcome.Warn);
    }

    [SkippableTheory]
    [InlineData("lsm-list", "/sys/kernel/security/lsm")]
    [InlineData("lockdown", "/sys/kernel/security/lockdown")]
    [InlineData("ftrace", "/proc/sys/kernel/ftrace_enabled")]
    [InlineData("kernel-config", "/boot/config-6.1.0-51-cloud-amd64")]
    public void What_only_root_may_read_is_said(string name, string path)
    {
        Skip.If(Environment.IsPrivilegedProcess, "root reads everything");
        File.SetUnixFileMode(Locate(path), UnixFileMode.None);
        Assert.Equal(SupportOutcome.NeedsRoot, Check(name).Outcome);
    }

    [Fact]
    public void An_empty_machine_makes_nothing_throw() => Assert.NotEmpty(new HostChecks("/nowhere").Run());

    [SkippableFact]
    public void A_ring_buffer_can_be_made_here()
    {
        Native.SkipUnlessPermitted();
        var checks = new KernelSupport(new HostChecks(_root.FullName)).Probe();
        Assert.Equal(SupportOutcome.Ok, checks[^1].Outcome);
        Assert.Empty(KernelSupport.Failures(checks));
    }

    private SupportCheck Check(string name) => new HostChecks(_root.FullName).Run().Single(check => check.Name == name);

    private string Locate(string path) => Path.Combine(_root.FullName, path.TrimStart('/'));

    private void Write(string path, string? text)
    {
        if (text is null)
        {
            File.Delete(Locate(path));
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Locate(path))!);
        File.WriteAllText(Locate(path), text);
    }
}
