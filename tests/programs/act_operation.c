/* Actions on the system itself: mounts by the old and the new system calls,
 * modules, kexec, bpf(2), namespaces, other processes. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <sched.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int failed(long result)
{
    return result < 0 ? errno : 0;
}

static int run_mount(int argc, char **argv)
{
    (void)argc;
    return report("mount", argv[1], failed(mount("none", argv[1], argv[0], 0, NULL)));
}

static int run_remount(int argc, char **argv)
{
    (void)argc;
    return report("remount", argv[0], failed(mount("none", argv[0], NULL, MS_REMOUNT | MS_NOEXEC, NULL)));
}

/* What mount(8) of new util-linux does for a remount. */
static int run_remount_new(int argc, char **argv)
{
    (void)argc;
    int context = fspick(AT_FDCWD, argv[0], FSPICK_CLOEXEC);
    if (context < 0)
        return report("remount-new", argv[0], errno);
    if (fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0))
        return report("remount-new", argv[0], errno);
    return report("remount-new", argv[0], failed(fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0)));
}

static int run_remount_write(int argc, char **argv)
{
    (void)argc;
    return report("remount-write", argv[0], failed(mount("none", argv[0], NULL, MS_REMOUNT, NULL)));
}

static int run_propagate(int argc, char **argv)
{
    (void)argc;
    return report("propagate", argv[0], failed(mount("none", argv[0], NULL, MS_PRIVATE, NULL)));
}

static int run_move_old(int argc, char **argv)
{
    (void)argc;
    return report("move-old", argv[1], failed(mount(argv[0], argv[1], NULL, MS_MOVE, NULL)));
}

static int run_move_new(int argc, char **argv)
{
    (void)argc;
    return report("move-new", argv[1], failed(move_mount(AT_FDCWD, argv[0], AT_FDCWD, argv[1], 0)));
}

/* What `mount --bind` of new util-linux does. */
static int run_attach_tree(int argc, char **argv)
{
    (void)argc;
    int tree = open_tree(AT_FDCWD, argv[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        return report("attach-tree", argv[1], errno);
    return report("attach-tree", argv[1], failed(move_mount(tree, "", AT_FDCWD, argv[1], MOVE_MOUNT_F_EMPTY_PATH)));
}

/* And what it does with a new file system. */
static int run_attach_new(int argc, char **argv)
{
    (void)argc;
    int context = fsopen(argv[0], FSOPEN_CLOEXEC), mounted = -1;
    if (context >= 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mounted = fsmount(context, FSMOUNT_CLOEXEC, 0);
    if (mounted < 0)
        return report("attach-new", argv[1], errno);
    return report("attach-new", argv[1], failed(move_mount(mounted, "", AT_FDCWD, argv[1], MOVE_MOUNT_F_EMPTY_PATH)));
}

/* In a mount namespace of its own. */
static int run_pivot(int argc, char **argv)
{
    (void)argc;
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return report("pivot", argv[0], errno);
    return report("pivot", argv[0], failed(syscall(SYS_pivot_root, argv[0], argv[1])));
}

static int run_module_file(int argc, char **argv)
{
    (void)argc;
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    return report("module-file", argv[0], fd < 0 ? errno : failed(syscall(SYS_finit_module, fd, "", 0)));
}

static int run_module_memory(int argc, char **argv)
{
    (void)argc;
    struct stat status;
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status))
        return report("module-memory", argv[0], errno);
    void *content = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (content == MAP_FAILED)
        return report("module-memory", argv[0], errno);
    return report("module-memory", argv[0], failed(syscall(SYS_init_module, content, status.st_size, "")));
}

static int run_kexec_file(int argc, char **argv)
{
    (void)argc;
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return report("kexec-file", argv[0], errno);
    return report("kexec-file", argv[0], failed(syscall(SYS_kexec_file_load, fd, -1, 0UL, NULL, 4UL)));
}

/* No segment: what may have been loaded is let go. */
static int run_kexec_memory(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return report("kexec-memory", "none", failed(syscall(SYS_kexec_load, 0UL, 0UL, NULL, 0UL)));
}

/* With nothing that makes sense: EINVAL or EBADF when it may. */
static int run_bpf_command(int argc, char **argv)
{
    (void)argc;
    union bpf_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.link_detach.link_fd = ~0U;
    return report("bpf-command", argv[0], failed(syscall(SYS_bpf, (int)number(argv[0]), &attr, sizeof(attr))));
}

static int run_unshare_user(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return report("unshare-user", "user", failed(unshare(CLONE_NEWUSER)));
}

static int run_read_memory(int argc, char **argv)
{
    (void)argc;
    char byte;
    struct iovec local = { &byte, 1 };
    /* Any address of ours: whether it is one of theirs is asked later. */
    struct iovec remote = { &byte, 1 };
    return report("read-memory", argv[0],
                  failed(process_vm_readv((pid_t)number(argv[0]), &local, 1, &remote, 1, 0)));
}

static int run_read_environment(int argc, char **argv)
{
    (void)argc;
    char path[64], byte;
    snprintf(path, sizeof(path), "/proc/%ld/environ", number(argv[0]));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return report("read-environment", argv[0], fd < 0 ? errno : failed(read(fd, &byte, 1)));
}

static int run_write_memory(int argc, char **argv)
{
    (void)argc;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/mem", number(argv[0]));
    return report("write-memory", argv[0], failed(open(path, O_RDWR | O_CLOEXEC)));
}

static int run_traceme(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return report("traceme", "parent", failed(ptrace(PTRACE_TRACEME, 0, NULL, NULL)));
}

static int run_pidfd_kill(int argc, char **argv)
{
    (void)argc;
    int process = (int)syscall(SYS_pidfd_open, (pid_t)number(argv[0]), 0);
    if (process < 0)
        return report("pidfd-kill", argv[0], errno);
    return report("pidfd-kill", argv[0],
                  failed(syscall(SYS_pidfd_send_signal, process, (int)number(argv[1]), NULL, 0)));
}

/* Has one end of a pair of sockets send the signal to a process, and writes to the other end. */
static int send_by_descriptor(const char *action, char **argv, int (*name)(int fd, pid_t to))
{
    int pair[2], signal = (int)number(argv[1]);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return report(action, argv[0], errno);
    if (name(pair[0], (pid_t)number(argv[0])))
        return report(action, argv[0], errno);
    if (signal && fcntl(pair[0], F_SETSIG, signal))
        return report(action, argv[0], errno);
    if (fcntl(pair[0], F_SETFL, O_ASYNC))
        return report(action, argv[0], errno);
    return report(action, argv[0], failed(write(pair[1], "", 1)));
}

static int own_by_number(int fd, pid_t to)
{
    return fcntl(fd, F_SETOWN, to);
}

static int own_by_struct(int fd, pid_t to)
{
    struct f_owner_ex owner = { F_OWNER_PID, to };
    return fcntl(fd, F_SETOWN_EX, &owner);
}

static int own_by_ioctl(int fd, pid_t to)
{
    return ioctl(fd, FIOSETOWN, &to);
}

static int own_by_socket(int fd, pid_t to)
{
    return ioctl(fd, SIOCSPGRP, &to);
}

static int run_descriptor_kill(int argc, char **argv)
{
    (void)argc;
    return send_by_descriptor("descriptor-kill", argv, own_by_number);
}

static int run_descriptor_kill_ex(int argc, char **argv)
{
    (void)argc;
    return send_by_descriptor("descriptor-kill-ex", argv, own_by_struct);
}

static int run_descriptor_kill_ioctl(int argc, char **argv)
{
    (void)argc;
    return send_by_descriptor("descriptor-kill-ioctl", argv, own_by_ioctl);
}

static int run_descriptor_kill_socket(int argc, char **argv)
{
    (void)argc;
    return send_by_descriptor("descriptor-kill-socket", argv, own_by_socket);
}

/* To this very process, as servers do. */
static int run_descriptor_own(int argc, char **argv)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || fcntl(pair[0], F_SETOWN, getpid()))
        return report("descriptor-own", "self", errno);
    return report("descriptor-own", "self", argc ? failed(fcntl(pair[0], F_SETSIG, (int)number(argv[0]))) : 0);
}

