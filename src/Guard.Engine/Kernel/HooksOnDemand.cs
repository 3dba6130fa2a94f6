using System.Collections.Immutable;
using Guard.Engine.Interop;
using Guard.Policies.Normalising;

namespace Guard.Engine.Kernel;

/// <summary>
/// Programs that are loaded and pinned always, and attached while the policy in force has rules for them: what nobody asks
/// for costs nothing. A policy is published when all that it needs is attached, and what it does not need goes when it has
/// been published; a guardd that dies in between leaves programs attached that find nothing to decide. Not thread-safe, but
/// for the watch: the engine installs one policy at a time.
/// </summary>
internal sealed class HooksOnDemand : IDisposable
{
    /// <summary>
    /// In the order of attaching; detaching goes the other way. What hashes for a decision comes behind what decides: the
    /// kernel calls the newest program of a hook first (bpf/lsm/digest.h).
    /// </summary>
    private static readonly ImmutableArray<(string Program, Func<ImageNeeds, bool> IsNeeded)> All =
    [
        .. Needed(n => n.Has(RuleCategory.ImageLoad, RuleCategory.MappedProgram), "mmap_file", "file_mprotect"),
        .. Needed(n => n.AsksDigest(RuleCategory.ProcessCreation), "digest_exec"),
        .. Needed(n => n.AsksDigest(RuleCategory.ImageLoad, RuleCategory.MappedProgram), "digest_mmap"),
        .. Needed(
            n => n.Has(RuleCategory.FileAccess),
            "file_receive",
            "path_unlink",
            "path_rmdir",
            "path_rename",
            "path_link",
            "path_symlink",
            "path_mkdir",
            "path_mknod",
            "path_truncate",
            "file_truncate",
            "path_chmod",
            "path_chown",
            "inode_unlink",
            "inode_rename",
            "inode_link",
            "inode_setattr",
            "inode_setxattr",
            "inode_removexattr",
            "inode_set_acl",
            "inode_remove_acl",
            "mounted_over",
            "moved_over"),
        .. Needed(n => n.Has(NetworkOperation.Connect), "socket_connect"),
        .. Needed(n => n.Has(NetworkOperation.Send), "socket_sendmsg"),
        .. Needed(n => n.Has(NetworkOperation.Bind), "socket_bind"),
        .. Needed(n => n.Has(NetworkOperation.Listen), "socket_listen"),
        .. Needed(n => n.Has(NetworkOperation.Raw), "socket_create"),
        .. Needed(n => n.Has(OperationKind.Module, OperationKind.Kexec), "kernel_read_file", "kernel_load_data"),
        .. Needed(n => n.Has(OperationKind.Mount), "sb_mount", "move_mount", "sb_umount", "sb_remount", "sb_pivotroot"),
        .. Needed(n => n.Has(OperationKind.Bpf), "bpf_command"),
        .. Needed(n => n.Has(OperationKind.Namespace), "userns_create"),
        .. Needed(n => n.Has(OperationKind.Access), "ptrace_access_check", "ptrace_traceme", "exec_traced"),
        .. Needed(n => n.Has(OperationKind.Signal), "task_kill", "file_fcntl", "file_ioctl", "file_ioctl_compat"),
        .. Needed(n => n.Has(OperationKind.Credentials), "task_fix_setuid", "task_fix_setgid", "task_fix_setgroups"),
        .. Needed(n => n.Has(OperationKind.Capability), "cred_free", "uring_override_creds", "capable"),
    ];

    /// <summary>One of the two is there already when the other was removed by somebody: it must not come before.</summary>
    private const string Decider = "mmap_file";

    private const string Preparer = "digest_mmap";

    /// <summary>
    /// The kernel lets go of a link when nobody can be using it any more. Until then its program can't be attached again, and
    /// the link can't be had either.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _directory;
    private readonly PinWatch _watch;
    private readonly Dictionary<string, FileDescriptorHandle> _programs;
    private readonly Dictionary<string, FileDescriptorHandle> _links = [];

