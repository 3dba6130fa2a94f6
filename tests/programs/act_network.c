/* Actions on sockets. */
#define _GNU_SOURCE
#include "act.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct endpoint {
    struct sockaddr_storage address;
    socklen_t size;
};

static int parse(const char *host, const char *port, struct endpoint *to)
{
    memset(to, 0, sizeof(*to));
    struct sockaddr_in *four = (struct sockaddr_in *)&to->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&to->address;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)number(port));
        to->size = sizeof(*four);
        return 0;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)number(port));
        to->size = sizeof(*six);
        return 0;
    }
    return -1;
}

static int run_connect(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("connect", argv[0], errno);
    return report("connect", argv[0], connect(fd, (struct sockaddr *)&to.address, to.size) ? errno : 0);
}

static int run_bind(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("bind", argv[0], errno);
    return report("bind", argv[0], bind(fd, (struct sockaddr *)&to.address, to.size) ? errno : 0);
}

static int run_sendto(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(to.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("sendto", argv[0], errno);
    return report("sendto", argv[0], sendto(fd, "x", 1, 0, (struct sockaddr *)&to.address, to.size) < 0 ? errno : 0);
}

static int run_connect_uring(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("connect-uring", argv[0], errno);
    return report("connect-uring", argv[0], uring_connect(fd, (struct sockaddr *)&to.address, to.size) ? errno : 0);
}

/* Connects by sending: there is no connect(2). */
static int run_fast_open(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("fast-open", argv[0], errno);
    ssize_t sent = sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to.address, to.size);
    return report("fast-open", argv[0], sent < 0 ? errno : 0);
}

/* Listens, prints a line, and takes connections until it is ended. */
static int run_serve(int argc, char **argv)
{
    (void)argc;
    struct endpoint at;
    if (parse(argv[0], argv[1], &at))
        return EXIT_USAGE;
    int fd = socket(at.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
        bind(fd, (struct sockaddr *)&at.address, at.size) || listen(fd, 16))
        return report("serve", argv[0], errno);
    report("serve", argv[0], 0);
    for (;;)
        close(accept(fd, NULL, NULL));
}

static int run_connect_unix(int argc, char **argv)
{
    (void)argc;
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    strncpy(to.sun_path, argv[0], sizeof(to.sun_path) - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("connect-unix", argv[0], errno);
    return report("connect-unix", argv[0], connect(fd, (struct sockaddr *)&to, sizeof(to)) ? errno : 0);
}

const struct action network_actions[] = {
    { "connect", "ADDRESS PORT         TCP", 2, run_connect },
    { "bind", "ADDRESS PORT         TCP", 2, run_bind },
    { "connect-uring", "ADDRESS PORT         IORING_OP_CONNECT", 2, run_connect_uring },
    { "fast-open", "ADDRESS PORT         TCP, MSG_FASTOPEN", 2, run_fast_open },
    { "serve", "ADDRESS PORT         TCP, for ever", 2, run_serve },
    { "sendto", "ADDRESS PORT         UDP, one byte", 2, run_sendto },
    { "connect-unix", "PATH", 1, run_connect_unix },
    { NULL, NULL, 0, NULL },
};
