/* Actions on files: one system call each. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

int open_flags(const char *mode)
{
    static const struct {
        const char *name;
        int flags;
    } modes[] = {
        { "read", O_RDONLY },
        { "write", O_WRONLY },
        { "readwrite", O_RDWR },
        { "append", O_WRONLY | O_APPEND },
        { "create", O_WRONLY | O_CREAT },
        { "exclusive", O_WRONLY | O_CREAT | O_EXCL },
        { "truncate", O_WRONLY | O_TRUNC },
        { "empty", O_RDONLY | O_TRUNC },
        { "path", O_PATH },
        { "directory", O_RDONLY | O_DIRECTORY },
        { "tmpfile", O_RDWR | O_TMPFILE },
        { "nofollow", O_RDONLY | O_NOFOLLOW },
    };
    for (size_t index = 0; index < sizeof(modes) / sizeof(*modes); index++)
        if (strcmp(modes[index].name, mode) == 0)
            return modes[index].flags;
    return -1;
}

static int run_open(int argc, char **argv)
{
    int flags = open_flags(argc > 1 ? argv[1] : "read");
    if (flags < 0)
        return EXIT_USAGE;
    int fd = open(argv[0], flags | O_CLOEXEC, 0644);
    return report("open", argv[0], fd < 0 ? errno : 0);
}

/* Reads through an O_PATH descriptor's /proc link, as evasions do. */
static int run_reopen(int argc, char **argv)
{
    char link[64];
    int flags = open_flags(argc > 1 ? argv[1] : "read");
    int fd = open(argv[0], O_PATH | O_CLOEXEC);
    if (flags < 0 || fd < 0)
        return report("reopen", argv[0], fd < 0 ? errno : EINVAL);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    return report("reopen", argv[0], open(link, flags | O_CLOEXEC) < 0 ? errno : 0);
}

static int run_link(int argc, char **argv)
{
    (void)argc;
    return report("link", argv[0], link(argv[0], argv[1]) ? errno : 0);
}

static int run_symlink(int argc, char **argv)
{
    (void)argc;
    return report("symlink", argv[0], symlink(argv[0], argv[1]) ? errno : 0);
}

static int run_rename(int argc, char **argv)
{
    (void)argc;
    return report("rename", argv[0], rename(argv[0], argv[1]) ? errno : 0);
}

static int run_exchange(int argc, char **argv)
{
    (void)argc;
    int failed = renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE);
    return report("exchange", argv[0], failed ? errno : 0);
}

static int run_unlink(int argc, char **argv)
{
    (void)argc;
    return report("unlink", argv[0], unlink(argv[0]) ? errno : 0);
}

static int run_mkdir(int argc, char **argv)
{
    (void)argc;
    return report("mkdir", argv[0], mkdir(argv[0], 0755) ? errno : 0);
}

static int run_mkfifo(int argc, char **argv)
{
    (void)argc;
    return report("mkfifo", argv[0], mkfifo(argv[0], 0644) ? errno : 0);
}

static int run_rmdir(int argc, char **argv)
{
    (void)argc;
    return report("rmdir", argv[0], rmdir(argv[0]) ? errno : 0);
}

static int run_truncate(int argc, char **argv)
{
    return report("truncate", argv[0], truncate(argv[0], argc > 1 ? number(argv[1]) : 0) ? errno : 0);
}

static int run_chmod(int argc, char **argv)
{
    (void)argc;
    return report("chmod", argv[0], chmod(argv[0], (mode_t)number(argv[1])) ? errno : 0);
}

static int run_chown(int argc, char **argv)
{
    (void)argc;
    return report("chown", argv[0], chown(argv[0], (uid_t)number(argv[1]), (gid_t)-1) ? errno : 0);
}

static int run_setxattr(int argc, char **argv)
{
    (void)argc;
    int failed = setxattr(argv[0], argv[1], argv[2], strlen(argv[2]), 0);
    return report("setxattr", argv[0], failed ? errno : 0);
}

