using System.Runtime.InteropServices;

namespace Guard.Engine.Interop;

/// <content>Links by the programs that they attach.</content>
internal static unsafe partial class Libbpf
{
    /// <summary>Number of the program that a link attaches, as <see cref="Identify(FileDescriptorHandle)"/> of the program says it.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public static uint ProgramOf(FileDescriptorHandle link)
    {
        var info = default(LinkInfo);
        var length = (uint)sizeof(LinkInfo);
        KernelException.ThrowIfFailed(bpf_obj_get_info_by_fd((int)link.DangerousGetHandle(), &info, &length), "cannot ask about a link");
        GC.KeepAlive(link);
        return info.ProgramId;
    }

    /// <summary>
    /// A link of the program that is still there, whoever holds it; null when there is none. One that the kernel is letting go
    /// of counts as none. Needs CAP_SYS_ADMIN (bpf_link_get_fd_by_id).
    /// </summary>
    /// <exception cref="KernelException">The kernel refuses to show links.</exception>
    public static FileDescriptorHandle? FindLink(FileDescriptorHandle program)
    {
        var wanted = Identify(program).Id;
        for (uint id = 0; TryMoveToNextLink(ref id);)
        {
            var link = OpenLinkById(id);
            if (link is not null && ProgramOf(link) == wanted)
            {
                return link;
            }

            link?.Dispose();
        }

        return null;
    }

    /// <summary>False behind the last one. Any other refusal, and a list cut short by it would say that there is no link.</summary>
    private static bool TryMoveToNextLink(ref uint id)
    {
        var next = id;
        var result = bpf_link_get_next_id(id, &next);
        if (Errno.FromResult(result) == Errno.NoEntry)
        {
            return false;
        }

        KernelException.ThrowIfFailed(result, "cannot list links");
        id = next;
        return true;
    }

    private static FileDescriptorHandle? OpenLinkById(uint id)
    {
        var fd = bpf_link_get_fd_by_id(id);
        var errno = Errno.FromResult(fd);
        return errno == Errno.NoEntry || errno == Errno.TryAgain
            ? null
            : new FileDescriptorHandle(KernelException.ThrowIfFailed(fd, $"cannot open link {id}"));
    }

    /// <summary>The beginning of struct bpf_link_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkInfo
    {
        public uint Type;
        public uint Id;
        public uint ProgramId;
    }
}
