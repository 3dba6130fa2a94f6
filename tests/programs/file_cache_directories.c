/* First opens in directories that are known: only the last name is read there, and must be read with all that stands
 * before it. The rules of the scenario speak of these names below plain/known:
 *     exact, tail (by /known/tail), span (by own/span), rex (by an expression), star (by a wildcard) */
#include "file_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 100 };

/* Each file once, so that it is the directory that is remembered. */
static void visit(const char *directory)
{
    for (int i = 0; i < 8; i++) {
        const char *name = at("%s/seen%d", directory, i);

        must(open_once(name) == 0, name);
    }
}

int known_names(void)
{
    static const char *const spoken[] = { "exact", "tail", "span", "rex", "star" };
    static const char *const others[] = { "exac", "exactly", "tails", "spa", "reg", "sta", "x" };
    int error = EPERM;

    visit("plain/known");
    for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++) {
        const char *name = at("plain/known/%s", others[i]);

        must(open_once(name) == 0, name);
    }
    for (unsigned i = 0; i < sizeof(spoken) / sizeof(*spoken); i++) {
        const char *name = at("plain/known/%s", spoken[i]);

        error = worst(error, open_once(name));
        /* Not there before this open. */
        must(unlink(name) == 0, "unlink");
        int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        error = worst(error, fd < 0 ? errno : 0);
        if (fd >= 0)
            close(fd);
    }
    return error;
}

int known_renamed(void)
{
    visit("plain/moved");
    must(rename("plain/moved", "vault/moved") == 0, "rename");
    return open_once("vault/moved/new");
}

int known_bound(void)
{
    visit("plain/known");
    must(mount("plain/known", "vault/known", NULL, MS_BIND, NULL) == 0, "bind mount");
    return open_once("vault/known/x");
}

/* Another directory with the same number, and mostly at the same addresses. */
int known_reused(void)
{
    int error = EPERM, same = 0;
    struct stat before, after;

    for (int i = 0; i < ROUNDS; i++) {
        must(mkdir("plain/again", 0755) == 0 && mknod("plain/again/a", S_IFREG | 0644, 0) == 0, "plain/again");
        must(open_once("plain/again/a") == 0 && open_once("plain/again/a") == 0, "plain/again/a");
        must(stat("plain/again", &before) == 0 && unlink("plain/again/a") == 0 && rmdir("plain/again") == 0, "rmdir");
        must(mkdir("vault/again", 0755) == 0 && mknod("vault/again/b", S_IFREG | 0644, 0) == 0, "vault/again");
        must(stat("vault/again", &after) == 0, "stat");
        same += before.st_ino == after.st_ino;
        error = worst(error, open_once("vault/again/b"));
        must(unlink("vault/again/b") == 0 && rmdir("vault/again") == 0, "rmdir");
    }
    fprintf(stderr, "file-cache: %d of %d inode numbers were used again\n", same, ROUNDS);
    return error;
}
