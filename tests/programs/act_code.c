/* Actions that bring a program's bytes to run in other ways than by a plain
 * execve of its path. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int wait_and_report(const char *action, const char *target, pid_t child)
{
    int status = 0;
    if (child < 0)
        return report(action, target, errno);
    waitpid(child, &status, 0);
    /* The child ends with the errno of what it could not do. */
    return report(action, target, WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT);
}

/* A copy in a file that never had a name. */
static int run_nameless_exec(int argc, char **argv)
{
    char link[64];
    (void)argc;
    pid_t child = fork();
    if (child == 0) {
        int from = open(argv[1], O_RDONLY | O_CLOEXEC);
        int to = open(argv[0], O_TMPFILE | O_RDWR | O_CLOEXEC, 0755);
        struct stat status;
        if (from < 0 || to < 0 || fstat(from, &status))
            _exit(errno);
        for (off_t left = status.st_size; left > 0;) {
            ssize_t moved = copy_file_range(from, NULL, to, NULL, (size_t)left, 0);
            if (moved <= 0)
                _exit(errno);
            left -= moved;
        }
        /* What is open for writing is not executed. */
        snprintf(link, sizeof(link), "/proc/self/fd/%d", to);
        int again = open(link, O_RDONLY | O_CLOEXEC);
        close(to);
        syscall(SYS_execveat, again, "", argv + 1, environ, AT_EMPTY_PATH);
        _exit(errno);
    }
    return wait_and_report("nameless-exec", argv[1], child);
}

