/* Actions of processes: exec in its forms, identity, signals, tracing. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* How a child is made to become another program. */
typedef void (*become)(char **argv);

/* Forks, lets the child become the program and reports both what exec said
 * and how the program ended. The pipe closes at a successful exec, so an errno
 * in it is exec's own. */
static int spawn_and_report(const char *action, become become, char **argv)
{
    int channel[2], error = 0, status = 0;
    if (pipe2(channel, O_CLOEXEC))
        return report(action, argv[0], errno);
    pid_t child = fork();
    if (child < 0)
        return report(action, argv[0], errno);
    if (child == 0) {
        become(argv);
        error = errno;
        if (write(channel[1], &error, sizeof(error)) < 0)
            _exit(126);
        _exit(127);
    }
    close(channel[1]);
    if (read(channel[0], &error, sizeof(error)) != sizeof(error))
        error = 0;
    waitpid(child, &status, 0);
    printf("{\"action\":\"%s\",\"target\":", action);
    json_string(stdout, argv[0]);
    printf(",\"errno\":\"%s\"", errno_name(error));
    if (!error && WIFSIGNALED(status))
        printf(",\"signal\":%d", WTERMSIG(status));
    else if (!error)
        printf(",\"exit\":%d", WEXITSTATUS(status));
    puts("}");
    return error || status ? EXIT_ERRNO : EXIT_DONE;
}

static void by_execve(char **argv)
{
    execve(argv[0], argv, environ);
}

static void by_execve_named(char **argv)
{
    execve(argv[0], argv + 1, environ);
}

static void by_execveat_fd(char **argv)
{
    int fd = open(argv[0], O_PATH | O_CLOEXEC);
    if (fd >= 0)
        syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

/* A copy of the program that has no path at all. */
static void by_memfd(char **argv)
{
    char buffer[65536];
    ssize_t got;
    int from = open(argv[0], O_RDONLY | O_CLOEXEC);
    int to = memfd_create("act", MFD_CLOEXEC);
    if (from < 0 || to < 0)
        return;
    while ((got = read(from, buffer, sizeof(buffer))) > 0)
        if (write(to, buffer, (size_t)got) != got)
            return;
    syscall(SYS_execveat, to, "", argv, environ, AT_EMPTY_PATH);
}

static int run_exec(int argc, char **argv)
{
    (void)argc;
    return spawn_and_report("exec", by_execve, argv);
}

static int run_execveat(int argc, char **argv)
{
    (void)argc;
    return spawn_and_report("execveat", by_execveat_fd, argv);
}

static int run_memfd_exec(int argc, char **argv)
{
    (void)argc;
    return spawn_and_report("memfd-exec", by_memfd, argv);
}

/* exec in this very process: what a shell's exec does, no new parent. */
static int run_become(int argc, char **argv)
{
    (void)argc;
    by_execve(argv);
    return report("become", argv[0], errno);
}

/* exec under another argv[0]. */
static int run_exec_named(int argc, char **argv)
{
    (void)argc;
    return spawn_and_report("exec-named", by_execve_named, argv);
}

/* Becomes the user, without any exec, then does the action. */
static int run_as(int argc, char **argv)
{
    uid_t uid = (uid_t)number(argv[0]);
    gid_t gid = (gid_t)uid;
    if (setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
        return report("as", argv[0], errno);
    return act(argc - 1, argv + 1);
}

/* Opens files as the user, and stays what it is otherwise, then does the action. The call itself tells no error. */
static int run_file_user(int argc, char **argv)
{
    uid_t uid = (uid_t)number(argv[0]);
    setfsuid(uid);
    if ((uid_t)setfsuid((uid_t)-1) != uid)
        return report("file-user", argv[0], EPERM);
    return argc > 1 ? act(argc - 1, argv + 1) : report("file-user", argv[0], 0);
}

/* Does the action in a child of this process: one more parent between. */
static int run_child(int argc, char **argv)
{
    int status;
    pid_t child = fork();
    if (child < 0)
        return report("child", argv[0], errno);
    if (child == 0)
        exit(act(argc, argv));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_ERRNO;
}

static int run_kill(int argc, char **argv)
{
    (void)argc;
    return report("kill", argv[0], kill((pid_t)number(argv[0]), (int)number(argv[1])) ? errno : 0);
}

static int run_ptrace(int argc, char **argv)
{
    (void)argc;
    long failed = ptrace(PTRACE_SEIZE, (pid_t)number(argv[0]), NULL, NULL);
    return report("ptrace", argv[0], failed ? errno : 0);
}

/* A child that is traced from before its exec, as a debugger starts a program. */
static int run_traced_exec(int argc, char **argv)
{
    (void)argc;
    int channel[2], error = 0, status = 0;
    if (pipe2(channel, O_CLOEXEC))
        return report("traced-exec", argv[0], errno);
    pid_t child = fork();
    if (child < 0)
        return report("traced-exec", argv[0], errno);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
            by_execve(argv);
        error = errno;
        _exit(write(channel[1], &error, sizeof(error)) < 0 ? 126 : 127);
    }
    close(channel[1]);
    /* It stops when it has become the program, or ends. */
    waitpid(child, &status, 0);
    if (WIFSTOPPED(status))
        kill(child, SIGKILL);
    if (read(channel[0], &error, sizeof(error)) != sizeof(error))
        error = 0;
    return report("traced-exec", argv[0], error);
}

/* BPF_MAP_CREATE: the cheapest bpf(2) that succeeds when it may. */
static int run_bpf(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    union bpf_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.map_type = BPF_MAP_TYPE_ARRAY;
    attr.key_size = attr.value_size = 4;
    attr.max_entries = 1;
    return report("bpf", "map_create", syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) < 0 ? errno : 0);
}

const struct action process_actions[] = {
    { "exec", "PATH [ARGUMENT]...   fork and execve", 1, run_exec },
    { "execveat", "PATH [ARGUMENT]...   by descriptor", 1, run_execveat },
    { "memfd-exec", "PATH [ARGUMENT]...   a copy in a memfd", 1, run_memfd_exec },
    { "exec-named", "PATH ARGV0 [ARGUMENT]...", 2, run_exec_named },
    { "become", "PATH [ARGUMENT]...   execve without a fork", 1, run_become },
    { "as", "UID ACTION...        setuid, then the action", 2, run_as },
    { "file-user", "UID [ACTION...]      setfsuid, then the action", 1, run_file_user },
    { "child", "ACTION...            in a child process", 1, run_child },
    { "kill", "PID SIGNAL", 2, run_kill },
    { "ptrace", "PID", 1, run_ptrace },
    { "traced-exec", "PATH [ARGUMENT]...   below a tracer", 1, run_traced_exec },
    { "bpf", "", 0, run_bpf },
    { NULL, NULL, 0, NULL },
};
