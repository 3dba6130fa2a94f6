/* SPDX-License-Identifier: GPL-2.0-only */
/* Fork, exit, and the tasks that were there before: before Guard, and before a push. */
#ifndef GUARD_HOOK_TASK_H
#define GUARD_HOOK_TASK_H

#include "digest.h"
#include "event.h"
#include "image_in_force.h"
#include "subject.h"

/* s->subject is kept with a child that does not run yet. */
static __always_inline bool subject_bequeath(struct guard_scratch *s, struct task_struct *child)
{
	return bpf_task_storage_get(&subjects, child, &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE) ||
	       orphan_keep(s, address_of(child));
}

/*
 * A child gets its subject before it can run. Threads (and io_uring workers, which are threads here) are the
 * same subject; a new process has the program that forks it as its parent, whoever adopts it later.
 */
static __always_inline int inherit(struct task_struct *child, unsigned long clone_flags)
{
	struct guard_image *image = image_in_force();
	struct guard_scratch *s;
	int result = 0;

	if (!image)
		return on_engine_failure(NULL, GUARD_HOOK_TASK_ALLOC, GUARD_REASON_NO_IMAGE, false);
	s = scratch_take();
	if (!s) {
		on_engine_failure(image, GUARD_HOOK_TASK_ALLOC, GUARD_REASON_NO_SCRATCH, false);
		return -EAGAIN;
	}
	subject_load(image, s);
	if (!(clone_flags & CLONE_THREAD))
		subject_becomes_parent(image, s);
	s->subject.pending = 0;
	s->subject.deferred = 0;
	program_hold(s->subject.exec_id);
	if (!subject_bequeath(s, child)) {
		program_let_go(s->subject.exec_id);
		on_engine_failure(image, GUARD_HOOK_TASK_ALLOC, GUARD_REASON_INHERIT, false);
		result = -EAGAIN;
	}
	scratch_give(s);
	return result;
}

/* Also of a child that never ran because its fork failed after task_alloc. */
static __always_inline void forget(struct task_struct *task)
{
	__u64 address = address_of(task);
	struct guard_subject *orphan = orphan_of(address);
	struct guard_image *image = image_in_force();
	__u64 held[2] = {};

	if (image)
		digest_done(image, address);
	if (orphan) {
		held[0] = orphan->exec_id;
		held[1] = orphan->pending;
		bpf_map_delete_elem(&orphans, &address);
	} else {
		__u64 kept = subject_address(address);

		if (!kept)
			return;
		bpf_probe_read_kernel(&held[0], sizeof(held[0]), &((struct guard_subject *)kept)->exec_id);
		bpf_probe_read_kernel(&held[1], sizeof(held[1]), &((struct guard_subject *)kept)->pending);
	}
	program_let_go(held[0]);
	program_let_go(held[1]);
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
	if (!s) {
		count_failure(GUARD_HOOK_EXIT, GUARD_REASON_NO_SCRATCH);
		return;
	}
	event_begin(s, GUARD_EVENT_EXIT, GUARD_RING_OBSERVED, who);
	s->event.hook = GUARD_HOOK_EXIT;
	s->event.exit_code = task->exit_code;
	event_submit(s, who);
	scratch_give(s);
}

/* A thread of a process that is known: the same subject. */
static __always_inline bool seed_as_thread(struct guard_scratch *s, __u64 leader)
{
	__u64 kept = leader ? subject_address(leader) : 0;

	if (!kept || !subject_probe(&s->subject, kept))
		return false;
	s->subject.pending = 0;
	s->subject.deferred = 0;
	return program_hold_foreign(s->subject.exec_id);
}

/*
 * One task of an iteration over all: gives it a subject if it has none. Parents first, so that every line is
 * known to its beginning: who comes before his parent waits for the next pass. 1: it was new.
 */
static __always_inline int seed(struct task_struct *task)
{
	struct guard_subject *kept;
	struct guard_scratch *s;
	__u64 parent;

	if (bpf_task_storage_get(&subjects, task, 0, 0))
		return 0;
	s = scratch_take();
	if (!s)
		return 0;
	s->task = address_of(task);
	if (!seed_as_thread(s, task->pid != task->tgid ? address_of(task->group_leader) : 0)) {
		parent = parent_address(s->task);
		if (parent && !subject_address(parent)) {
			scratch_give(s);
			return 0;
		}
		subject_discover(s);
	}
	kept = bpf_task_storage_get(&subjects, task, &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!kept || kept->exec_id != s->subject.exec_id)
		program_let_go(s->subject.exec_id);
	scratch_give(s);
	return kept != NULL;
}

/*
 * One task of an iteration after a push: what its program and those above say in the new generation is made
 * ready. Its own lists it fetches from there when it acts next, because nobody else changes them. 1: something
 * was not ready.
 */
static __always_inline int renew(struct task_struct *task)
{
	struct guard_image *image = image_in_force();
	struct guard_program *program;
	struct guard_scratch *s;
	int was_old = 0;

	if (!image)
		return 0;
	s = scratch_take();
	if (!s)
		return 1;
	s->task = address_of(task);
	if (!subject_fetch(s, s->task, NULL) || !program_hold_foreign(s->subject.exec_id)) {
		scratch_give(s);
		return 0;
	}
	program = program_find(s->subject.exec_id);
	/* A path that is not kept whole can be read only where its task stands still: by that task. */
	if (program && !(program->flags & GUARD_PROGRAM_IMAGE_CUT) &&
	    !program_atoms_kept(s, program, image_header(image)->generation)) {
		s->task = 0;
		subject_renew(image, s);
		was_old = 1;
	}
	program_let_go(s->subject.exec_id);
	scratch_give(s);
	return was_old;
}

static __always_inline bool file_is_of_guardd(const struct task_struct *task)
{
	struct guard_config *settings = bpf_map_lookup_elem(&config, &zero);

	return settings && settings->guardd_tgid == (__u32)task->tgid;
}

/* A line "descriptor inode device generation"; nothing for files that are known by their names alone. */
static __always_inline void tell_identity(struct seq_file *seq, __u32 descriptor, struct file *file)
{
	struct inode *inode = file->f_inode;

	if (inode && inode->i_generation && file_system_has_identity(inode->i_sb->s_magic))
		BPF_SEQ_PRINTF(seq, "%u %llu %u %u\n", descriptor, inode->i_ino, inode->i_sb->s_dev,
			       inode->i_generation);
}

#endif
