/* An action without working memory: every slot of every CPU is taken and the table behind them is full, as if as many
 * tasks were preempted in a decision. For a moment this concerns everybody: no process can be forked. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <glob.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* struct guard_scratch_key of bpf/lsm/scratch.h, and its first field of guard_scratch: busy. */
struct scratch_key {
    uint64_t start;
    uint32_t tid;
    uint32_t pad;
};

struct map {
    int fd;
    struct bpf_map_info info;
};

static long bpf(int command, union bpf_attr *attr)
{
    return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int open_map(const char *name, struct map *map)
{
    glob_t found;
    char pattern[128];
    snprintf(pattern, sizeof(pattern), "/sys/fs/bpf/guard/[0-9a-f]*/map_%s", name);
    if (glob(pattern, 0, NULL, &found))
        return ENOENT;
    union bpf_attr attr = { .pathname = (uint64_t)(uintptr_t)found.gl_pathv[0] };
    map->fd = (int)bpf(BPF_OBJ_GET, &attr);
    int error = map->fd < 0 ? errno : 0;
    globfree(&found);
    if (error)
        return error;
    attr = (union bpf_attr){ .info = { .bpf_fd = (uint32_t)map->fd,
                                       .info_len = sizeof(map->info),
                                       .info = (uint64_t)(uintptr_t)&map->info } };
    return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) ? errno : 0;
}

static int element(int command, const struct map *map, const void *key, void *value)
{
    union bpf_attr attr = { .map_fd = (uint32_t)map->fd,
                            .key = (uint64_t)(uintptr_t)key,
                            .value = (uint64_t)(uintptr_t)value };
    return bpf(command, &attr) ? errno : 0;
}

/* One value for each possible CPU. */
static int set_busy(const struct map *slots, uint32_t busy)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    size_t stride = (slots->info.value_size + 7) & ~7u;
    char *values = calloc((size_t)cpus, stride);
    int error = values ? 0 : ENOMEM;
    for (uint32_t slot = 0; !error && slot < slots->info.max_entries; slot++) {
        error = element(BPF_MAP_LOOKUP_ELEM, slots, &slot, values);
        for (long cpu = 0; cpu < cpus; cpu++)
            memcpy(values + (size_t)cpu * stride, &busy, sizeof(busy));
        if (!error)
            error = element(BPF_MAP_UPDATE_ELEM, slots, &slot, values);
    }
    free(values);
    return error;
}

static struct scratch_key nobody(uint32_t number)
{
    return (struct scratch_key){ .start = number + 1, .tid = UINT32_MAX };
}

/* ENOMEM only says that the allocator is not refilled yet. */
static int fill(const struct map *table)
{
    void *value = calloc(1, table->info.value_size);
    int error = value ? 0 : ENOMEM;
    for (uint32_t i = 0; !error && i < table->info.max_entries; i++) {
        struct scratch_key key = nobody(i);
        for (int tries = 0; tries < 1000; tries++) {
            error = element(BPF_MAP_UPDATE_ELEM, table, &key, value);
            if (error != ENOMEM)
                break;
            usleep(1000);
        }
        /* Somebody else's decision has the last places. */
        if (error == E2BIG)
            error = 0;
    }
    free(value);
    return error;
}

static void empty(const struct map *table)
{
    for (uint32_t i = 0; i < table->info.max_entries; i++) {
        struct scratch_key key = nobody(i);
        element(BPF_MAP_DELETE_ELEM, table, &key, NULL);
    }
}

/* Gives everything back as soon as nobody holds the other end of `held` any more: also when the process that took it was
 * killed. It is there before, like the child, because neither could be forked afterwards, and in a group of its own with
 * the signals blocked that end a scenario, because who kills a group would kill it too. */
static pid_t fork_guardian(int held[2], const struct map *slots, const struct map *table)
{
    sigset_t ending, before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, &before);
    pid_t guardian = fork();
    if (guardian == 0) {
        char byte;
        close(held[1]);
        while (read(held[0], &byte, 1) < 0 && errno == EINTR)
            ;
        int error = set_busy(slots, 0);
        empty(table);
        _exit(error ? EXIT_ERRNO : EXIT_DONE);
    }
    if (guardian > 0)
        setpgid(guardian, guardian);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return guardian;
}

static pid_t fork_child(int start[2], int held[2], int argc, char **argv)
{
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(start[1]);
        close(held[1]);
        if (read(start[0], &byte, 1) != 1)
            _exit(EXIT_USAGE);
        exit(act(argc, argv));
    }
    return child;
}

static int run_starve(int argc, char **argv)
{
    struct map slots, table;
    int held[2], start[2], status = 0, given_back = 0;
    int error = open_map("scratch_slots", &slots);
    if (!error)
        error = open_map("scratch_table", &table);
    if (!error && (pipe(held) || pipe(start)))
        error = errno;
    if (error)
        return report("starve", argv[0], error);
    pid_t guardian = fork_guardian(held, &slots, &table);
    if (guardian < 0)
        return report("starve", argv[0], errno);
    pid_t child = fork_child(start, held, argc, argv);
    error = child < 0 ? errno : fill(&table);
    if (!error)
        error = set_busy(&slots, 1);
    if (!error && write(start[1], "", 1) != 1)
        error = errno;
    close(start[1]);
    if (child > 0)
        waitpid(child, &status, 0);
    close(held[1]);
    waitpid(guardian, &given_back, 0);
    if (!error && given_back)
        error = EIO;
    if (error)
        return report("starve", argv[0], error);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_ERRNO;
}

/* As if so many programs more were in the table (struct guard_learned of bpf/lsm/subject_types.h). */
static int run_crowd(int argc, char **argv)
{
    struct {
        uint64_t orphans, owner, programs;
    } known;
    struct map learned;
    uint32_t first = 0;
    int error = open_map("learned", &learned);
    (void)argc;
    if (!error && learned.info.value_size != sizeof(known))
        error = EINVAL;
    if (!error)
        error = element(BPF_MAP_LOOKUP_ELEM, &learned, &first, &known);
    known.programs += (uint64_t)number(argv[0]);
    if (!error)
        error = element(BPF_MAP_UPDATE_ELEM, &learned, &first, &known);
    return report("crowd", argv[0], error);
}

const struct action starve_actions[] = {
    { "crowd", "COUNT               as if so many programs more were known (root)", 1, run_crowd },
    { "starve", "ACTION...           while Guard has no working memory (root)", 1, run_starve },
    { NULL, NULL, 0, NULL },
};
