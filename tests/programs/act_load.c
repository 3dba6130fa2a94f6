/* Actions under load: many processes at once, counted by what each got.
 * A race that leaks a decision from one task to another shows up as a denied
 * path that worked or an allowed path that did not. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct counts {
    atomic_ulong ok, eperm, other;
};

enum { WAIT, GO, STOP };

struct shared {
    atomic_int go; /* one of those */
    struct counts denied, allowed;
};

/* What execve's child exits with when execve itself failed. */
enum { CHILD_EPERM = 201, CHILD_OTHER = 202 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int try_open(char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int try_exec(char *path)
{
    char *argv[] = { path, NULL };
    int status;
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0) {
        execve(path, argv, environ);
        _exit(errno == EPERM ? CHILD_EPERM : CHILD_OTHER);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return EINTR;
    if (WEXITSTATUS(status) == CHILD_EPERM)
        return EPERM;
    return WEXITSTATUS(status) == CHILD_OTHER ? EINTR : 0;
}

static void count(struct counts *counts, int error)
{
    atomic_fetch_add(error == 0 ? &counts->ok : error == EPERM ? &counts->eperm : &counts->other, 1);
}

static void print_counts(const char *name, struct counts *counts)
{
    printf("\"%s\":{\"ok\":%lu,\"eperm\":%lu,\"other\":%lu}", name, counts->ok, counts->eperm, counts->other);
}

/* Odd processes start with the denied path, even ones with the allowed one. */
static void race(struct shared *shared, int (*attempt)(char *), int rank, double seconds, char **paths)
{
    struct counts *counts[] = { &shared->denied, &shared->allowed };
    while (atomic_load(&shared->go) == WAIT)
        usleep(1000);
    double end = now() + seconds;
    for (unsigned long turn = (unsigned long)rank; now() < end && atomic_load(&shared->go) != STOP; turn++)
        count(counts[turn & 1], attempt(paths[turn & 1]));
}

/* All have ended, or all are told to because the file is there. stat opens nothing. */
static void race_until(struct shared *shared, const char *file)
{
    struct stat status;
    while (waitpid(-1, NULL, WNOHANG) >= 0) {
        if (stat(file, &status) == 0) {
            atomic_store(&shared->go, STOP);
            return;
        }
        usleep(20000);
    }
}

static int run_race(int argc, char **argv)
{
    int (*attempt)(char *) = strcmp(argv[0], "exec") == 0 ? try_exec : try_open;
    long processes = number(argv[1]), seconds = number(argv[2]);
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return report("race", argv[3], errno);
    for (long rank = 0; rank < processes; rank++) {
        pid_t child = fork();
        if (child < 0) {
            int error = errno;
            atomic_store(&shared->go, GO);
            return report("race", argv[3], error);
        }
        if (child == 0) {
            race(shared, attempt, (int)rank, (double)seconds, argv + 3);
            _exit(0);
        }
    }
    atomic_store(&shared->go, GO);
    if (argc > 5)
        race_until(shared, argv[5]);
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    printf("{\"action\":\"race\",\"kind\":\"%s\",\"processes\":%ld,", argv[0], processes);
    print_counts("denied", &shared->denied);
    fputc(',', stdout);
    print_counts("allowed", &shared->allowed);
    puts("}");
    return EXIT_DONE;
}

/* Tasks that come and go: each worker forks a child that opens and exits. */
static int run_storm(int argc, char **argv)
{
    long workers = number(argv[0]), seconds = number(argv[1]);
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return report("storm", "fork", errno);
    for (long rank = 0; rank < workers; rank++) {
        if (fork() != 0)
            continue;
        double end = now() + (double)seconds;
        while (now() < end) {
            pid_t child = fork();
            if (child == 0)
                _exit(argc > 2 ? try_open(argv[2]) != 0 : 0);
            count(&shared->allowed, child < 0 ? errno : 0);
            if (child > 0)
                waitpid(child, NULL, 0);
        }
        _exit(0);
    }
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    printf("{\"action\":\"storm\",\"workers\":%ld,", workers);
    print_counts("forks", &shared->allowed);
    puts("}");
    return EXIT_DONE;
}

/* One process, a fixed number of opens: for timing under --icount. */
static int run_repeat(int argc, char **argv)
{
    int (*attempt)(char *) = strcmp(argv[0], "exec") == 0 ? try_exec : try_open;
    long batches = argc > 3 ? number(argv[3]) : 5, turns = number(argv[1]);
    double best = 0;
    struct counts counts = { 0 };
    for (long batch = 0; batch < batches; batch++) {
        double start = now();
        for (long turn = 0; turn < turns; turn++)
            count(&counts, attempt(argv[2]));
        double taken = (now() - start) * 1e9 / (double)turns;
        if (batch == 0 || taken < best)
            best = taken;
    }
    printf("{\"action\":\"repeat\",\"kind\":\"%s\",\"target\":", argv[0]);
    json_string(stdout, argv[2]);
    printf(",\"nanoseconds\":%.1f,", best);
    print_counts("results", &counts);
    puts("}");
    return EXIT_DONE;
}

const struct action load_actions[] = {
    { "race", "open|exec PROCESSES SECONDS DENIED ALLOWED [STOP]   or until there is STOP", 5, run_race },
    { "storm", "WORKERS SECONDS [PATH]   forks that open and exit", 2, run_storm },
    { "repeat", "open|exec TURNS PATH [BATCHES]   nanoseconds each, best batch", 3, run_repeat },
    { NULL, NULL, 0, NULL },
};
