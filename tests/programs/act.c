/* act ACTION ARGUMENT... - does one thing and prints the truth about it as one
 * line of JSON: what it did and the errno that it got.
 *
 * Exit: 0 the operation succeeded, 1 it failed (errno in the JSON), 2 usage.
 * Static, so that it runs from any root and needs no library to be opened. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct action *const tables[] = {
    file_actions, process_actions, setting_actions, network_actions, load_actions, lineage_actions,
    publish_actions, uring_actions, descriptor_actions, code_actions, starve_actions, operation_actions,
    fuse_actions,
};

const char *errno_name(int error)
{
    if (error == 0)
        return "OK";
    const char *name = strerrorname_np(error);
    return name ? name : "UNKNOWN";
}

void json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        if (*byte == '"' || *byte == '\\')
            fprintf(out, "\\%c", *byte);
        else if (*byte < 0x20 || *byte >= 0x7f)
            /* Paths are bytes, not text: each one by its number. */
            fprintf(out, "\\u%04x", *byte);
        else
            fputc(*byte, out);
    }
    fputc('"', out);
}

int report(const char *action, const char *target, int error)
{
    printf("{\"action\":\"%s\",\"target\":", action);
    json_string(stdout, target);
    printf(",\"errno\":\"%s\"}\n", errno_name(error));
    fflush(stdout);
    return error ? EXIT_ERRNO : EXIT_DONE;
}

long number(const char *text)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 0);
    if (errno || end == text || *end) {
        fprintf(stderr, "act: not a number: %s\n", text);
        exit(EXIT_USAGE);
    }
    return value;
}

/* Of two actions of one name the second would never run, and what tests it would test the first. */
static void refuse_duplicates(void)
{
    const size_t count = sizeof(tables) / sizeof(*tables);
    for (size_t table = 0; table < count; table++)
        for (const struct action *entry = tables[table]; entry->name; entry++)
            for (size_t other = table; other < count; other++)
                for (const struct action *twin = other == table ? entry + 1 : tables[other]; twin->name; twin++)
                    if (strcmp(entry->name, twin->name) == 0) {
                        fprintf(stderr, "act: two actions are called %s\n", entry->name);
                        exit(EXIT_USAGE);
                    }
}

static void usage(void)
{
    fputs("usage: act ACTION ARGUMENT...\n", stderr);
    for (size_t table = 0; table < sizeof(tables) / sizeof(*tables); table++)
        for (const struct action *entry = tables[table]; entry->name; entry++)
            fprintf(stderr, "  %s %s\n", entry->name, entry->arguments);
}

int act(int argc, char **argv)
{
    for (size_t table = 0; argc > 0 && table < sizeof(tables) / sizeof(*tables); table++)
        for (const struct action *entry = tables[table]; entry->name; entry++)
            if (strcmp(entry->name, argv[0]) == 0 && argc - 1 >= entry->least)
                return entry->run(argc - 1, argv + 1);
    usage();
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    refuse_duplicates();
    return act(argc - 1, argv + 1);
}