static int run_removexattr(int argc, char **argv)
{
    (void)argc;
    return report("removexattr", argv[0], removexattr(argv[0], argv[1]) ? errno : 0);
}

static const char access_acl[] = "system.posix_acl_access";

/* struct posix_acl_xattr_header and entries, include/uapi/linux/posix_acl_xattr.h: one more than the mode has, or
 * the kernel stores no ACL. */
static int run_set_acl(int argc, char **argv)
{
    static const struct {
        uint32_t version;
        struct {
            uint16_t tag, permissions;
            uint32_t id;
        } entries[5];
    } acl = {
        .version = 2,
        .entries = { { 0x01, 6, ~0u }, { 0x02, 4, 1 }, { 0x04, 4, ~0u }, { 0x10, 4, ~0u }, { 0x20, 4, ~0u } },
    };
    (void)argc;
    return report("set-acl", argv[0], setxattr(argv[0], access_acl, &acl, sizeof(acl), 0) ? errno : 0);
}

static int run_remove_acl(int argc, char **argv)
{
    (void)argc;
    return report("remove-acl", argv[0], removexattr(argv[0], access_acl) ? errno : 0);
}

/* Maps a file executable, as a loader does with a library. */
static int run_mmap_exec(int argc, char **argv)
{
    (void)argc;
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return report("mmap-exec", argv[0], errno);
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    return report("mmap-exec", argv[0], memory == MAP_FAILED ? errno : 0);
}

/* What is mapped to be read first. */
static int run_mprotect_exec(int argc, char **argv)
{
    (void)argc;
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return report("mprotect-exec", argv[0], errno);
    void *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    int failed = memory == MAP_FAILED || mprotect(memory, 4096, PROT_READ | PROT_EXEC);
    return report("mprotect-exec", argv[0], failed ? errno : 0);
}

static int run_bind_mount(int argc, char **argv)
{
    (void)argc;
    return report("bind-mount", argv[0], mount(argv[0], argv[1], NULL, MS_BIND, NULL) ? errno : 0);
}

static int run_umount(int argc, char **argv)
{
    (void)argc;
    return report("umount", argv[0], umount2(argv[0], MNT_DETACH) ? errno : 0);
}

const struct action file_actions[] = {
    { "open", "PATH [read|write|readwrite|append|create|exclusive|truncate|path|directory|tmpfile|nofollow]",
      1, run_open },
    { "reopen", "PATH [MODE]          through /proc/self/fd", 1, run_reopen },
    { "link", "OLD NEW", 2, run_link },
    { "symlink", "TARGET NEW", 2, run_symlink },
    { "rename", "OLD NEW", 2, run_rename },
    { "exchange", "A B                 renameat2(RENAME_EXCHANGE)", 2, run_exchange },
    { "unlink", "PATH", 1, run_unlink },
    { "mkdir", "PATH", 1, run_mkdir },
    { "mkfifo", "PATH", 1, run_mkfifo },
    { "rmdir", "PATH", 1, run_rmdir },
    { "truncate", "PATH [SIZE]", 1, run_truncate },
    { "chmod", "PATH MODE            0 in front for octal", 2, run_chmod },
    { "chown", "PATH UID", 2, run_chown },
    { "setxattr", "PATH NAME VALUE", 3, run_setxattr },
    { "removexattr", "PATH NAME", 2, run_removexattr },
    { "set-acl", "PATH                 everybody may read, by an access ACL", 1, run_set_acl },
    { "remove-acl", "PATH", 1, run_remove_acl },
    { "mmap-exec", "PATH", 1, run_mmap_exec },
    { "mprotect-exec", "PATH", 1, run_mprotect_exec },
    { "bind-mount", "FROM TO", 2, run_bind_mount },
    { "umount", "PATH", 1, run_umount },
    { NULL, NULL, 0, NULL },
};
