/* Actions through io_uring: the kernel does them for the process, without the
 * system call of their name. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *map_ring(int ring, size_t size, off_t what)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, what);
}

/* One request, waited for: its result, negative for an errno. */
static int uring_once(const struct io_uring_sqe *request)
{
    struct io_uring_params set = { 0 };
    int ring = (int)syscall(SYS_io_uring_setup, 1, &set);
    if (ring < 0)
        return -errno;
    char *to = map_ring(ring, set.sq_off.array + set.sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
    char *from = map_ring(ring, set.cq_off.cqes + set.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
    struct io_uring_sqe *requests = map_ring(ring, set.sq_entries * sizeof(*requests), IORING_OFF_SQES);
    if (to == MAP_FAILED || from == MAP_FAILED || requests == MAP_FAILED)
        return -errno;
    requests[0] = *request;
    *(uint32_t *)(to + set.sq_off.array) = 0;
    __atomic_store_n((uint32_t *)(to + set.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
        return -errno;
    int result = ((struct io_uring_cqe *)(from + set.cq_off.cqes))->res;
    close(ring);
    return result;
}

static int run_uring_open(int argc, char **argv)
{
    (void)argc;
    struct io_uring_sqe request = {
        .opcode = IORING_OP_OPENAT,
        .fd = AT_FDCWD,
        .addr = (uintptr_t)argv[0],
        .open_flags = O_RDONLY | O_CLOEXEC,
    };
    int result = uring_once(&request);
    return report("uring-open", argv[0], result < 0 ? -result : 0);
}

int uring_connect(int fd, const struct sockaddr *to, socklen_t size)
{
    struct io_uring_sqe request = {
        .opcode = IORING_OP_CONNECT,
        .fd = fd,
        .addr = (uintptr_t)to,
        .off = size,
    };
    int result = uring_once(&request);
    if (result < 0)
        errno = -result;
    return result < 0 ? -1 : 0;
}

const struct action uring_actions[] = {
    { "uring-open", "PATH                 IORING_OP_OPENAT", 1, run_uring_open },
    { NULL, NULL, 0, NULL },
};
