/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for guard.bpf.o where the kernel refuses LSM programs: the same kinds of maps and names, and programs that
 * attach to a cgroup of their own. What is tested with it is loading, pinning, adopting and replacing.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "../../bpf/lsm/limits.h"

struct image_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, GUARD_IMAGE_BYTES + GUARD_IMAGE_SLACK);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, struct image_map);
} images SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring_decisions SEC(".maps");

const volatile __u32 switched_on = 1;

SEC("cgroup_skb/egress")
int hook_first(struct __sk_buff *skb)
{
	__u32 slot = 0;

	(void)skb;
	return bpf_map_lookup_elem(&images, &slot) && switched_on;
}

SEC("cgroup_skb/egress")
int hook_second(struct __sk_buff *skb)
{
	(void)skb;
	bpf_ringbuf_output(&ring_decisions, &(__u32){1}, sizeof(__u32), 0);
	return 1;
}

/* Must never be loaded: the verifier refuses it. */
SEC("cgroup_skb/egress")
int test_only(struct __sk_buff *skb)
{
	(void)skb;
	return *(volatile int *)0;
}

char LICENSE[] SEC("license") = "GPL";
