/* Actions that do another action in a setting: a thread, a chroot, later, ... */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
}

struct call {
    int argc;
    char **argv;
    int result;
};

static void *call_in_thread(void *argument)
{
    struct call *call = argument;
    call->result = act(call->argc, call->argv);
    return NULL;
}

/* With `become`, the thread that execs is not the leader. */
static int run_thread(int argc, char **argv)
{
    struct call call = { .argc = argc, .argv = argv };
    pthread_t thread;
    int error = pthread_create(&thread, NULL, call_in_thread, &call);
    if (error)
        return report("thread", argv[0], error);
    pthread_join(thread, NULL);
    return call.result;
}

/* A process that was there before what it waits for. stat opens nothing. */
static int run_await(int argc, char **argv)
{
    struct stat status;
    while (stat(argv[0], &status) != 0)
        pause_briefly();
    return act(argc - 1, argv + 1);
}

/* Double fork: the action is in a session of its own, its parent is gone and init has adopted it. */
static int run_orphan(int argc, char **argv)
{
    int channel[2], result = EXIT_ERRNO;
    if (pipe(channel))
        return report("orphan", argv[0], errno);
    pid_t middle = fork();
    if (middle < 0)
        return report("orphan", argv[0], errno);
    if (middle == 0) {
        pid_t parent = getpid();
        if (setsid() < 0 || fork() != 0)
            _exit(0);
        while (getppid() == parent)
            pause_briefly();
        result = act(argc, argv);
        exit(write(channel[1], &result, sizeof(result)) < 0);
    }
    close(channel[1]);
    waitpid(middle, NULL, 0);
    if (read(channel[0], &result, sizeof(result)) != sizeof(result))
        return report("orphan", argv[0], ECHILD);
    return result;
}

static int run_chroot(int argc, char **argv)
{
    if (chroot(argv[0]) || chdir("/"))
        return report("chroot", argv[0], errno);
    return act(argc - 1, argv + 1);
}

/* Goes down COUNT directories of one name, made as needed, so deep that no
 * absolute path leads there; the action's paths are relative. */
static int run_below(int argc, char **argv)
{
    for (long level = 0, count = number(argv[2]); level <= count; level++) {
        const char *directory = level ? argv[1] : argv[0];
        if (level && mkdir(directory, 0755) && errno != EEXIST)
            return report("below", directory, errno);
        if (chdir(directory))
            return report("below", directory, errno);
    }
    return act(argc - 3, argv + 3);
}

const struct action setting_actions[] = {
    { "thread", "ACTION...           in a thread that is not the leader", 1, run_thread },
    { "await", "PATH ACTION...       as soon as PATH exists", 2, run_await },
    { "orphan", "ACTION...           in a new session, after its parent has ended", 1, run_orphan },
    { "chroot", "DIR ACTION...", 2, run_chroot },
    { "below", "DIR NAME COUNT ACTION...   COUNT directories NAME down", 4, run_below },
    { NULL, NULL, 0, NULL },
};
