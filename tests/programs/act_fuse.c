/* A file system that answers differently each time it is asked: one file, which is one of two by turns. */
#define _GNU_SOURCE
#include "act.h"
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOT = 1, PROGRAM = 2 };
static const char name[] = "program";

static struct {
    int files[2];
    uint64_t size; /* of the larger one: what the other lacks are zeros */
    unsigned opened;
} served;

static struct fuse_attr attributes(uint64_t node)
{
    return node == PROGRAM
               ? (struct fuse_attr){ .ino = node, .mode = S_IFREG | 0755, .nlink = 1, .size = served.size, .blksize = 4096 }
               : (struct fuse_attr){ .ino = node, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096 };
}

static void look_up(int fuse, const struct fuse_in_header *head, const char *asked)
{
    struct fuse_entry_out found = { .nodeid = PROGRAM, .generation = 1, .attr = attributes(PROGRAM) };

    if (head->nodeid == ROOT && strcmp(asked, name) == 0)
        fuse_answer(fuse, head->unique, 0, &found, sizeof(found));
    else
        fuse_answer(fuse, head->unique, ENOENT, NULL, 0);
}

static void read_file(int fuse, const struct fuse_in_header *head, const struct fuse_read_in *asked)
{
    static char bytes[1 << 17];
    size_t wanted = asked->size < sizeof(bytes) ? asked->size : sizeof(bytes);
    ssize_t got = pread(served.files[asked->fh], bytes, wanted, (off_t)asked->offset);

    fuse_answer(fuse, head->unique, got < 0 ? EIO : 0, bytes, got < 0 ? 0 : (size_t)got);
}

static void serve_one(int fuse, const struct fuse_in_header *head, const void *body)
{
    struct fuse_attr_out attr = { .attr = attributes(head->nodeid) };
    struct fuse_open_out opened = { .fh = served.opened % 2 };

    switch (head->opcode) {
    case FUSE_INIT:
        fuse_begin(fuse, head->unique, 0);
        break;
    case FUSE_LOOKUP:
        look_up(fuse, head, body);
        break;
    case FUSE_GETATTR:
        fuse_answer(fuse, head->unique, 0, &attr, sizeof(attr));
        break;
    case FUSE_OPEN:
        served.opened++;
        fuse_answer(fuse, head->unique, 0, &opened, sizeof(opened));
        break;
    case FUSE_READ:
        read_file(fuse, head, body);
        break;
    case FUSE_RELEASE:
    case FUSE_FLUSH:
        fuse_answer(fuse, head->unique, 0, NULL, 0);
        break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
        break;
    default:
        fuse_answer(fuse, head->unique, ENOSYS, NULL, 0);
    }
}

static int run_fuse_serve(int argc, char **argv)
{
    struct stat of[2];
    int fuse;

    (void)argc;
    for (int i = 0; i < 2; i++) {
        served.files[i] = open(argv[1 + i], O_RDONLY | O_CLOEXEC);
        if (served.files[i] < 0 || fstat(served.files[i], &of[i]) != 0)
            return report("fuse-serve", argv[1 + i], errno);
    }
    served.size = (uint64_t)(of[0].st_size > of[1].st_size ? of[0].st_size : of[1].st_size);
    fuse = fuse_mount(argv[0]);
    if (fuse < 0)
        return report("fuse-serve", argv[0], errno);
    report("fuse-serve", argv[0], 0);
    fuse_serve(fuse, serve_one);
    return EXIT_DONE;
}

const struct action fuse_actions[] = {
    { "fuse-serve", "DIR FILE OTHER       DIR/program is one and the other by turns, until unmounted", 3, run_fuse_serve },
    { 0 },
};
