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

static int uring_setup(struct io_uring_params *set)
{
    memset(set, 0, sizeof(*set));
    return (int)syscall(SYS_io_uring_setup, 1, set);
}

/* One request, waited for: its result, negative for an errno. Closes the ring. */
static int uring_submit(int ring, const struct io_uring_params *given, const struct io_uring_sqe *request)
{
    struct io_uring_params set = *given;
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

static int uring_once(const struct io_uring_sqe *request)
{
    struct io_uring_params set;
    int ring = uring_setup(&set);
    return ring < 0 ? -errno : uring_submit(ring, &set, request);
}

/* By the credentials that the process had before it gave itself others. */
static int run_uring_open_lent(int argc, char **argv)
{
    (void)argc;
    struct io_uring_params set;
    uid_t uid = (uid_t)number(argv[0]);
    int ring = uring_setup(&set);
    int personality = (int)syscall(SYS_io_uring_register, ring, IORING_REGISTER_PERSONALITY, NULL, 0);
    if (ring < 0 || personality < 0 || setresuid(uid, uid, uid))
        return report("uring-open-lent", argv[1], errno);
    struct io_uring_sqe request = {
        .opcode = IORING_OP_OPENAT,
        .fd = AT_FDCWD,
        .addr = (uintptr_t)argv[1],
        .open_flags = O_RDONLY | O_CLOEXEC,
        .personality = (uint16_t)personality,
    };
    int result = uring_submit(ring, &set, &request);
    return report("uring-open-lent", argv[1], result < 0 ? -result : 0);
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
    { "uring-open-lent", "UID PATH        setuid, then the same by the credentials from before", 2, run_uring_open_lent },
    { NULL, NULL, 0, NULL },
};