static int run_setgid(int argc, char **argv)
{
    gid_t gid = (gid_t)number(argv[0]);
    (void)argc;
    return report("setgid", argv[0], failed(setresgid(gid, gid, gid)));
}

static int run_setgroups(int argc, char **argv)
{
    gid_t gid = (gid_t)number(argv[0]);
    (void)argc;
    return report("setgroups", argv[0], failed(setgroups(1, &gid)));
}

static int run_setuid(int argc, char **argv)
{
    (void)argc;
    uid_t uid = (uid_t)number(argv[0]);
    return report("setuid", argv[0], failed(setresuid(uid, uid, uid)));
}

const struct action operation_actions[] = {
    { "mount", "TYPE PATH            mount(2)", 2, run_mount },
    { "remount", "PATH", 1, run_remount },
    { "remount-new", "PATH                 fspick(2), fsconfig(2)", 1, run_remount_new },
    { "remount-write", "PATH                 without options", 1, run_remount_write },
    { "propagate", "PATH                 MS_PRIVATE", 1, run_propagate },
    { "move-old", "FROM TO              mount(2), MS_MOVE", 2, run_move_old },
    { "move-new", "FROM TO              move_mount(2)", 2, run_move_new },
    { "attach-tree", "FROM TO              open_tree(2), move_mount(2)", 2, run_attach_tree },
    { "attach-new", "TYPE TO              fsopen(2), move_mount(2)", 2, run_attach_new },
    { "pivot", "ROOT OLD", 2, run_pivot },
    { "module-file", "PATH                 finit_module(2)", 1, run_module_file },
    { "module-memory", "PATH                 init_module(2)", 1, run_module_memory },
    { "kexec-file", "PATH", 1, run_kexec_file },
    { "kexec-memory", "", 0, run_kexec_memory },
    { "bpf-command", "NUMBER", 1, run_bpf_command },
    { "unshare-user", "", 0, run_unshare_user },
    { "read-memory", "PID                  process_vm_readv", 1, run_read_memory },
    { "read-environment", "PID", 1, run_read_environment },
    { "write-memory", "PID                  /proc/PID/mem", 1, run_write_memory },
    { "traceme", "", 0, run_traceme },
    { "pidfd-kill", "PID SIGNAL", 2, run_pidfd_kill },
    { "descriptor-kill", "PID SIGNAL           F_SETOWN, F_SETSIG unless it is 0", 2, run_descriptor_kill },
    { "descriptor-kill-ex", "PID SIGNAL           F_SETOWN_EX", 2, run_descriptor_kill_ex },
    { "descriptor-kill-ioctl", "PID SIGNAL           FIOSETOWN", 2, run_descriptor_kill_ioctl },
    { "descriptor-kill-socket", "PID SIGNAL           SIOCSPGRP", 2, run_descriptor_kill_socket },
    { "descriptor-own", "[SIGNAL]            to itself", 0, run_descriptor_own },
    { "setuid", "UID", 1, run_setuid },
    { "setgid", "GID", 1, run_setgid },
    { "setgroups", "GID                  as the only one", 1, run_setgroups },
    { NULL, NULL, 0, NULL },
};
