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
    { "sendto", "ADDRESS PORT         UDP, one byte", 2, run_sendto },
    { "connect-unix", "PATH", 1, run_connect_unix },
    { NULL, NULL, 0, NULL },
};
