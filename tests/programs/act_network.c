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

/* What connect, bind and their like share: a socket of the address's family, and one call on it. */
static int on_socket(const char *action, char **argv, int type, ssize_t (*call)(int, const struct endpoint *))
{
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(to.address.ss_family, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report(action, argv[0], errno);
    return report(action, argv[0], call(fd, &to) < 0 ? errno : 0);
}

static ssize_t do_connect(int fd, const struct endpoint *to)
{
    return connect(fd, (const struct sockaddr *)&to->address, to->size);
}

/* Too short to be an address. */
static ssize_t do_connect_short(int fd, const struct endpoint *to)
{
    return connect(fd, (const struct sockaddr *)&to->address, 4);
}

static ssize_t do_bind(int fd, const struct endpoint *at)
{
    return bind(fd, (const struct sockaddr *)&at->address, at->size);
}

static ssize_t do_sendto(int fd, const struct endpoint *to)
{
    return sendto(fd, "x", 1, 0, (const struct sockaddr *)&to->address, to->size);
}

/* IPv4 takes an address of no family for its own. */
static ssize_t do_sendto_unspecified(int fd, const struct endpoint *to)
{
    struct endpoint bare = *to;
    bare.address.ss_family = AF_UNSPEC;
    return do_sendto(fd, &bare);
}

static ssize_t do_sendmmsg(int fd, const struct endpoint *to)
{
    struct iovec part = { .iov_base = "x", .iov_len = 1 };
    struct mmsghdr message = { .msg_hdr = {
        .msg_name = (void *)&to->address, .msg_namelen = to->size, .msg_iov = &part, .msg_iovlen = 1 } };
    return sendmmsg(fd, &message, 1, 0);
}

/* Connects by sending: there is no connect(2). */
static ssize_t do_fast_open(int fd, const struct endpoint *to)
{
    return sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&to->address, to->size);
}

static ssize_t do_connect_uring(int fd, const struct endpoint *to)
{
    return uring_connect(fd, (const struct sockaddr *)&to->address, to->size);
}

static int run_connect(int argc, char **argv)
{
    (void)argc;
    return on_socket("connect", argv, SOCK_STREAM, do_connect);
}

static int run_connect_udp(int argc, char **argv)
{
    (void)argc;
    return on_socket("connect-udp", argv, SOCK_DGRAM, do_connect);
}

static int run_connect_short(int argc, char **argv)
{
    (void)argc;
    return on_socket("connect-short", argv, SOCK_STREAM, do_connect_short);
}

static int run_bind(int argc, char **argv)
{
    (void)argc;
    return on_socket("bind", argv, SOCK_STREAM, do_bind);
}

static int run_bind_udp(int argc, char **argv)
{
    (void)argc;
    return on_socket("bind-udp", argv, SOCK_DGRAM, do_bind);
}

/* From a socket that is bound to a group, which nobody can send from. */
static ssize_t do_sendto_from_group(int fd, const struct endpoint *to)
{
    struct sockaddr_in group = { .sin_family = AF_INET };

    inet_pton(AF_INET, "224.0.0.1", &group.sin_addr);
    if (bind(fd, (struct sockaddr *)&group, sizeof(group)))
        return -1;
    return do_sendto(fd, to);
}

static int run_sendto_from_group(int argc, char **argv)
{
    (void)argc;
    return on_socket("sendto-from-group", argv, SOCK_DGRAM, do_sendto_from_group);
}

static int run_sendto(int argc, char **argv)
{
    (void)argc;
    return on_socket("sendto", argv, SOCK_DGRAM, do_sendto);
}

static int run_sendto_unspecified(int argc, char **argv)
{
    (void)argc;
    return on_socket("sendto-unspecified", argv, SOCK_DGRAM, do_sendto_unspecified);
}

static int run_sendmmsg(int argc, char **argv)
{
    (void)argc;
    return on_socket("sendmmsg", argv, SOCK_DGRAM, do_sendmmsg);
}

static int run_connect_uring(int argc, char **argv)
{
    (void)argc;
    return on_socket("connect-uring", argv, SOCK_STREAM, do_connect_uring);
}

static int run_fast_open(int argc, char **argv)
{
    (void)argc;
    return on_socket("fast-open", argv, SOCK_STREAM, do_fast_open);
}

/* An address of IPv4 through a socket of IPv6. */
static int run_sendto_six(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("sendto-six", argv[0], errno);
    return report("sendto-six", argv[0], do_sendto(fd, &to) < 0 ? errno : 0);
}

/* The header of UDP is written here, the port in it. */
static int run_sendto_raw(int argc, char **argv)
{
    (void)argc;
    struct endpoint to;
    if (parse(argv[0], argv[1], &to))
        return EXIT_USAGE;
    struct { uint16_t from, to, length, sum; char byte; } __attribute__((packed)) datagram = {
        htons(4300), htons((uint16_t)number(argv[1])), htons(9), 0, 'x' };
    ((struct sockaddr_in *)&to.address)->sin_port = 0;
    int fd = socket(to.address.ss_family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
    if (fd < 0)
        return report("sendto-raw", argv[0], errno);
    ssize_t sent = sendto(fd, &datagram, sizeof(datagram), 0, (struct sockaddr *)&to.address, to.size);
    return report("sendto-raw", argv[0], sent < 0 ? errno : 0);
}

/* Made, and nothing else. */
static int run_socket_packet(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return report("socket-packet", "", socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0 ? errno : 0);
}

static int run_socket_raw(int argc, char **argv)
{
    (void)argc;
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, (int)number(argv[0]));
    return report("socket-raw", argv[0], fd < 0 ? errno : 0);
}

/* Without bind(2): the kernel picks a port. */
static int run_listen(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return report("listen", "", errno);
    return report("listen", "", listen(fd, 1) ? errno : 0);
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
    { "connect-udp", "ADDRESS PORT         UDP", 2, run_connect_udp },
    { "connect-short", "ADDRESS PORT         TCP, half an address", 2, run_connect_short },
    { "bind", "ADDRESS PORT         TCP", 2, run_bind },
    { "bind-udp", "ADDRESS PORT         UDP", 2, run_bind_udp },
    { "listen", "                     TCP, without bind", 0, run_listen },
    { "connect-uring", "ADDRESS PORT         IORING_OP_CONNECT", 2, run_connect_uring },
    { "fast-open", "ADDRESS PORT         TCP, MSG_FASTOPEN", 2, run_fast_open },
    { "serve", "ADDRESS PORT         TCP, for ever", 2, run_serve },
    { "sendto", "ADDRESS PORT         UDP, one byte", 2, run_sendto },
    { "sendto-six", "ADDRESS PORT         the same through a socket of IPv6", 2, run_sendto_six },
    { "sendto-from-group", "ADDRESS PORT         UDP, bound to 224.0.0.1", 2, run_sendto_from_group },
    { "sendto-unspecified", "ADDRESS PORT         the same, of no family", 2, run_sendto_unspecified },
    { "sendto-raw", "ADDRESS PORT         the same, by a raw socket", 2, run_sendto_raw },
    { "socket-packet", "                     AF_PACKET", 0, run_socket_packet },
    { "socket-raw", "PROTOCOL                 of IPv4", 1, run_socket_raw },
    { "sendmmsg", "ADDRESS PORT         the same, by sendmmsg", 2, run_sendmmsg },
    { "connect-unix", "PATH", 1, run_connect_unix },
    { NULL, NULL, 0, NULL },
};
