/* SPDX-License-Identifier: Apache-2.0 */
/* bpf-load cost OBJECT   - loads every program and prints what its check cost:
 *                              program<TAB>instructions<TAB>states
 *                          "refused" instead of numbers: the verifier's log is
 *                          on standard error and the exit code is 1
 * bpf-load attach OBJECT - attaches all, prints "attached", stays until killed
 */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Only statistics, a few lines a program; the whole log is tens of megabytes. */
enum { LOG_STATISTICS = 4, LOG_SIZE = 1 << 16 };

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

static unsigned long number_after(const char *log, const char *word)
{
    const char *found = strstr(log, word);

    return found ? strtoul(found + strlen(word), NULL, 10) : 0;
}

/* SEC("?lsm/hook"): what not every kernel has is loaded where it is there, as guardd does. */
static void load_optional(struct bpf_object *object)
{
    libbpf_print_fn_t print = libbpf_set_print(NULL);
    struct bpf_program *program;

    /* That a hook is missing is no news. */
    bpf_object__for_each_program(program, object) {
        if (!bpf_program__autoload(program) &&
            libbpf_find_vmlinux_btf_id(bpf_program__name(program), BPF_LSM_MAC) > 0)
            bpf_program__set_autoload(program, true);
    }
    libbpf_set_print(print);
}

static int cost(struct bpf_object *object)
{
    struct bpf_program *program;
    int failed;

    bpf_object__for_each_program(program, object) {
        bpf_program__set_log_level(program, LOG_STATISTICS);
        bpf_program__set_log_buf(program, calloc(1, LOG_SIZE), LOG_SIZE);
    }
    failed = bpf_object__load(object);
    bpf_object__for_each_program(program, object) {
        size_t size;
        const char *log = bpf_program__log_buf(program, &size);

        if (!bpf_program__autoload(program))
            continue;
        if (bpf_program__fd(program) < 0) {
            printf("%s\trefused\trefused\n", bpf_program__name(program));
            fprintf(stderr, "%s\n", log);
            continue;
        }
        printf("%s\t%lu\t%lu\n", bpf_program__name(program), number_after(log, "processed "),
               number_after(log, " total_states "));
    }
    return failed ? 1 : 0;
}

static int attach(struct bpf_object *object)
{
    struct bpf_program *program;

    if (bpf_object__load(object))
        return 1;
    bpf_object__for_each_program(program, object) {
        if (bpf_program__autoload(program) && !bpf_program__attach(program))
            return 1;
    }
    puts("attached");
    fflush(stdout);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    struct bpf_object *object;

    if (argc != 3 || (strcmp(argv[1], "cost") != 0 && strcmp(argv[1], "attach") != 0)) {
        fprintf(stderr, "usage: bpf-load cost|attach OBJECT\n");
        return 2;
    }
    libbpf_set_print(quiet);
    object = bpf_object__open_file(argv[2], NULL);
    if (!object) {
        perror(argv[2]);
        return 1;
    }
    load_optional(object);
    return argv[1][0] == 'c' ? cost(object) : attach(object);
}
