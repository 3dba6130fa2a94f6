/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes numbered records into a ring, and counts those that found it full: what the engine's ring reader is tested on. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct request {
	__u32 count;
	__u32 lost;
	__u64 first;
};

struct record {
	__u64 sequence;
	__u8 filler[56];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 10);
} ring SEC(".maps");

SEC("syscall")
int emit(struct request *request)
{
	struct record record = {};
	__u64 first = request->first;
	__u32 count = request->count;
	__u32 lost = 0;

	for (__u32 i = 0; i < 4096; i++) {
		if (i >= count)
			break;
		record.sequence = first + i;
		if (bpf_ringbuf_output(&ring, &record, sizeof(record), 0))
			lost++;
	}
	request->lost = lost;
	return 7;
}

char LICENSE[] SEC("license") = "GPL";
