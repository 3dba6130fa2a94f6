/* SPDX-License-Identifier: GPL-2.0-only */
/* An object of another version: a struct of the contract has another size. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct guard_config {
	__u32 failure_mode;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_config);
} config SEC(".maps");

SEC("syscall")
int nothing(void *context)
{
	(void)context;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
