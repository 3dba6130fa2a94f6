// SPDX-License-Identifier: GPL-2.0-only
/* What attaching costs by itself: programs that do nothing, on the hooks that
 * decide about opens and execs. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/file_open")
int nothing_open(unsigned long long *context)
{
	return (int)context[1];
}

SEC("lsm/bprm_check_security")
int nothing_exec(unsigned long long *context)
{
	return (int)context[1];
}
