/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that no verifier takes: its log is what the engine must report. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("syscall")
int refused(void *context)
{
	volatile long *nowhere = (void *)0;

	(void)context;
	return (int)*nowhere;
}

char LICENSE[] SEC("license") = "GPL";
