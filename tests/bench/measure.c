/* SPDX-License-Identifier: Apache-2.0 */
/* measure FILE-6 FILE-3 PROGRAM - instructions per operation, in a guest where
 * one nanosecond is one instruction (tests/vm/run --icount). Prints lines of
 *     operation<TAB>minimum<TAB>median
 * The minimum over many short batches is the operation alone; a median above
 * it is what timer ticks and deferred work of the kernel add. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES_MAX = 400 };

static const char *file_6, *file_3, *program;

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void open_close(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        fail(path);
    close(fd);
}

static void open_6(void) { open_close(file_6); }
static void open_3(void) { open_close(file_3); }

static void wait_for(pid_t child)
{
    int status;

    if (child < 0)
        fail("fork");
    if (waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "measure: the child ended with status %d\n", status);
        exit(1);
    }
}

static void fork_exit(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    wait_for(child);
}

static void vfork_exec(void)
{
    static char *const environment[] = {NULL};
    char *const arguments[] = {(char *)program, NULL};
    pid_t child = vfork();

    if (child == 0) {
        execve(program, arguments, environment);
        _exit(127);
    }
    wait_for(child);
}

/* Whatever was remembered of any file is worth nothing after a rename: the next open is a first one. */
static void forget(void)
{
    static char names[2][256];
    static int turn;

    if (!names[0][0]) {
        snprintf(names[0], sizeof(names[0]), "%s-renamed", file_3);
        snprintf(names[1], sizeof(names[1]), "%s-renamed-too", file_3);
        close(open(names[0], O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    }
    if (rename(names[turn], names[!turn]) != 0)
        fail("rename");
    turn = !turn;
}

static void nothing(void)
{
    /* What the loop itself costs. */
    __asm__ volatile("");
}

static const struct operation {
    const char *name;
    void (*run)(void);
    /* A batch stays below the 4 ms of a timer tick. */
    int per_batch, batches, settle;
    void (*before)(void); /* each batch, not measured */
} operations[] = {
    {"loop", nothing, 1000, 50, 10, NULL},
    {"open-6", open_6, 100, 400, 2000, NULL},
    {"open-3", open_3, 100, 400, 2000, NULL},
    {"first-6", open_6, 1, 400, 200, forget},
    {"first-3", open_3, 1, 400, 200, forget},
    {"fork-exit", fork_exit, 8, 120, 60, NULL},
    {"vfork-exec", vfork_exec, 5, 120, 60, NULL},
};

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void measure(const struct operation *operation)
{
    uint64_t batch[BATCHES_MAX];

    for (int i = 0; i < operation->settle; i++)
        operation->run();
    for (int i = 0; i < operation->batches; i++) {
        uint64_t start;

        if (operation->before)
            operation->before();
        start = now();
        for (int j = 0; j < operation->per_batch; j++)
            operation->run();
        batch[i] = (now() - start) / (unsigned)operation->per_batch;
    }
    qsort(batch, operation->batches, sizeof(batch[0]), ascending);
    printf("%s\t%lu\t%lu\n", operation->name, batch[0], batch[operation->batches / 2]);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: measure FILE-6 FILE-3 PROGRAM\n");
        return 2;
    }
    file_6 = argv[1];
    file_3 = argv[2];
    program = argv[3];
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        measure(&operations[i]);
    return 0;
}
