/* What the actions share: one JSON object a run, one exit code rule. */
#ifndef ACT_H
#define ACT_H

#include <stdio.h>
#include <sys/socket.h>

#define EXIT_DONE 0   /* the operation succeeded */
#define EXIT_ERRNO 1  /* the operation failed; its errno is in the JSON */
#define EXIT_USAGE 2

/* One action: its name, its arguments for the usage text, how many it needs. */
struct action {
    const char *name;
    const char *arguments;
    int least;
    int (*run)(int argc, char **argv);
};

extern const struct action file_actions[];
extern const struct action process_actions[];
extern const struct action setting_actions[];
extern const struct action network_actions[];
extern const struct action load_actions[];
extern const struct action publish_actions[];
extern const struct action lineage_actions[];
extern const struct action uring_actions[];
extern const struct action descriptor_actions[];
extern const struct action code_actions[];
extern const struct action starve_actions[];
extern const struct action operation_actions[];
extern const struct action fuse_actions[];

/* Looks the action up and runs it; EXIT_USAGE if there is none. */
int act(int argc, char **argv);

/* {"action":"open","target":"/x","errno":"EPERM"} and the exit code for it.
 * error is 0 or an errno value. */
int report(const char *action, const char *target, int error);

void json_string(FILE *out, const char *text);
const char *errno_name(int error);

/* Numbers on the command line: anything that is not one ends the program. */
long number(const char *text);

/* open(2) flags for "read", "write", "create", ...; -1 if unknown. */
int open_flags(const char *mode);

/* connect(2) by io_uring, with its result and errno. */
int uring_connect(int fd, const struct sockaddr *to, socklen_t size);

#endif
