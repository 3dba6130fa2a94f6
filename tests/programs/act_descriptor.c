/* Actions that come to a file by a descriptor or a handle instead of by its
 * name. What they read goes to standard output. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int show(int fd)
{
    char buffer[4096];
    ssize_t got = pread(fd, buffer, sizeof(buffer), 0);
    return got < 0 || write(STDOUT_FILENO, buffer, (size_t)got) != got ? errno : 0;
}

static int show_protected(int fd, int protection)
{
    struct stat status;
    if (fstat(fd, &status))
        return errno;
    char *content = mmap(NULL, (size_t)status.st_size, protection, MAP_PRIVATE, fd, 0);
    if (content == MAP_FAILED)
        return errno;
    return write(STDOUT_FILENO, content, (size_t)status.st_size) < 0 ? errno : 0;
}

static int show_mapped(int fd)
{
    return show_protected(fd, PROT_READ);
}

static int show_executable(int fd)
{
    return show_protected(fd, PROT_READ | PROT_EXEC);
}

/* Without read(2): from file to pipe to pipe, inside the kernel. */
static int show_spliced(int fd)
{
    int channel[2];
    char buffer[4096];
    off_t from = 0;
    if (pipe(channel))
        return errno;
    ssize_t moved = splice(fd, &from, channel[1], NULL, sizeof(buffer), 0);
    if (moved < 0)
        return errno;
    moved = read(channel[0], buffer, sizeof(buffer));
    return moved < 0 || write(STDOUT_FILENO, buffer, (size_t)moved) != moved ? errno : 0;
}

static int show_sent(int fd)
{
    int to = memfd_create("sent", MFD_CLOEXEC);
    off_t from = 0;
    if (to < 0 || sendfile(to, fd, &from, 4096) < 0)
        return errno;
    return show(to);
}

/* The child has nothing but what the parent sends it over a socket. A descriptor that it may not have is left out, and
 * the kernel says that something was (MSG_CTRUNC): EPERM. */
static int show_passed(int fd)
{
    int channel[2], status;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel))
        return errno;
    pid_t child = fork();
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { .space = { 0 } };
    char byte = 'x';
    struct iovec data = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = control.space,
        .msg_controllen = sizeof(control.space),
    };
    if (child == 0) {
        close(fd);
        if (recvmsg(channel[1], &message, 0) < 0)
            _exit(errno);
        struct cmsghdr *first = CMSG_FIRSTHDR(&message);
        if (!first)
            _exit(message.msg_flags & MSG_CTRUNC ? EPERM : ENOMSG);
        _exit(show(*(int *)(void *)CMSG_DATA(first)));
    }
    struct cmsghdr *first = CMSG_FIRSTHDR(&message);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(first), &fd, sizeof(int));
    if (sendmsg(channel[0], &message, 0) < 0)
        return errno;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static const struct {
    const char *name;
    int (*show)(int fd);
} ways[] = {
    { "read", show },
    { "map", show_mapped },
    { "map-exec", show_executable },
    { "splice", show_spliced },
    { "sendfile", show_sent },
    { "pass", show_passed },
};

/* Opens now, reads when GO exists. stat opens nothing. */
static int run_held(int argc, char **argv)
{
    (void)argc;
    struct stat status;
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return report("held", argv[1], errno);
    puts("waiting");
    fflush(stdout);
    while (stat(argv[2], &status))
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
    for (size_t way = 0; way < sizeof(ways) / sizeof(*ways); way++)
        if (strcmp(ways[way].name, argv[0]) == 0)
            return report("held", argv[1], ways[way].show(fd));
    return EXIT_USAGE;
}

/* DIRECTORY/0 and so on are opened and stay open until it is killed. */
static int run_hold_many(int argc, char **argv)
{
    (void)argc;
    long count = number(argv[1]);
    struct rlimit limit = { .rlim_cur = (rlim_t)count + 16, .rlim_max = (rlim_t)count + 16 };
    if (setrlimit(RLIMIT_NOFILE, &limit))
        return report("hold-many", argv[0], errno);
    for (long i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%ld", argv[0], i);
        if (open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) < 0)
            return report("hold-many", path, errno);
    }
    puts("waiting");
    fflush(stdout);
    pause();
    return EXIT_DONE;
}

/* No path is walked: the handle is the inode's number. */
static int run_handle_open(int argc, char **argv)
{
    (void)argc;
    union {
        struct file_handle handle;
        char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } at = { .handle.handle_bytes = MAX_HANDLE_SZ };
    int mount_id, mount = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (mount < 0 || name_to_handle_at(AT_FDCWD, argv[0], &at.handle, &mount_id, 0))
        return report("handle-open", argv[0], errno);
    int fd = open_by_handle_at(mount, &at.handle, O_RDONLY | O_CLOEXEC);
    return report("handle-open", argv[0], fd < 0 ? errno : show(fd));
}

/* Takes a copy of another process's descriptor. */
static int run_steal(int argc, char **argv)
{
    (void)argc;
    int process = (int)syscall(SYS_pidfd_open, (pid_t)number(argv[0]), 0);
    if (process < 0)
        return report("steal", argv[0], errno);
    int fd = (int)syscall(SYS_pidfd_getfd, process, (int)number(argv[1]), 0);
    return report("steal", argv[0], fd < 0 ? errno : show(fd));
}

static int run_set_times(int argc, char **argv)
{
    (void)argc;
    struct timespec times[2] = { { .tv_sec = 86400 }, { .tv_sec = 86400 } };
    return report("set-times", argv[0], utimensat(AT_FDCWD, argv[0], times, 0) ? errno : 0);
}

const struct action descriptor_actions[] = {
    { "held", "read|map|map-exec|splice|sendfile|pass PATH GO   opened now, read as soon as GO exists", 3, run_held },
    { "hold-many", "DIRECTORY COUNT        as many files, made in it and held open", 2, run_hold_many },
    { "handle-open", "PATH MOUNT           open_by_handle_at", 2, run_handle_open },
    { "steal", "PID FD               pidfd_getfd, then read", 2, run_steal },
    { "set-times", "PATH                 utimensat", 1, run_set_times },
    { NULL, NULL, 0, NULL },
};