    /// <summary>
    /// Takes over the programs, and opens what is attached already. A pin that leads to another program's link is removed: what
    /// it stands for is not attached.
    /// </summary>
    /// <param name="directory">Where all is pinned.</param>
    /// <param name="watch">Watches over what this pins.</param>
    /// <param name="programs">Programs by name.</param>
    /// <exception cref="KernelException">What is pinned can't be opened.</exception>
    public HooksOnDemand(string directory, PinWatch watch, Dictionary<string, FileDescriptorHandle> programs)
    {
        _directory = directory;
        _watch = watch;
        _programs = programs;
        foreach (var program in programs.Keys.Where(p => File.Exists(LinkPath(p))))
        {
            var link = Libbpf.OpenPinned(LinkPath(program));
            if (IsOf(link, program))
            {
                Keep(program, link);
            }
            else
            {
                link.Dispose();
                File.Delete(LinkPath(program));
            }
        }
    }

    /// <summary>Programs that such a policy needs, in the order of attaching.</summary>
    public static IEnumerable<string> NeededBy(ImageNeeds needs) => All.Where(h => h.IsNeeded(needs)).Select(h => h.Program);

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Names => All.Select(h => h.Program);

    /// <summary>Whether this program is attached on demand.</summary>
    public static bool Has(string program) => All.Any(h => h.Program == program);

    /// <summary>Attaches and pins what such a policy needs. To be called before it is published.</summary>
    /// <exception cref="KernelException">The kernel refused; what was attached before still is.</exception>
    public void Attach(ImageNeeds needs)
    {
        if (!_links.ContainsKey(Decider))
        {
            Detach(Preparer);
        }

        foreach (var program in NeededBy(needs).Where(p => _programs.ContainsKey(p) && !_links.ContainsKey(p)))
        {
            AttachOne(program);
        }
    }

    /// <summary>Detaches what such a policy does not need. To be called when it is published.</summary>
    /// <returns>Why programs stay where they are, because their pins can't be removed; empty when all are gone.</returns>
    public IReadOnlyList<Exception> Detach(ImageNeeds needs)
    {
        var failures = new List<Exception>();
        foreach (var (program, _) in All.Reverse().Where(h => !h.IsNeeded(needs)))
        {
            try
            {
                Detach(program);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add(e);
            }
        }

        return failures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in _links.Values.Concat(_programs.Values))
        {
            held.Dispose();
        }
    }

    private void AttachOne(string program)
    {
        var link = AttachWhenFree(program);
        try
        {
            Libbpf.Pin(link, LinkPath(program));
            Keep(program, link);
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    private void Detach(string program)
    {
        if (_links.TryGetValue(program, out var link))
        {
            _watch.Unpin(LinkPath(program));
            _links.Remove(program);
            link.Dispose();
        }
    }

    private bool IsOf(FileDescriptorHandle link, string program) => Libbpf.ProgramOf(link) == Libbpf.Identify(_programs[program]).Id;

    /// <summary>Somebody else may hold a link that was let go of here, as tools do that look at links: then it is taken back.</summary>
    private FileDescriptorHandle AttachWhenFree(string program)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return Libbpf.AttachProgram(_programs[program], program);
            }
            catch (KernelException e) when (e.Errno == Errno.Busy && waited < Patience)
            {
                if (Libbpf.FindLink(_programs[program]) is { } held)
                {
                    return held;
                }

                Thread.Sleep(Pause);
            }
        }
    }

    private static IEnumerable<(string Program, Func<ImageNeeds, bool> IsNeeded)> Needed(
        Func<ImageNeeds, bool> isNeeded, params IEnumerable<string> programs)
        => programs.Select(program => (program, isNeeded));

    private string LinkPath(string program) => Path.Combine(_directory, PinnedState.LinkPin(program));

    private void Keep(string program, FileDescriptorHandle link)
    {
        _links.Add(program, link);
        _watch.Add(PinnedState.LinkPin(program), HeldObject.Of(link));
    }
}
