using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Policies;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

/// <summary>Which programs a policy has attached: all that decide for it, and no others.</summary>
public sealed class HooksOnDemandTests
{
    private const string Load = "mmap_file file_mprotect";
    private const string Names =
        "file_receive path_unlink path_rmdir path_rename path_link path_symlink path_mkdir path_mknod path_truncate file_truncate path_chmod path_chown "
        + "inode_unlink inode_rename inode_link inode_setattr inode_setxattr inode_removexattr inode_set_acl inode_remove_acl mounted_over moved_over";

    [Theory]
    [InlineData("process_creation", "Image: /bin/x", "audit", "")]
    [InlineData("process_creation", "Image: /bin/x", "block", Load)]
    [InlineData("process_creation", "CommandLine|contains: x", "block", "")]
    [InlineData("process_creation", "sha256: '0000000000000000000000000000000000000000000000000000000000000001'", "audit", "digest_exec")]
    [InlineData("process_creation", "sha256: '0000000000000000000000000000000000000000000000000000000000000001'", "block", Load + " digest_exec digest_mmap")]
    [InlineData("image_load", "ImageLoaded: /lib/x.so", "audit", Load)]
    [InlineData("image_load", "sha256: '0000000000000000000000000000000000000000000000000000000000000001'", "audit", Load + " digest_mmap")]
    [InlineData("file_access", "TargetFilename: /x", "block", Names)]
    [InlineData("network_connection", "DestinationPort: 80", "block", "socket_connect socket_sendmsg")]
    [InlineData("network_connection", "Operation: send", "block", "socket_sendmsg")]
    [InlineData("network_connection", "Operation: bind", "block", "socket_bind")]
    [InlineData("network_connection", "Operation: [listen, raw]", "block", "socket_listen socket_create")]
    [InlineData("driver_load", "LoadedFrom: memory", "block", "kernel_read_file kernel_load_data")]
    [InlineData("mount", "FilesystemType: ramfs", "block", "sb_mount move_mount sb_umount sb_remount sb_pivotroot")]
    [InlineData("bpf", "Image: /bin/x", "block", "bpf_command")]
    [InlineData("namespace", "Image: /bin/x", "block", "userns_create")]
    [InlineData("process_access", "TargetImage: /bin/x", "block", "ptrace_access_check ptrace_traceme exec_traced")]
    [InlineData("process_signal", "TargetImage: /bin/x", "block", "task_kill file_fcntl file_ioctl file_ioctl_compat")]
    [InlineData("process_credentials", "NewGid: 5", "block", "task_fix_setuid task_fix_setgid task_fix_setgroups")]
    [InlineData("capability_use", "Capability: SYS_MODULE", "block", "cred_free uring_override_creds capable")]
    public void A_policy_has_what_decides_for_it(string category, string item, string action, string programs)
        => Assert.Equal(programs, string.Join(' ', HooksOnDemand.NeededBy(NeedsOf(category, item, action))));

    [Fact]
    public void The_empty_policy_needs_nothing_on_demand()
        => Assert.Empty(HooksOnDemand.NeededBy(ImageNeeds.Of(PolicyCompiler.Compile([], new CompilerOptions { IncludeSelfTest = true }).Image!.Bytes.Span)));

    [Fact]
    public void Every_program_is_attached_at_start_or_on_demand()
    {
        using var bpfObject = Libbpf.OpenObject(Path.Combine(Native.RepositoryRoot(), "artifacts", "bpf", "guard.bpf.o"));
        var hooks = Libbpf.Programs(bpfObject).Where(p => !p.Name.StartsWith("iter_", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["bprm_check_security", "bprm_committed_creds", "file_open", "sched_process_exit", "task_alloc", "task_free"],
            hooks.Where(AttachOrder.IsAttached).Select(p => p.Name).Order(StringComparer.Ordinal));
        // A name that no program has would leave its hook open.
        Assert.Equal(
            hooks.Where(p => !AttachOrder.IsAttached(p)).Select(p => p.Name).Order(StringComparer.Ordinal),
            HooksOnDemand.Names.Order(StringComparer.Ordinal));
    }

    private static ImageNeeds NeedsOf(string category, string item, string action)
    {
        var text = $"title: T\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {{product: linux, category: {category}}}\n"
            + $"detection:\n    sel:\n        {item}\n    condition: sel\nguard: {{action: {action}}}\n";
        var result = PolicyCompiler.Compile([new PolicyFile("t.yml", System.Text.Encoding.UTF8.GetBytes(text))], new CompilerOptions { AllowLockOut = true });
        Assert.NotNull(result.Image);
        return ImageNeeds.Of(result.Image.Bytes.Span);
    }
}
