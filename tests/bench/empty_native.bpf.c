// SPDX-License-Identifier: GPL-2.0-only
/* What BPF_PROG_TEST_RUN costs by itself: the baseline of the native times. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("syscall")
int nothing(void *context)
{
	(void)context;
	return 0;
}
