/* SPDX-License-Identifier: GPL-2.0-only */
/* Fork, exit, and the tasks that were there before. */
#ifndef GUARD_HOOK_TASK_H
#define GUARD_HOOK_TASK_H

#include "event.h"
#include "image_in_force.h"
#include "subject.h"

/*
 * A child gets its subject before it can run. Threads (and io_uring workers, which are threads here) are the same
 * subject; a new process has the program that forks it as its parent, whoever adopts it later.
 */
static __always_inline int inherit(struct task_struct *child, unsigned long clone_flags)
{
	struct guard_image *image = image_in_force();
	__u64 address = (__u64)child;
	struct guard_scratch *s;
	int result = 0;

	if (!image)
		return on_engine_failure(GUARD_HOOK_TASK_ALLOC, GUARD_REASON_NO_IMAGE, false);
	s = scratch_take();
	if (!s) {
		on_engine_failure(GUARD_HOOK_TASK_ALLOC, GUARD_REASON_NO_SCRATCH, false);
		return -EAGAIN;
	}
	subject_load(image, s);
	if (!(clone_flags & CLONE_THREAD))
		subject_becomes_parent(s);
	if (!bpf_task_storage_get(&subjects, child, &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE) &&
	    bpf_map_update_elem(&orphans, &address, &s->subject, BPF_ANY)) {
		on_engine_failure(GUARD_HOOK_TASK_ALLOC, GUARD_REASON_INHERIT, false);
		result = -EAGAIN;
	}
	scratch_give(s);
	return result;
}

static __always_inline void forget(struct task_struct *task)
{
	__u64 address = (__u64)task;

	bpf_map_delete_elem(&orphans, &address);
	bpf_map_delete_elem(&pending, &address);
}

/* The end of a process that had exec'ed; forks that never did leave no trace. */
static __always_inline void ended(struct task_struct *task)
{
	struct guard_subject *who;
	struct guard_scratch *s;

	if (task->pid != task->tgid || !observing())
		return;
	who = bpf_task_storage_get(&subjects, task, 0, 0);
	if (!who || who->tgid != (__u32)task->tgid)
		return;
	s = scratch_take();
	if (!s)
		return;
	event_begin(s, GUARD_EVENT_EXIT, GUARD_RING_OBSERVED, who);
	s->event.hook = GUARD_HOOK_EXIT;
	s->event.exit_code = task->exit_code;
	event_submit(s, who);
	scratch_give(s);
}

/* One task of an iteration over all: gives it a subject if it has none. 1: it was new. */
static __always_inline int seed(struct task_struct *task)
{
	struct guard_image *image = image_in_force();
	struct guard_scratch *s;
	int is_new = 0;

	if (!image || bpf_task_storage_get(&subjects, task, 0, 0))
		return 0;
	s = scratch_take();
	if (!s)
		return 0;
	s->task = (__u64)task;
	subject_discover(image, s);
	is_new = bpf_task_storage_get(&subjects, task, &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE) != NULL;
	scratch_give(s);
	return is_new;
}

#endif
