/* SPDX-License-Identifier: GPL-2.0-only */
/* Exec: the verdict before the program is loaded, the subject and the event once it runs. */
#ifndef GUARD_HOOK_EXEC_H
#define GUARD_HOOK_EXEC_H

#include "arguments.h"
#include "event.h"
#include "image_in_force.h"
#include "subject.h"

/* The name by which a program is called: bprm->interp is the file name, or what follows `#!` on the second round. */
static __always_inline void invoked_name(struct guard_scratch *s, const char *name)
{
	long length = bpf_probe_read_kernel_str(s->name.bytes, GUARD_PATH_MAX, name);
	__u64 bytes = length > 0 ? length - 1 : 0;

	asm volatile("" : "+r"(bytes));
	if (bytes > GUARD_PATH_MAX - 1)
		bytes = GUARD_PATH_MAX - 1;
	*(__u64 *)(s->name.bytes + bytes) = 0;
	*(__u64 *)(s->name.bytes + bytes + 8) = 0;
	s->name_length = bytes;
	s->name_cut = length <= 0 || length >= GUARD_PATH_MAX;
}

/* The subject that the exec would make, into s->next: atoms from the walks, parent as it was. */
__noinline int next_subject(struct guard_scratch *s, __u64 generation)
{
	struct guard_subject *next;

	if (!s)
		return 0;
	next = &s->next;
	subject_copy(next, &s->subject);
	next->generation = generation;
	next->flags &= GUARD_SUBJECT_PARENT_CUT | GUARD_SUBJECT_PARENT_INVOKED_CUT | GUARD_SUBJECT_PARENT_UNKNOWN;
	subject_take_atoms(s, next);
	subject_keep_image(s, next);
	if (s->name_cut)
		next->flags |= GUARD_SUBJECT_INVOKED_UNKNOWN | GUARD_SUBJECT_AS_PARENT_UNKNOWN | GUARD_SUBJECT_INVOKED_CUT;
	if (path_is_incomplete(s))
		next->flags |= GUARD_SUBJECT_IMAGE_UNKNOWN | GUARD_SUBJECT_AS_PARENT_UNKNOWN | GUARD_SUBJECT_IMAGE_CUT;
	return 0;
}

static __always_inline void exec_record(struct guard_scratch *s, struct linux_binprm *bprm, __u64 generation)
{
	event_begin(s, GUARD_EVENT_EXEC_DECISION, GUARD_RING_DECISIONS, &s->subject);
	s->event.hook = GUARD_HOOK_EXEC;
	event_decision(s, generation);
	event_file(&s->event, bprm->file->f_inode);
	s->event.path_length = path_length(s);
	s->event.invoked_length = s->name_length;
	s->event.image_length = s->subject.image_length;
	args_of_new_program(s, bprm);
	event_submit(s, &s->subject);
}

static __always_inline int exec_verdict(struct guard_image *image, struct guard_scratch *s, struct linux_binprm *bprm)
{
	__u64 address = (__u64)bpf_get_current_task_btf();
	__u64 generation = image_header(image)->generation;
	bool can_block = category_of(image, GUARD_CATEGORY_EXEC)->block_count;

	subject_load(image, s);
	path_resolve_at(s, bprm->file->f_path.dentry, bprm->file->f_path.mnt);
	invoked_name(s, bprm->interp);
	decision_begin(s, GUARD_CATEGORY_EXEC);
	exec_atoms(image, s);
	next_subject(s, generation);
	/* What an earlier exec left there must not be taken over by this one. */
	if (bpf_map_update_elem(&pending, &address, &s->next, BPF_ANY))
		bpf_map_delete_elem(&pending, &address);

	exec_decide(image, s, effective_uid(), bpf_get_current_task_btf()->loginuid.val);
	COUNT(decisions[GUARD_HOOK_EXEC]);
	if (decision_failed(s))
		return on_engine_failure(GUARD_HOOK_EXEC, s->failure, can_block);
	if (s->verdict != GUARD_VERDICT_ALLOW)
		exec_record(s, bprm, generation);
	return verdict_returned(s, GUARD_HOOK_EXEC);
}

static __always_inline int check_exec(struct linux_binprm *bprm)
{
	struct guard_image *image = image_in_force();
	__u64 address = (__u64)bpf_get_current_task_btf();
	struct guard_scratch *s;
	int verdict;

	if (!image)
		return on_engine_failure(GUARD_HOOK_EXEC, GUARD_REASON_NO_IMAGE, true);
	s = scratch_take();
	if (!s) {
		bpf_map_delete_elem(&pending, &address);
		return on_engine_failure(GUARD_HOOK_EXEC, GUARD_REASON_NO_SCRATCH,
					 category_of(image, GUARD_CATEGORY_EXEC)->block_count);
	}
	verdict = exec_verdict(image, s, bprm);
	if (verdict)
		bpf_map_delete_elem(&pending, &address);
	scratch_give(s);
	return verdict;
}

/* The exec can't fail any more: the task is now what was prepared in the check. */
static __always_inline void take_over(struct guard_scratch *s, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 address = (__u64)task;
	struct guard_subject *next = bpf_map_lookup_elem(&pending, &address);
	struct guard_subject *kept;
	struct guard_image *image;

	if (next) {
		subject_copy(&s->subject, next);
		bpf_map_delete_elem(&pending, &address);
	} else {
		image = image_in_force();
		if (!image)
			return;
		subject_load(image, s);
		s->task = address;
		subject_read_image(s);
		subject_renew(image, s);
	}
	s->subject.exec_id = bpf_ktime_get_boot_ns() << 10 | (bpf_get_smp_processor_id() & 1023);
	s->subject.tgid = task->tgid;
	kept = bpf_task_storage_get(&subjects, task, &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (kept) {
		subject_copy(kept, &s->subject);
		bpf_map_delete_elem(&orphans, &address);
	} else if (bpf_map_update_elem(&orphans, &address, &s->subject, BPF_ANY))
		on_engine_failure(GUARD_HOOK_EXEC_COMMITTED, GUARD_REASON_NO_SUBJECT, false);
}

static __always_inline void exec_committed(struct linux_binprm *bprm)
{
	struct guard_scratch *s = scratch_take();

	if (!s) {
		on_engine_failure(GUARD_HOOK_EXEC_COMMITTED, GUARD_REASON_NO_SCRATCH, false);
		return;
	}
	take_over(s, bprm);
	if (observing()) {
		event_begin(s, GUARD_EVENT_EXEC, GUARD_RING_OBSERVED, &s->subject);
		s->event.hook = GUARD_HOOK_EXEC_COMMITTED;
		event_file(&s->event, bprm->file->f_inode);
		args_of_this_program(s, bprm);
		path_resolve_at(s, bprm->file->f_path.dentry, bprm->file->f_path.mnt);
		invoked_name(s, bprm->interp);
		s->event.flags |= s->walk.flags & 0xffff;
		s->event.path_length = path_length(s);
		s->event.invoked_length = s->name_length;
		event_submit(s, &s->subject);
	}
	scratch_give(s);
}

#endif
