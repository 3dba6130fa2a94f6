using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>
/// Which programs are attached at start, and in which order: first what makes children inherit, then the seeding of what
/// runs already, then what renews a process at exec, then what decides about opens and observes; the others are attached
/// on demand (<see cref="HooksOnDemand"/>).
/// </summary>
internal static class AttachOrder
{
    private const string SeedProgram = "iter_seed";
    internal const string RenewProgram = "iter_renew";
    internal const string FilesProgram = "iter_files";
    internal const string OpenFilesProgram = "iter_open_files";
    internal const string MappedFilesProgram = "iter_mapped_files";

    private static readonly string[] Early = ["lsm/task_alloc", "lsm/task_free", "lsm.s/bprm_committed_creds"];

    /// <summary>Hooks that not every kernel has; where they are missing, another asks about the same (see abi.h), or there is nothing to ask.</summary>
    private static readonly string[] Optional = ["file_ioctl_compat", "file_truncate", "inode_set_acl", "inode_remove_acl", "uring_override_creds"];

    private const string Renewing = "lsm/bprm_check_security";

    /// <summary>Whether the program is loaded on this kernel at all.</summary>
    /// <param name="program">A program of the object.</param>
    /// <param name="hasHook">Whether the kernel has the LSM hook of this name.</param>
    public static bool IsLoaded(BpfProgram program, Func<string, bool> hasHook) =>
        !IsTest(program) && (Array.IndexOf(Optional, program.Name) < 0 || hasHook(program.Name));

    /// <summary>Whether it is attached at start: iterators are run, and test programs are for tests.</summary>
    public static bool IsAttached(BpfProgram program) =>
        !program.Name.StartsWith("iter_", StringComparison.Ordinal) && !IsTest(program) && !HooksOnDemand.Has(program.Name);

    /// <summary>Kept in the kernel: what is attached, and the iterators that a later guardd runs as well.</summary>
    public static bool IsPinned(BpfProgram program) => IsAttached(program) || IsKeptIterator(program);

    /// <summary>Iterators that are run as long as the object is in the kernel.</summary>
    public static bool IsKeptIterator(BpfProgram program) => program.Name is RenewProgram or FilesProgram or OpenFilesProgram or MappedFilesProgram;

    /// <summary>Not even loaded.</summary>
    public static bool IsTest(BpfProgram program) => program.Name.StartsWith("test_", StringComparison.Ordinal);

    /// <summary>Attached before the seeding, so that no child escapes it.</summary>
    public static IEnumerable<BpfProgram> BeforeSeeding(IEnumerable<BpfProgram> programs) =>
        programs.Where(p => IsAttached(p) && IsEarly(p)).OrderBy(p => Array.IndexOf(Early, p.Section));

    /// <summary>Attached after the seeding.</summary>
    public static IEnumerable<BpfProgram> AfterSeeding(IEnumerable<BpfProgram> programs) =>
        programs.Where(p => IsAttached(p) && !IsEarly(p)).OrderBy(p => p.Section != Renewing);

    /// <summary>Attached while a policy needs them.</summary>
    public static IEnumerable<BpfProgram> OnDemand(IEnumerable<BpfProgram> programs) => programs.Where(p => HooksOnDemand.Has(p.Name));

    /// <summary>The iterator that gives every running task its storage, if the object has one.</summary>
    public static BpfProgram? FindSeed(IEnumerable<BpfProgram> programs) => Find(programs, SeedProgram);

    /// <summary>The iterator that tells what guardd's open files are, if the object has one.</summary>
    public static BpfProgram? FindFiles(IEnumerable<BpfProgram> programs) => Find(programs, FilesProgram);

    private static BpfProgram? Find(IEnumerable<BpfProgram> programs, string name)
    {
        foreach (var program in programs)
        {
            if (program.Name == name)
            {
                return program;
            }
        }

        return null;
    }

    private static bool IsEarly(BpfProgram program) => Array.IndexOf(Early, program.Section) >= 0;
}
