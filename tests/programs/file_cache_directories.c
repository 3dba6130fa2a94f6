/* First opens in directories that are known: only the last name is read there, and must be read with all that stands
 * before it. The rules of the scenario speak of these names below plain/known:
 *     exact, tail (by /known/tail), span (by own/span), rex (by an expression), star (by a wildcard) */
#include "file_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 100 };

/* Each file once, so that it is the directory that is remembered. */
static void visit(const char *name_of_directory)
{
    char directory[256];

    /* It may be one of at(), which this goes through. */
    snprintf(directory, sizeof(directory), "%s", name_of_directory);
    for (int i = 0; i < 8; i++) {
        const char *name = at("%s/seen%d", directory, i);

        must(open_once(name) == 0, name);
    }
}

/* What is not there before. */
static int create_once(const char *name)
{
    int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

    if (fd < 0)
        return errno;
    close(fd);
    return 0;
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
        must(unlink(name) == 0, "unlink");
        error = worst(error, create_once(name));
    }
    return error;
}

int known_renamed(void)
{
    visit("plain/moved");
    must(rename("plain/moved", "vault/moved") == 0, "rename");
    return open_once("vault/moved/new");
}

static void fill(const char *name_of_directory)
{
    char directory[256];

    snprintf(directory, sizeof(directory), "%s", name_of_directory);
    must(mkdir(directory, 0755) == 0, directory);
    for (int i = 0; i < 8; i++) {
        const char *name = at("%s/seen%d", directory, i);

        must(mknod(name, S_IFREG | 0644, 0) == 0, name);
    }
}

/* Renames that have nothing to do with a directory leave the names on its way: what is known of it is asked for by them. */
int known_elsewhere(void)
{
    int error = EPERM;

    fill("plain/elsewhere");
    visit("plain/known");
    for (int i = 0; i < ROUNDS; i++) {
        must(rename(at("plain/elsewhere/seen%d", i % 2), at("plain/elsewhere/seen%d", 1 - i % 2)) == 0, "rename");
        must(open_once("plain/known/x") == 0, "plain/known/x");
        error = worst(error, create_once("plain/known/tail"));
        must(mknod(at("plain/elsewhere/seen%d", i % 2), S_IFREG | 0644, 0) == 0, "mknod");
    }
    return error;
}

/* Not the directory itself is renamed but one above it, forth and back. */
int known_above(void)
{
    int error = EPERM;

    must(mkdir("plain/high", 0755) == 0, "plain/high");
    fill("plain/high/low");
    for (int i = 0; i < ROUNDS; i++) {
        visit("plain/high/low");
        must(rename("plain/high", "vault/high") == 0, "rename");
        error = worst(error, open_once("vault/high/low/seen0"));
        must(rename("vault/high", "plain/high") == 0, "rename back");
    }
    return error;
}

/* Names of all lengths around those that a dentry holds itself: only the last byte changes, and with it what holds. */
int known_lengths(void)
{
    char before[48] = "", after[48] = "";
    int error = EPERM;

    for (int length = 3; length <= 44; length++) {
        for (int i = 0; i < length - 3; i++)
            before[i] = after[i] = 'x';
        memcpy(before + length - 3, "owm", 4);
        memcpy(after + length - 3, "own", 4);
        fill(at("plain/%s", before));
        must(mknod(at("plain/%s/span", before), S_IFREG | 0644, 0) == 0, "span");
        visit(at("plain/%s", before));
        must(open_once(at("plain/%s/span", before)) == 0, before);
        must(rename(at("plain/%s", before), at("plain/%s", after)) == 0, "rename");
        error = worst(error, open_once(at("plain/%s/span", after)));
        must(open_once(at("plain/%s/seen0", after)) == 0, after);
    }
    return error;
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
