#define _GNU_SOURCE
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <unistd.h>

int fuse_mount(const char *at)
{
    char options[96];
    int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);

    if (fuse < 0)
        return -1;
    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
    if (mount("fuse", at, "fuse", 0, options) == 0)
        return fuse;
    int error = errno;
    close(fuse);
    errno = error;
    return -1;
}

void fuse_answer(int fuse, uint64_t unique, int error, const void *body, size_t size)
{
    struct fuse_out_header head = { .len = sizeof(head) + size, .error = -error, .unique = unique };
    struct iovec parts[] = { { &head, sizeof(head) }, { (void *)body, size } };

    /* Who asked may have gone meanwhile. */
    if (writev(fuse, parts, size ? 2 : 1) < 0 && errno != ENOENT) {
        perror("fuse: answer");
        exit(1);
    }
}

void fuse_begin(int fuse, uint64_t unique, uint32_t flags)
{
    struct fuse_init_out init = { .major = 7, .minor = 31, .flags = flags, .max_write = 4096, .time_gran = 1 };

    fuse_answer(fuse, unique, 0, &init, sizeof(init));
}

void fuse_serve(int fuse, void (*serve_one)(int fuse, const struct fuse_in_header *head, const void *body))
{
    static char request[1 << 17];

    while (read(fuse, request, sizeof(request)) > 0)
        serve_one(fuse, (const struct fuse_in_header *)request, request + sizeof(struct fuse_in_header));
}
