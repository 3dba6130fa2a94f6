/* SPDX-License-Identifier: Apache-2.0 */
/* measure SEEN LIBRARY FRESH COUNT PROGRAM - instructions per operation, in a
 * guest where one nanosecond is one instruction (tests/vm/run --icount).
 *     SEEN      a file that is opened again and again; beside it two names are
 *               made, renamed and removed
 *     LIBRARY   a file that is mapped for execution again and again
 *     FRESH     a directory of COUNT files 000, 001, ... none of which was
 *               opened since the state to be measured came into force
 *     PROGRAM   what is executed
 * Prints lines of
 *     operation<TAB>minimum<TAB>median
 * The minimum over many short batches is the operation alone; a median above
 * it is what timer ticks and deferred work of the kernel add.
 *
 * measure --look FRESH COUNT - looks the files up, so that dentries and inodes
 * are cached, and opens none of them.
 * measure --once SEEN LIBRARY PROGRAM - each operation once: what a control
 * needs. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCHES_MAX = 400,
    ARGUMENTS = 32,
    ARGUMENT_BYTES = 128, /* the NUL included: 4 KB together */
    PORT = 4343,
};

static const char *seen, *fresh, *program;
static char made[4096], moved[4096];
static int library;
static size_t library_bytes;
static unsigned fresh_next, fresh_count;
static int listener;
static char argument[ARGUMENT_BYTES];
static char *long_arguments[ARGUMENTS + 1];

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

static void open_seen(void) { open_close(seen); }

static void make(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        fail(path);
    close(fd);
}

static void create_unlink(void)
{
    make(made);
    if (unlink(made) != 0)
        fail("unlink");
}

/* There and back, so that the next one finds what this one found. */
static void rename_twice(void)
{
    if (rename(made, moved) != 0 || rename(moved, made) != 0)
        fail("rename");
}

static void map_unmap(void)
{
    void *at = mmap(NULL, library_bytes, PROT_READ | PROT_EXEC, MAP_PRIVATE, library, 0);

    if (at == MAP_FAILED || munmap(at, library_bytes) != 0)
        fail("mmap");
}

static void set_files(const char *file, const char *what_is_mapped)
{
    struct stat status;

    seen = file;
    snprintf(made, sizeof(made), "%s-made", seen);
    snprintf(moved, sizeof(moved), "%s-moved", seen);
    library = open(what_is_mapped, O_RDONLY | O_CLOEXEC);
    if (library < 0 || fstat(library, &status) != 0)
        fail(what_is_mapped);
    library_bytes = (size_t)status.st_size;
}

/* Digits by hand: snprintf would be part of what is measured. */
static void fresh_path(char *path, unsigned index)
{
    size_t length = strlen(fresh);

    memcpy(path, fresh, length);
    path[length] = '/';
    path[length + 1] = (char)('0' + index / 100);
    path[length + 2] = (char)('0' + index / 10 % 10);
    path[length + 3] = (char)('0' + index % 10);
    path[length + 4] = '\0';
}

static void open_first(void)
{
    char path[4096];

    fresh_path(path, fresh_next++);
    open_close(path);
}

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

static void fork_exec(char *const *arguments)
{
    static char *const environment[] = {NULL};
    pid_t child = fork();

    if (child == 0) {
        execve(program, arguments, environment);
        _exit(127);
    }
    wait_for(child);
}

static void exec_short(void)
{
    char *const arguments[] = {(char *)program, NULL};

    fork_exec(arguments);
}

static void exec_4k(void) { fork_exec(long_arguments); }

static struct sockaddr_in loopback(unsigned short port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int bound(int type, unsigned short port)
{
    struct sockaddr_in here = loopback(port);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof(here)) != 0)
        fail("bind");
    return fd;
}

static void listen_here(void)
{
    listener = bound(SOCK_STREAM, PORT);
    if (listen(listener, 16) != 0)
        fail("listen");
}

