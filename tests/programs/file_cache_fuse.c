/* A directory whose name is eight zero bytes, which a file system of a user can offer: no name ends there, and no path. */
#define _GNU_SOURCE
#include "file_cache.h"
#include "fuse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* More than there are places to keep something of a directory in: nearly each of them is written to. */
enum { MOUNTS = 4000, LEVELS = 16, ZEROS = 8 };

/* What the file system offers: node 1 is its root, node 2 the directory "d" in it, node 3 + i the name i below that. */
static struct {
    char text[PATH_MAX];
    char *names[LEVELS];
    unsigned count;
} way;

static struct fuse_attr attributes(uint64_t node)
{
    return (struct fuse_attr){ .ino = node, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096 };
}

static struct fuse_entry_out entry(uint64_t node)
{
    return (struct fuse_entry_out){
        .nodeid = node, .generation = 1, .entry_valid = 3600, .attr_valid = 3600, .attr = attributes(node)
    };
}

static void look_up(int fuse, const struct fuse_in_header *head, const char *name)
{
    struct fuse_entry_out found = entry(head->nodeid + 1);
    const char *offered = head->nodeid == 1 ? "d" : head->nodeid - 2 < way.count ? way.names[head->nodeid - 2] : "";

    if (strcmp(name, offered) == 0)
        fuse_answer(fuse, head->unique, 0, &found, sizeof(found));
    else
        fuse_answer(fuse, head->unique, ENOENT, NULL, 0);
}

/* Of the root: the directory that the kernel knows as "d", which it renames when it hears of it by another name. */
static void read_directory(int fuse, const struct fuse_in_header *head, const struct fuse_read_in *asked)
{
    struct {
        struct fuse_direntplus plus;
        char name[ZEROS];
    } only = { .plus = { .entry_out = entry(2), .dirent = { .ino = 2, .off = 1, .namelen = ZEROS, .type = DT_DIR } } };

    fuse_answer(fuse, head->unique, 0, &only, asked->offset ? 0 : FUSE_DIRENTPLUS_SIZE(&only.plus));
}

static void serve_one(int fuse, const struct fuse_in_header *head, const void *body)
{
    struct fuse_attr_out attr = { .attr_valid = 3600, .attr = attributes(head->nodeid) };
    struct fuse_open_out opened = { 0 };

    switch (head->opcode) {
    case FUSE_INIT:
        fuse_begin(fuse, head->unique, FUSE_DO_READDIRPLUS);
        break;
    case FUSE_LOOKUP:
        look_up(fuse, head, body);
        break;
    case FUSE_GETATTR:
        fuse_answer(fuse, head->unique, 0, &attr, sizeof(attr));
        break;
    case FUSE_OPENDIR:
        fuse_answer(fuse, head->unique, 0, &opened, sizeof(opened));
        break;
    case FUSE_READDIRPLUS:
        read_directory(fuse, head, body);
        break;
    case FUSE_RELEASEDIR:
        fuse_answer(fuse, head->unique, 0, NULL, 0);
        break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
        break;
    default:
        fuse_answer(fuse, head->unique, ENOSYS, NULL, 0);
    }
}

static pid_t serve(int fuse)
{
    pid_t child = fork();

    must(child >= 0, "fork");
    if (child > 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fuse_serve(fuse, serve_one);
    _exit(0);
}

/* The names on the way to vault/, which the file system offers again below "d". */
static void offer_way(void)
{
    char *rest = way.text;

    must(realpath("vault", way.text) != NULL, "vault");
    for (char *name; (name = strsep(&rest, "/")) != NULL;)
        if (*name) {
            must(way.count < LEVELS, "the way is too long");
            way.names[way.count++] = name;
        }
}

static void rename_by_listing(void)
{
    char listed[1024], now[PATH_MAX];
    int root = open("..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    must(root >= 0 && syscall(SYS_getdents64, root, listed, sizeof(listed)) > 0, "listing");
    close(root);
    must(getcwd(now, sizeof(now)) != NULL, "getcwd");
    /* Ended by the first of the zeros. */
    must(now[strlen(now) - 1] == '/', "the directory has kept its name");
}

/* Each mount at the same place is another directory to the kernel, and to what keeps something of it. */
static void visit_all(const char *base, const char *place)
{
    for (int i = 0; i < MOUNTS; i++) {
        const char *away = at("%s/plain/zeros.m/%d", base, i);

        must(mount(at("%s/plain/zeros.t", base), place, NULL, MS_BIND, NULL) == 0, "bind mount");
        must(open_once(at("%s/file", place)) == 0, "file");
        must(mkdir(away, 0755) == 0 && mount(place, away, NULL, MS_MOVE, NULL) == 0, "move mount");
    }
}

int known_zeros(void)
{
    char base[PATH_MAX], vault[PATH_MAX], place[PATH_MAX] = ".";
    int fuse, error;
    pid_t server;

    must(getcwd(base, sizeof(base)) && realpath("vault", vault), "the directory");
    offer_way();
    for (unsigned i = 0; i < way.count; i++) {
        size_t used = strlen(place);

        snprintf(place + used, sizeof(place) - used, "/%s", way.names[i]);
    }
    must(mkdir("plain/zeros", 0755) == 0 && mkdir("plain/zeros.t", 0755) == 0 && mkdir("plain/zeros.m", 0755) == 0, "mkdir");
    must(mount("none", "plain/zeros.t", "tmpfs", 0, NULL) == 0, "tmpfs");
    must(mknod("plain/zeros.t/file", S_IFREG | 0644, 0) == 0, "file");
    fuse = fuse_mount("plain/zeros");
    must(fuse >= 0, "fuse");
    server = serve(fuse);
    close(fuse);
    must(chdir("plain/zeros/d") == 0, "chdir");
    rename_by_listing();
    visit_all(base, place);
    error = open_once(at("%s/exchange", vault));
    must(chdir(base) == 0, "chdir back");
    for (int i = 0; i < MOUNTS; i++)
        umount2(at("plain/zeros.m/%d", i), MNT_DETACH);
    umount2("plain/zeros", MNT_DETACH);
    umount2("plain/zeros.t", MNT_DETACH);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    return error;
}
