/* file-cache CASE DIRECTORY [SECONDS] - opens a file so often under a name that no rule speaks of that the answer is
 * remembered, changes the world so that a rule speaks of it, and opens it again at once. Prints one line of JSON: the
 * errno of that last open, in loops that of the first one that was not refused.
 *
 * DIRECTORY has plain/ and vault/ (a rule refuses everything below it), filled by "prepare" more than a minute before,
 * because a file that has just changed is not remembered.
 *
 * Exit: 0 the last open succeeded, 1 it failed (errno in the JSON), 2 usage or the case could not be set up. */
#define _GNU_SOURCE
#include "file_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 400, WARM = 40 };

void must(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "file-cache: %s: %s\n", what, strerror(errno));
    exit(2);
}

const char *at(const char *format, ...)
{
    static char names[8][256];
    static unsigned turn;
    char *name = names[turn++ % 8];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof(names[0]), format, arguments);
    va_end(arguments);
    return name;
}

int open_once(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

/* Opened so often that it is remembered if it can be. */
static void warm(const char *path)
{
    for (int i = 0; i < WARM; i++)
        must(open_once(path) == 0, path);
}

static void drop_caches(void)
{
    int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

    must(fd >= 0 && write(fd, "2", 1) == 1, "drop_caches");
    close(fd);
}

int worst(int so_far, int error)
{
    return so_far == EPERM ? error : so_far;
}

static int rename_file(void)
{
    warm("plain/file");
    must(rename("plain/file", "vault/file") == 0, "rename");
    return open_once("vault/file");
}

static int rename_parent(void)
{
    warm("plain/parent/below/file");
    must(rename("plain/parent", "vault/parent") == 0, "rename");
    return open_once("vault/parent/below/file");
}

static int exchange(const char *name, const char *file)
{
    const char *from = at("plain/%s", name), *to = at("vault/%s", name);

    warm(at("plain/%s", file));
    must(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0, "exchange");
    return open_once(at("vault/%s", file));
}

static int exchange_file(void) { return exchange("exchange", "exchange"); }
static int exchange_directory(void) { return exchange("exchange.d", "exchange.d/file"); }

static int hard_link(void)
{
    int error;

    warm("plain/link");
    must(link("plain/link", "vault/link") == 0, "link");
    error = open_once("vault/link");
    must(unlink("plain/link") == 0, "unlink");
    return worst(worst(EPERM, error), open_once("vault/link"));
}

/* Dentries are freed, and their addresses used again for the same inodes under other names. */
static int many_links(void)
{
    int error = EPERM;

    for (int i = 0; i < MANY; i++)
        warm(at("plain/many/%d", i));
    for (int i = 0; i < MANY; i++) {
        must(link(at("plain/many/%d", i), at("vault/many/%d", i)) == 0, "link");
        must(unlink(at("plain/many/%d", i)) == 0, "unlink");
    }
    for (int round = 0; round < 8; round++) {
        drop_caches();
        for (int i = 0; i < MANY; i++)
            error = worst(error, open_once(at("vault/many/%d", round % 2 ? MANY - 1 - i : i)));
    }
    return error;
}

/* All within few ticks: what the kernel stamps may be the same before and after. */
static int same_tick(void)
{
    int error = EPERM;

    for (int i = 0; i < MANY; i++) {
        const char *from = at("plain/tick%d", i), *to = at("vault/tick%d", i);

        must(mknod(from, S_IFREG | 0644, 0) == 0, "mknod");
        int held = open(from, O_RDONLY | O_CLOEXEC);
        open_once(from);
        must(link(from, to) == 0 && unlink(from) == 0, "link");
        error = worst(error, open_once(to));
        close(held);
        drop_caches();
        error = worst(error, open_once(to));
        unlink(to);
    }
    return error;
}

static int inode_reused(void)
{
    int error = EPERM, same = 0;
    struct stat before, after;

    for (int i = 0; i < MANY; i++) {
        const char *from = at("plain/reuse/%d", i), *to = at("vault/reuse%d", i);

        warm(from);
        must(stat(from, &before) == 0 && unlink(from) == 0, "unlink");
        must(mknod(to, S_IFREG | 0644, 0) == 0 && stat(to, &after) == 0, "mknod");
        same += before.st_ino == after.st_ino;
        error = worst(error, open_once(to));
    }
    fprintf(stderr, "file-cache: %d of %d inode numbers were used again\n", same, MANY);
    return error;
}

static int nameless(void)
{
    int fd = open("plain", O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
    const char *handle = at("/proc/self/fd/%d", fd);
    int error;

    must(fd >= 0, "O_TMPFILE");
    warm(handle);
    must(linkat(AT_FDCWD, handle, AT_FDCWD, "vault/nameless", AT_SYMLINK_FOLLOW) == 0, "linkat");
    error = open_once("vault/nameless");
    close(fd);
    drop_caches();
    return worst(error, open_once("vault/nameless"));
}

static void bind(const char *from, const char *to)
{
    must(mount(from, to, NULL, MS_BIND, NULL) == 0, "bind mount");
}

static int bind_file(void)
{
    warm("plain/bound");
    bind("plain/bound", "vault/bound");
    return open_once("vault/bound");
}

static int bind_directory(void)
{
    warm("plain/bound.d/file");
    bind("plain/bound.d", "vault/bound.d");
    return open_once("vault/bound.d/file");
}

/* Both mounts are there all the time: only the mount that is gone through differs. */
static int bound_before(void)
{
    bind("plain/tree", "vault/before");
    warm("plain/tree/file");
    return open_once("vault/before/file");
}

static int move_mount_below(void)
{
    bind("plain/tree", "plain/moving");
    warm("plain/moving/file");
    must(mount("plain/moving", "vault/moving", NULL, MS_MOVE, NULL) == 0, "move");
    return open_once("vault/moving/file");
}

/* Onto what is a mount already: of the two locks, only that of mounts moves. */
static int move_onto_mount(void)
{
    bind("plain/root", "vault/onto");
    bind("plain/tree", "plain/onto");
    warm("plain/onto/file");
    must(mount("plain/onto", "vault/onto", NULL, MS_MOVE, NULL) == 0, "move");
    return open_once("vault/onto/file");
}

/* Detached, it has no path, and the rule says: deny on unknown. */
static int detached(void)
{
    int directory, fd;

    bind("plain/tree", "plain/moving");
    directory = open("plain/moving", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < WARM; i++) {
        fd = openat(directory, "file", O_RDONLY | O_CLOEXEC);
        must(fd >= 0, "openat");
        close(fd);
    }
    must(umount2("plain/moving", MNT_DETACH) == 0, "umount");
    fd = openat(directory, "file", O_RDONLY | O_CLOEXEC);
    return fd < 0 ? errno : 0;
}

/* The same addresses of mounts, hung elsewhere. */
static int mount_reused(void)
{
    int error = EPERM;

    for (int i = 0; i < MANY / 4; i++) {
        bind("plain/tree", "plain/moving");
        for (int j = 0; j < 4; j++)
            must(open_once("plain/moving/file") == 0, "plain/moving/file");
        must(umount2("plain/moving", 0) == 0, "umount");
        bind("plain/tree", "vault/moving");
        error = worst(error, open_once("vault/moving/file"));
        must(umount2("vault/moving", 0) == 0, "umount");
    }
    return error;
}

/* In a child of its own, so that the mounts end with it. */
static int in_namespace(int (*run)(void))
{
    pid_t child = fork();
    int status;

    must(child >= 0, "fork");
    if (child == 0) {
        must(unshare(CLONE_NEWNS) == 0, "unshare");
        must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
        _exit(run());
    }
    must(waitpid(child, &status, 0) == child && WIFEXITED(status), "child");
    return WEXITSTATUS(status);
}

static int bind_in_child(void)
{
    for (int i = 0; i < 4; i++)
        must(open_once("plain/tree/file") == 0, "plain/tree/file");
    bind("plain/tree", "vault/moving");
    return open_once("vault/moving/file");
}

static int namespaces(void)
{
    int error = EPERM;

    warm("plain/tree/file");
    for (int i = 0; i < 40; i++)
        error = worst(error, in_namespace(bind_in_child));
    return error;
}

/* plain/root becomes the root: its nsvault/file is then /nsvault/file, of which a rule speaks. */
static int new_root_in_child(void)
{
    bind("plain/root", "plain/root");
    must(chdir("plain/root") == 0, "chdir");
    for (int i = 0; i < WARM; i++)
        must(open_once("nsvault/file") == 0, "nsvault/file");
    must(mount(".", "/", NULL, MS_MOVE, NULL) == 0 && chroot(".") == 0, "move to the root");
    return open_once("nsvault/file");
}

static int new_root(void) { return in_namespace(new_root_in_child); }

static void make(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

    must(fd >= 0 && write(fd, "x", 1) == 1, path);
    close(fd);
}

/* Without a rule in force. */
static int prepare(void)
{
    static const char *const directories[] = {
        "plain", "vault", "plain/parent", "plain/parent/below", "plain/exchange.d", "vault/exchange.d", "plain/many",
        "vault/many", "plain/reuse", "plain/bound.d", "vault/bound.d", "plain/tree", "plain/moving",
        "vault/moving", "plain/onto", "vault/onto", "vault/before", "plain/root", "plain/root/nsvault", "plain/race",
        "plain/race/below", "plain/storm", "plain/known", "plain/moved", "vault/known",
    };
    static const char *const files[] = {
        "plain/file", "plain/parent/below/file", "plain/exchange", "vault/exchange", "plain/exchange.d/file",
        "vault/exchange.d/file", "plain/link", "plain/bound", "vault/bound", "plain/bound.d/file", "plain/tree/file",
        "plain/root/nsvault/file", "plain/race/below/file", "plain/storm/a", "plain/pushed", "plain/moved/new",
        "plain/known/exact", "plain/known/tail", "plain/known/span", "plain/known/rex", "plain/known/star",
        "plain/known/exac", "plain/known/exactly", "plain/known/tails", "plain/known/spa", "plain/known/reg",
        "plain/known/sta", "plain/known/x",
    };

    for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
        must(mkdir(directories[i], 0755) == 0, directories[i]);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        make(files[i]);
    for (int i = 0; i < 8; i++) {
        make(at("plain/known/seen%d", i));
        make(at("plain/moved/seen%d", i));
    }
    for (int i = 0; i < MANY; i++) {
        make(at("plain/many/%d", i));
        make(at("plain/reuse/%d", i));
    }
    return 0;
}

static int warm_many(void)
{
    for (int i = 0; i < MANY; i++)
        warm(at("plain/many/%d", i));
    return 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    { "prepare", prepare },
    { "warm-many", warm_many },
    { "rename-file", rename_file },
    { "rename-parent", rename_parent },
    { "exchange-file", exchange_file },
    { "exchange-directory", exchange_directory },
    { "hard-link", hard_link },
    { "many-links", many_links },
    { "same-tick", same_tick },
    { "inode-reused", inode_reused },
    { "nameless", nameless },
    { "bind-file", bind_file },
    { "bind-directory", bind_directory },
    { "bound-before", bound_before },
    { "move-mount", move_mount_below },
    { "move-onto-mount", move_onto_mount },
    { "detached", detached },
    { "mount-reused", mount_reused },
    { "namespaces", namespaces },
    { "new-root", new_root },
    { "known-names", known_names },
    { "known-renamed", known_renamed },
    { "known-elsewhere", known_elsewhere },
    { "known-above", known_above },
    { "known-lengths", known_lengths },
    { "known-zeros", known_zeros },
    { "known-bound", known_bound },
    { "known-reused", known_reused },
};

int main(int argc, char **argv)
{
    if (argc < 3 || chdir(argv[2]) != 0) {
        fprintf(stderr, "usage: file-cache CASE DIRECTORY [SECONDS]\n");
        return 2;
    }
    if (argc > 3 && (strcmp(argv[1], "race-rename") == 0 || strcmp(argv[1], "race-mount") == 0))
        return race(argv[1], atoi(argv[3]));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int error;

        if (strcmp(cases[i].name, argv[1]) != 0)
            continue;
        error = cases[i].run();
        printf("{\"case\":\"%s\",\"errno\":\"%s\"}\n", argv[1], error ? strerrorname_np(error) : "OK");
        return error ? 1 : 0;
    }
    fprintf(stderr, "file-cache: no such case: %s\n", argv[1]);
    return 2;
}