/* The contents of one file into another of the same size by stores into a shared mapping: no write(2), no truncation. */
static int run_overwrite_mapped(int argc, char **argv)
{
    (void)argc;
    int to = open(argv[0], O_RDWR | O_CLOEXEC), from = open(argv[1], O_RDONLY | O_CLOEXEC);
    struct stat old, new;
    if (to < 0 || from < 0 || fstat(to, &old) || fstat(from, &new))
        return report("overwrite-mapped", argv[0], errno);
    if (old.st_size != new.st_size)
        return report("overwrite-mapped", argv[0], EINVAL);
    char *bytes = mmap(NULL, (size_t)old.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
    if (bytes == MAP_FAILED || pread(from, bytes, (size_t)new.st_size, 0) != new.st_size)
        return report("overwrite-mapped", argv[0], errno);
    munmap(bytes, (size_t)old.st_size);
    close(to);
    return report("overwrite-mapped", argv[0], 0);
}

/* execve by the table of 32-bit system calls, which takes 32-bit pointers. */
static int run_exec32(int argc, char **argv)
{
    size_t used = 0, room = 65536;
    char *low = mmap(NULL, 2 * room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED || (size_t)argc >= room / sizeof(uint32_t))
        return report("exec32", argv[0], ENOMEM);
    uint32_t *arguments = (uint32_t *)(void *)(low + room);
    for (int index = 0; index < argc; index++) {
        size_t size = strlen(argv[index]) + 1;
        if (used + size > room)
            return report("exec32", argv[0], E2BIG);
        memcpy(low + used, argv[index], size);
        arguments[index] = (uint32_t)(uintptr_t)(low + used);
        used += size;
    }
    pid_t child = fork();
    if (child == 0) {
        long result = 11; /* execve */
        __asm__ volatile("int $0x80"
                         : "+a"(result)
                         : "b"((long)(uintptr_t)low), "c"((long)(uintptr_t)arguments), "d"(0L)
                         : "memory");
        _exit((int)-result);
    }
    return wait_and_report("exec32", argv[0], child);
}

struct swap {
    char path[4096];
    size_t size;
    const char *one, *other;
    int over;
};

static void *swap_for_ever(void *argument)
{
    struct swap *swap = argument;
    while (!__atomic_load_n(&swap->over, __ATOMIC_RELAXED)) {
        memcpy(swap->path, swap->one, swap->size);
        memcpy(swap->path, swap->other, swap->size);
    }
    return NULL;
}

/* vfork shares the memory and stops only the thread that calls it. */
static int __attribute__((noinline)) vfork_and_exec(char *path, char **arguments)
{
    static volatile int failed;
    failed = 0;
    pid_t child = vfork();
    if (child == 0) {
        execve(path, arguments, environ);
        failed = errno;
        _exit(0);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
    return failed;
}

/* The string of the path changes while execve reads it. */
static int run_swap_exec(int argc, char **argv)
{
    (void)argc;
    static struct swap swap;
    long refused = 0, other = 0, turns = number(argv[2]);
    swap.one = argv[0], swap.other = argv[1], swap.size = strlen(argv[0]) + 1;
    if (strlen(argv[1]) + 1 != swap.size || swap.size > sizeof(swap.path))
        return EXIT_USAGE;
    memcpy(swap.path, swap.one, swap.size);
    char *arguments[] = { "swapped", argv[3], NULL };
    pthread_t thread;
    int error = pthread_create(&thread, NULL, swap_for_ever, &swap);
    if (error)
        return report("swap-exec", argv[0], error);
    for (long turn = 0; turn < turns; turn++) {
        int failed = vfork_and_exec(swap.path, arguments);
        refused += failed == EPERM;
        other += failed && failed != EPERM;
    }
    __atomic_store_n(&swap.over, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    fprintf(stderr, "turns %ld, refused %ld, other errors %ld\n", turns, refused, other);
    return report("swap-exec", argv[0], refused ? EPERM : 0);
}

/* Machine code from a file, without any exec: copied into anonymous memory, or
 * in a private mapping of the file that becomes executable after a write. */
static int run_code(int argc, char **argv)
{
    (void)argc;
    int copied = strcmp(argv[0], "copy") == 0;
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return report("run-code", argv[1], errno);
    int flags = MAP_PRIVATE | (copied ? MAP_ANONYMOUS : 0);
    char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, copied ? -1 : fd, 0);
    if (code == MAP_FAILED || (copied && read(fd, code, 4096) < 0))
        return report("run-code", argv[1], errno);
    if (!copied)
        *(volatile char *)code = code[0];
    if (mprotect(code, 4096, PROT_READ | PROT_EXEC))
        return report("run-code", argv[1], errno);
    pid_t child = fork();
    if (child == 0)
        ((void (*)(void))(uintptr_t)code)();
    return wait_and_report("run-code", argv[1], child);
}

struct part {
    char *from;
    size_t size;
    int protection;
};

/* What this process has mapped from files. */
static int mapped_parts(struct part *parts, int most)
{
    char line[4096 + 256], flags[5];
    unsigned long from, to;
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps)
        return -1;
    while (count < most && fgets(line, sizeof(line), maps)) {
        if (!strchr(line, '/') || sscanf(line, "%lx-%lx %4s", &from, &to, flags) != 3)
            continue;
        parts[count].from = (char *)from;
        parts[count].size = to - from;
        parts[count++].protection = (flags[0] == 'r' ? PROT_READ : 0) | (flags[1] == 'w' ? PROT_WRITE : 0) |
                                    (flags[2] == 'x' ? PROT_EXEC : 0);
    }
    fclose(maps);
    return count;
}

/* The same contents at the same place, in memory of no file. */
static int detach_part(const struct part *part)
{
    char *copy = mmap(NULL, part->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return -1;
    memcpy(copy, part->from, part->size);
    if (mprotect(copy, part->size, part->protection))
        return -1;
    return mremap(copy, part->size, part->size, MREMAP_MAYMOVE | MREMAP_FIXED, part->from) == MAP_FAILED ? -1 : 0;
}

/* The kernel takes another file for the program of this process, then the action: nothing of the own one may be mapped. */
static int run_forge_program(int argc, char **argv)
{
    struct part parts[32];
    int count = mapped_parts(parts, 32), fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < count; i++)
        if (detach_part(&parts[i]))
            return report("forge-program", argv[0], errno);
    if (count < 0 || fd < 0 || prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, fd, 0, 0))
        return report("forge-program", argv[0], errno);
    return act(argc - 1, argv + 1);
}

const struct action code_actions[] = {
    { "forge-program", "PATH ACTION...       PR_SET_MM_EXE_FILE, then the action", 2, run_forge_program },
    { "overwrite-mapped", "PATH FROM   by stores into a shared mapping", 2, run_overwrite_mapped },
    { "nameless-exec", "DIR PATH [ARGUMENT]...   a copy in an O_TMPFILE of DIR", 2, run_nameless_exec },
    { "exec32", "PATH [ARGUMENT]...   int $0x80", 1, run_exec32 },
    { "swap-exec", "PATH OTHER TURNS ARGUMENT   while a thread swaps the two", 4, run_swap_exec },
    { "run-code", "copy|map FILE        its bytes as machine code that exits", 2, run_code },
    { NULL, NULL, 0, NULL },
};
