// SPDX-License-Identifier: GPL-2.0-only
/* What attaching costs by itself: a program on file_open that does nothing. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/file_open")
int nothing(unsigned long long *context)
{
	return (int)context[1];
}
