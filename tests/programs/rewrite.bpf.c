// SPDX-License-Identifier: GPL-2.0-only
/* What root may do to a process by BPF: a path that ends in /gb/public, opened by a program called "reader" below X16-*,
 * ends in /gb/secret when the kernel reads it. For the bypass suite. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum { PATH = 256, ENDING = 10, NAME = 6 };

/* /sys/kernel/tracing/events/syscalls/sys_enter_openat/format */
struct entry {
    __u64 common;
    __s64 number;
    __u64 arguments[4];
};

static int is(const char *text, const char *expected, int length)
{
    for (int i = 0; i < length; i++)
        if (text[i] != expected[i])
            return 0;
    return 1;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int rewrite(struct entry *context)
{
    static const char reader[] = "reader", public[] = "/gb/public", secret[] = "secret";
    char program[16], path[PATH];
    char *from = (char *)context->arguments[1];
    long length;
    __u32 at;

    if (bpf_get_current_comm(program, sizeof(program)) || !is(program, reader, sizeof(reader)))
        return 0;
    length = bpf_probe_read_user_str(path, sizeof(path), from);
    if (length <= ENDING + 1 || length > PATH)
        return 0;
    /* Of the path and its NUL. */
    at = (__u32)length - 1 - ENDING;
    if (at >= PATH - ENDING || !is(path + at, public, ENDING))
        return 0;
    bpf_probe_write_user(from + length - 1 - NAME, secret, NAME);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