/* Both ends; closed by a reset, which leaves no port behind that waits. */
static void connect_close(void)
{
    static const struct linger at_once = {.l_onoff = 1};
    struct sockaddr_in there = loopback(PORT);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), taken;

    if (fd < 0 || connect(fd, (struct sockaddr *)&there, sizeof(there)) != 0)
        fail("connect");
    taken = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (taken < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) != 0)
        fail("accept");
    close(fd);
    close(taken);
}

static void bind_close(void) { close(bound(SOCK_DGRAM, PORT)); }

static void nothing(void)
{
    /* What the loop itself costs. */
    __asm__ volatile("");
}

static const struct operation {
    const char *name;
    void (*run)(void);
    /* A batch stays below the 4 ms of a timer tick. batches 0: as many as
     * there are fresh files for. */
    int per_batch, batches, settle;
} operations[] = {
    {"loop", nothing, 1000, 50, 10},
    {"open-seen", open_seen, 50, 400, 1000},
    {"open-first", open_first, 20, 0, 0},
    {"fork-exit", fork_exit, 5, 200, 60},
    {"exec", exec_short, 2, 150, 30},
    {"exec-4k", exec_4k, 2, 150, 10},
    {"connect", connect_close, 5, 200, 100},
    {"bind", bind_close, 50, 200, 200},
    {"mmap", map_unmap, 50, 200, 200},
    {"unlink", create_unlink, 20, 200, 200},
    /* Last: after a rename paths are read anew. */
    {"rename", rename_twice, 20, 200, 200},
};

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void measure(const struct operation *operation)
{
    uint64_t batch[BATCHES_MAX];
    int batches = operation->batches;

    if (batches == 0)
        batches = (int)fresh_count / operation->per_batch;
    if (operation->run == rename_twice)
        make(made);
    for (int i = 0; i < operation->settle; i++)
        operation->run();
    for (int i = 0; i < batches; i++) {
        uint64_t start = now();

        for (int j = 0; j < operation->per_batch; j++)
            operation->run();
        batch[i] = (now() - start) / (unsigned)operation->per_batch;
    }
    qsort(batch, batches, sizeof(batch[0]), ascending);
    printf("%s\t%lu\t%lu\n", operation->name, batch[0], batch[batches / 2]);
    fflush(stdout);
}

static void set_fresh(const char *directory, const char *count)
{
    fresh = directory;
    fresh_count = (unsigned)strtoul(count, NULL, 10);
    if (fresh_count < 20 || fresh_count > 999 || strlen(directory) > 4000) {
        fprintf(stderr, "measure: %s files are not between 20 and 999\n", count);
        exit(2);
    }
}

static int look(void)
{
    struct stat status;
    char path[4096];

    for (unsigned i = 0; i < fresh_count; i++) {
        fresh_path(path, i);
        if (stat(path, &status) != 0)
            fail(path);
    }
    return 0;
}

static int once(const char *what)
{
    program = what;
    listen_here();
    open_seen();
    exec_short();
    connect_close();
    bind_close();
    map_unmap();
    create_unlink();
    make(made);
    rename_twice();
    unlink(made);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--look") == 0) {
        set_fresh(argv[2], argv[3]);
        return look();
    }
    if (argc == 5 && strcmp(argv[1], "--once") == 0) {
        set_files(argv[2], argv[3]);
        return once(argv[4]);
    }
    if (argc != 6) {
        fprintf(stderr, "usage: measure SEEN LIBRARY FRESH COUNT PROGRAM | --look FRESH COUNT |\n"
                        "       measure --once SEEN LIBRARY PROGRAM\n");
        return 2;
    }
    set_files(argv[1], argv[2]);
    set_fresh(argv[3], argv[4]);
    program = argv[5];
    memset(argument, 'x', sizeof(argument) - 1);
    for (int i = 0; i < ARGUMENTS; i++)
        long_arguments[i] = argument;
    listen_here();
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        measure(&operations[i]);
    unlink(made);
    return 0;
}
