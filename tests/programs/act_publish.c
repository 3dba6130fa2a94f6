/* Decisions while two policies take turns, each one checked.
 *
 * The files of a directory have names that say what the policies make of them:
 *     n00 .. n15   A denies those with an even number, B those with an odd one
 *     always0 .. 2 both deny them
 *     never        both allow it
 * where "both" is said by rules of several parts that hold under no policy alone, so
 * that a decision made from parts of both is one that neither would make.
 *
 * What is in force is said by a file that all share: a letter, changed by `mark`
 * before a push begins and after it was acknowledged. A decision that begins and
 * ends under the same mark of a policy must be that policy's. Under the mark . it is over. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { NUMBERED = 16, ALWAYS = NUMBERED, NEVER = ALWAYS + 3, TARGETS };
enum { CHILD_EPERM = 201, CHILD_OTHER = 202 };

/* A letter in the low byte; above it a number that no two marks share. */
typedef _Atomic uint32_t mark_word;

struct tally {
    atomic_ulong decisions;    /* attempts that were allowed or refused */
    atomic_ulong as_a, as_b;   /* of numbered files: whose verdict it was */
    atomic_ulong acknowledged; /* made wholly under one acknowledged policy */
    atomic_ulong mixed;        /* a verdict that no policy gives */
    atomic_ulong stale;        /* not the acknowledged policy's verdict */
    atomic_ulong neither;      /* an errno that is no verdict */
};

static mark_word *map_mark(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    void *memory = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, sizeof(mark_word)) == 0)
        memory = mmap(NULL, sizeof(mark_word), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    return memory == MAP_FAILED ? NULL : memory;
}

static int run_mark(int argc, char **argv)
{
    (void)argc;
    mark_word *mark = map_mark(argv[0]);
    if (!mark)
        return report("mark", argv[0], errno);
    uint32_t next = ((atomic_load(mark) >> 8) + 1) << 8;
    atomic_store(mark, next | (unsigned char)argv[1][0]);
    return report("mark", argv[0], 0);
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
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == CHILD_OTHER)
        return EINTR;
    return WEXITSTATUS(status) == CHILD_EPERM ? EPERM : 0;
}

static void add(atomic_ulong *counter) { atomic_fetch_add(counter, 1); }

static void judge(struct tally *tally, int target, int error, uint32_t before, uint32_t after)
{
    int denied = error == EPERM, letter = before & 0xff;
    if (error != 0 && !denied) {
        add(&tally->neither);
        return;
    }
    add(&tally->decisions);
    int strict = before == after && (letter == 'A' || letter == 'B');
    if (strict)
        add(&tally->acknowledged);
    if (target >= NUMBERED) {
        if (denied != (target < NEVER))
            add(&tally->mixed);
        return;
    }
    int of_a = denied == (target % 2 == 0);
    add(of_a ? &tally->as_a : &tally->as_b);
    if (strict && of_a != (letter == 'A'))
        add(&tally->stale);
}

static void target_path(char *path, size_t size, const char *directory, int target)
{
    if (target < NUMBERED)
        snprintf(path, size, "%s/n%02d", directory, target);
    else if (target < NEVER)
        snprintf(path, size, "%s/always%d", directory, target - ALWAYS);
    else
        snprintf(path, size, "%s/never", directory);
}

static void work(struct tally *tally, mark_word *mark, int (*attempt)(char *), long seconds, const char *directory, int rank)
{
    char path[4096];
    time_t end = time(NULL) + seconds;
    for (int target = rank % TARGETS; time(NULL) < end && (atomic_load(mark) & 0xff) != '.'; target = (target + 1) % TARGETS) {
        target_path(path, sizeof(path), directory, target);
        uint32_t before = atomic_load(mark);
        int error = attempt(path);
        judge(tally, target, error, before, atomic_load(mark));
        /* Half of it is denied and recorded: guardd must find time to push. */
        usleep(1000);
    }
}

static int run_generations(int argc, char **argv)
{
    (void)argc;
    int (*attempt)(char *) = strcmp(argv[0], "exec") == 0 ? try_exec : try_open;
    long workers = number(argv[1]), seconds = number(argv[2]);
    mark_word *mark = map_mark(argv[3]);
    struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!mark || tally == MAP_FAILED)
        return report("generations", argv[3], errno);
    for (long rank = 0; rank < workers; rank++) {
        pid_t child = fork();
        if (child < 0)
            return report("generations", argv[4], errno);
        if (child == 0) {
            work(tally, mark, attempt, seconds, argv[4], (int)rank);
            _exit(0);
        }
    }
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    printf("{\"action\":\"generations\",\"kind\":\"%s\",\"workers\":%ld,\"decisions\":%lu,\"as_a\":%lu,\"as_b\":%lu,"
           "\"acknowledged\":%lu,\"mixed\":%lu,\"stale\":%lu,\"neither\":%lu}\n",
           argv[0], workers, tally->decisions, tally->as_a, tally->as_b, tally->acknowledged, tally->mixed,
           tally->stale, tally->neither);
    return EXIT_DONE;
}

const struct action publish_actions[] = {
    { "mark", "FILE LETTER           what is in force, - while it changes, . when it is over", 2, run_mark },
    { "generations", "open|exec WORKERS SECONDS MARK DIR   check each decision while policies take turns", 5, run_generations },
    { NULL, NULL, 0, NULL },
};
