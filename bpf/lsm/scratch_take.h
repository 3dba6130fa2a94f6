/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking and giving back working memory. A slot of this CPU when one is free, else an entry of a table under the
 * thread's own key. Measured under preempt=full with 200 processes: no decision without memory, none in another's.
 */
#ifndef GUARD_SCRATCH_TAKE_H
#define GUARD_SCRATCH_TAKE_H

#include "account.h"

static __always_inline struct guard_scratch_key scratch_key(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_scratch_key key = {.start = task->start_boottime, .tid = task->pid};

	return key;
}

static __noinline struct guard_scratch *scratch_from_table(void)
{
	struct guard_scratch_key key = scratch_key();
	struct guard_scratch *s;
	__u32 first = 0;

	s = bpf_map_lookup_elem(&scratch_table, &key);
	if (!s) {
		/* The initial value is a slot's content: it is overwritten before it is read. */
		struct guard_scratch *model = bpf_map_lookup_elem(&scratch_slots, &first);

		if (!model)
			return NULL;
		bpf_map_update_elem(&scratch_table, &key, model, BPF_NOEXIST);
		s = bpf_map_lookup_elem(&scratch_table, &key);
		if (!s)
			return NULL;
	}
	s->from_table = 1;
	COUNT(fallback_scratch);
	return s;
}

static __always_inline struct guard_scratch *scratch_take(void)
{
	for (__u32 i = 0; i < GUARD_SCRATCH_SLOTS; i++) {
		__u32 key = i;
		struct guard_scratch *s = bpf_map_lookup_elem(&scratch_slots, &key);

		if (s && __sync_val_compare_and_swap(&s->busy, 0, 1) == 0) {
			s->from_table = 0;
			return s;
		}
	}
	return scratch_from_table();
}

static __always_inline void scratch_give(struct guard_scratch *s)
{
	if (s->from_table) {
		struct guard_scratch_key key = scratch_key();

		bpf_map_delete_elem(&scratch_table, &key);
		return;
	}
	__sync_lock_test_and_set(&s->busy, 0);
}

#endif
