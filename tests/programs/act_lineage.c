/* Actions about arguments and descent: long argument vectors, chains of
 * programs, processes that wait. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* MAX_ARG_STRLEN of the kernel less one page: one argument may have that. */
enum { FILLER = 31 * 4096 };

static char *filler(size_t bytes)
{
    char *text = malloc(bytes + 1);
    if (!text)
        abort();
    memset(text, 'x', bytes);
    text[bytes] = 0;
    return text;
}

/* exec-long BYTES PATH ARGUMENT...: that many bytes of x in arguments of at
 * most FILLER bytes between argv[0] and the arguments given. */
static int run_exec_long(int argc, char **argv)
{
    size_t bytes = (size_t)number(argv[0]), most = bytes / FILLER + 2 + (size_t)argc, at = 0;
    char **list = calloc(most + 1, sizeof(*list));
    int status, channel[2], error = 0;
    if (!list || pipe2(channel, O_CLOEXEC))
        return report("exec-long", argv[1], errno);
    list[at++] = argv[1];
    for (; bytes > 0; bytes -= bytes < FILLER ? bytes : FILLER)
        list[at++] = filler(bytes < FILLER ? bytes : FILLER);
    for (int i = 2; i < argc; i++)
        list[at++] = argv[i];
    pid_t child = fork();
    if (child == 0) {
        execve(argv[1], list, environ);
        error = errno;
        _exit(write(channel[1], &error, sizeof(error)) < 0 ? 126 : 127);
    }
    close(channel[1]);
    if (child < 0 || read(channel[0], &error, sizeof(error)) != sizeof(error))
        error = child < 0 ? errno : 0;
    waitpid(child, &status, 0);
    if (!error && WIFSIGNALED(status)) {
        printf("{\"action\":\"exec-long\",\"errno\":\"OK\",\"signal\":%d}\n", WTERMSIG(status));
        return EXIT_ERRNO;
    }
    return report("exec-long", argv[1], error);
}

static int wait_for_child(pid_t child)
{
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return report("wait", "child", errno);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_ERRNO;
}

/* descend N ACTION...: N times a child that is this program anew, then the
 * action: N execs between this process and it. */
static int run_descend(int argc, char **argv)
{
    char level[24], **list;
    long depth = number(argv[0]);
    if (depth <= 0)
        return act(argc - 1, argv + 1);
    list = calloc((size_t)argc + 3, sizeof(*list));
    if (!list)
        abort();
    snprintf(level, sizeof(level), "%ld", depth - 1);
    list[0] = "act";
    list[1] = "descend";
    list[2] = level;
    memcpy(list + 3, argv + 1, (size_t)(argc - 1) * sizeof(*list));
    pid_t child = fork();
    if (child == 0) {
        execve("/usr/lib/guard-tests/act", list, environ);
        _exit(report("descend", argv[0], errno));
    }
    return wait_for_child(child);
}

/* after FIFO ACTION...: says that it waits, and acts when FIFO is written to. */
static int run_after(int argc, char **argv)
{
    char byte;
    puts("waiting");
    fflush(stdout);
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &byte, 1) < 0)
        return report("after", argv[0], errno);
    close(fd);
    return act(argc - 1, argv + 1);
}

/* in DIRECTORY ACTION... */
static int run_in(int argc, char **argv)
{
    return chdir(argv[0]) ? report("in", argv[0], errno) : act(argc - 1, argv + 1);
}

const struct action lineage_actions[] = {
    { "exec-long", "BYTES PATH [ARGUMENT]...   with so much before the arguments", 2, run_exec_long },
    { "descend", "N ACTION...        below N programs", 2, run_descend },
    { "after", "FIFO ACTION...       when somebody writes to it", 2, run_after },
    { "in", "DIRECTORY ACTION...", 2, run_in },
    { NULL, NULL, 0, NULL },
};
