/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exec of a process that is traced. Who traces it was asked about the program that it ran then, and stays attached to
 * what it runs next: the tracer is asked about that as if he attached to it, and if he may not, it is not run. The kernel
 * lets nobody attach between that question and the end of the exec (cred_guard_mutex).
 */
#ifndef GUARD_HOOK_TRACED_H
#define GUARD_HOOK_TRACED_H

#include "hook_process.h"

/* The program that is about to be run, as that of the process that is acted on. */
static __always_inline void traced_program(struct guard_scratch *s, struct linux_binprm *bprm)
{
	path_resolve_at(s, bprm->file->f_path.dentry, bprm->file->f_path.mnt);
	s->name_cut = path_is_incomplete(s);
	name_from(s, s->path.bytes + (s->walk.position & (GUARD_PATH_MAX - 1)), GUARD_PATH_MAX, path_length(s));
	identity_of_opened(s, address_of(bprm->file));
}

static __always_inline void traced_record(struct guard_scratch *s, const struct task_struct *tracer, __u64 cgroup_id,
					  __u64 generation)
{
	event_of(&s->event, GUARD_EVENT_OPERATION_DECISION, tracer, &s->subject, cgroup_id);
	s->event.cpu = bpf_get_smp_processor_id();
	s->event.ring = GUARD_RING_DECISIONS;
	operation_tell(s, GUARD_HOOK_EXEC_TRACED, 1u << GUARD_OPERATION_ACCESS, 0, generation);
}

static __always_inline int traced_verdict(struct guard_image *image, struct guard_scratch *s, struct linux_binprm *bprm,
					  const struct task_struct *tracer)
{
	__u64 held = subject_load_other(image, s, address_of(tracer)), cgroup_id = cgroup_of(tracer);
	int result;

	scope_load_of(image, s, GUARD_CATEGORY_OPERATION, tracer, cgroup_id);
	traced_program(s, bprm);
	COUNT(decisions[GUARD_HOOK_EXEC_TRACED]);
	operation_decide(image, s, tracer->real_cred->euid.val, tracer->loginuid.val);
	if (decision_failed(s)) {
		result = on_engine_failure(image, GUARD_HOOK_EXEC_TRACED, s->failure,
					   image_header(image)->operations_refused >> GUARD_OPERATION_ACCESS & 1);
	} else {
		if (s->verdict != GUARD_VERDICT_ALLOW)
			traced_record(s, tracer, cgroup_id, image_header(image)->generation);
		result = verdict_returned(s, GUARD_HOOK_EXEC_TRACED);
	}
	program_let_go(held);
	return result;
}

static __always_inline int check_traced(struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!(bprm->unsafe & LSM_UNSAFE_PTRACE) || !task->ptrace)
		return 0;
	if (!operation_is_asked(GUARD_HOOK_EXEC_TRACED, GUARD_OPERATION_ACCESS, &image, &result) ||
	    !operation_take(GUARD_HOOK_EXEC_TRACED, GUARD_OPERATION_ACCESS, image, &s, &result))
		return result;
	s->operation.number |= GUARD_PROCESS_ATTACH;
	s->operation.task = address_of(task);
	result = traced_verdict(image, s, bprm, task->parent);
	scratch_give(s);
	return result;
}

#endif
