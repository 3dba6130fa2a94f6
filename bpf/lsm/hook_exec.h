/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exec: the verdict before the program is loaded, the subject and the event once it runs. A check can be
 * followed by another (the interpreter of a script) or by a failure, so that what it finds is laid aside in
 * `programs` until bprm_committed_creds takes it over.
 */
#ifndef GUARD_HOOK_EXEC_H
#define GUARD_HOOK_EXEC_H

#include "command.h"
#include "digest.h"
#include "event.h"
#include "image_in_force.h"
#include "other_name.h"
#include "scope.h"
#include "subject.h"

/* The name by which a program is called: bprm->interp is the file name, or what follows `#!` on the second
 * round. */
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

/* Of a file whose mode the kernel follows, and not the mount. */
static __always_inline __u32 mode_properties(__u32 mode)
{
	__u32 properties = 0;

	if (mode & S_ISUID)
		properties |= 1u << GUARD_PROPERTY_SETUID;
	/* Without the second it once meant locks that bind. */
	if (mode & S_ISGID && mode & S_IXGRP)
		properties |= 1u << GUARD_PROPERTY_SETGID;
	return properties;
}

/*
 * The same in the check and once the exec can't fail: the file is then the one that the last check was about, the
 * kernel has read the beginning of none since, and interp is another name than filename from the second round on.
 */
static __always_inline __u32 exec_properties(const struct linux_binprm *bprm)
{
	__u32 flags = bprm->file->f_path.mnt->mnt_flags;
	__u32 properties = flags & MNT_NOSUID ? 0 : mode_properties(bprm->file->f_inode->i_mode);

	if (flags & MNT_INTERNAL)
		properties |= 1u << GUARD_PROPERTY_MEMFD;
	if (!bprm->file->f_inode->i_nlink)
		properties |= 1u << GUARD_PROPERTY_UNLINKED;
	if (bprm->buf[0] == '#' && bprm->buf[1] == '!')
		properties |= 1u << GUARD_PROPERTY_SCRIPT;
	if (bprm->interp != bprm->filename)
		properties |= 1u << GUARD_PROPERTY_INTERPRETER;
	return properties;
}

/* Path into s->path, name into s->name. */
static __always_inline void exec_names(struct guard_scratch *s, struct linux_binprm *bprm)
{
	path_resolve_at(s, bprm->file->f_path.dentry, bprm->file->f_path.mnt);
	invoked_name(s, bprm->interp);
}

/* The texts of the program in s->path and s->name become s->program; its arguments follow when it runs. */
static __always_inline void program_begin(struct guard_scratch *s)
{
	__u64 bytes = BOUNDED(s->name_length, GUARD_SUBJECT_INVOKED_MAX);

	s->program.flags = GUARD_PROGRAM_COMMAND_CUT | s->walk.flags << GUARD_PROGRAM_EVENT_SHIFT;
	s->program.parent_exec_id = s->subject.parent_exec_id;
	s->program.command_length = 0;
	program_keep_image(s);
	if (s->name_cut || s->name_length > GUARD_SUBJECT_INVOKED_MAX)
		s->program.flags |= GUARD_PROGRAM_INVOKED_CUT;
	s->program.invoked_length = bytes;
	bpf_probe_read_kernel(s->program.invoked, bytes, s->name.bytes);
}

/* What the texts say becomes that of s->program, in the line of s->subject. */
static __always_inline void program_end(struct guard_scratch *s, __u64 generation)
{
	struct guard_program_atoms *atoms = &s->program.atoms;

	program_atoms_take(s, atoms);
	atoms->generation = generation;
	atoms->flags |= s->subject.flags & GUARD_SUBJECT_ANCESTORS_UNKNOWN;
	/* A parent is known by either name. */
	if (s->name_cut)
		atoms->gives |= GUARD_SUBJECT_PARENT_UNKNOWN | GUARD_SUBJECT_ANCESTOR_UNKNOWN;
	atoms->ancestor_count = s->subject.ancestor_count;
	list_copy(atoms->ancestor, s->subject.ancestor, s->subject.ancestor_count);
}

/* Where the process is, if anything asks for it. Takes s->path. */
static __always_inline void directory_read(struct guard_image *image, struct guard_scratch *s)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;
	struct path before = {}, after = {};

	if (!text_is_read(image, GUARD_TEXT_DIRECTORY))
		return;
	READ(before, fs->pwd);
	path_resolve_at(s, before.dentry, before.mnt);
	READ(after, fs->pwd);
	/* Others that share it may change it at any moment: half of one and half of another is no directory. */
	if (before.dentry != after.dentry || before.mnt != after.mnt)
		s->walk.flags |= GUARD_EVENT_PATH_UNRESOLVED;
	directory_atoms(image, s);
}

static __always_inline void exec_digest(struct guard_image *image, struct guard_scratch *s, struct linux_binprm *bprm)
{
	if (digest_is_asked(image, GUARD_CATEGORY_EXEC))
		digest_offer(image, s, address_of(bprm->file));
}

static __always_inline void exec_record(struct guard_scratch *s, struct linux_binprm *bprm, __u32 hook,
					__u64 generation)
{
	event_begin(s, GUARD_EVENT_EXEC_DECISION, GUARD_RING_DECISIONS, &s->subject);
	s->event.hook = hook;
	s->event.properties = s->properties;
	/* Arguments and directory went through the same memory. */
	exec_names(s, bprm);
	event_decision(s, generation);
	event_file(&s->event, (__u64)bprm->file->f_inode);
	s->event.path_length = path_length(s);
	s->event.invoked_length = s->name_length;
	event_asker(&s->event, &s->subject);
}

/*
 * The program of an exec that is allowed is laid aside, what an earlier one left is let go. Gives what the hook
 * returns: an exec that nothing is laid aside for would take over what an earlier one left.
 */
static __always_inline int exec_lay_aside(struct guard_image *image, struct guard_scratch *s, int result, bool deferred)
{
	__u64 before = s->subject.pending;
	bool allowed = !result;

	if (!allowed && !before)
		return result;
	s->subject.pending = 0;
	s->subject.deferred = allowed && deferred;
	s->subject.asker = effective_uid();
	s->subject.asker_group = effective_gid();
	/* Without room: a number that no program has, so that it is read anew once it runs. */
	if (allowed)
		s->subject.pending = program_insert(s, false) ? s->program.exec_id : exec_id_new(false);
	if (subject_store(s)) {
		program_let_go(before);
		return result;
	}
	program_let_go(s->subject.pending);
	return result ? result : on_engine_failure(image, GUARD_HOOK_EXEC, GUARD_REASON_NO_SUBJECT, true);
}

/*
 * The program of an exec becomes s->program, and its atoms those of the decision that begins here. False: rules
 * ask for arguments that can't be read now. Sleeping, when they are those of the current address space, brings
 * them in.
 */
static __always_inline bool exec_read(struct guard_image *image, struct guard_scratch *s, struct linux_binprm *bprm,
				      const bool sleeping)
{
	bool whole = true;

	other_name_at(s, (__u64)bprm->file->f_path.dentry, (__u64)bprm->file->f_path.mnt);
	exec_names(s, bprm);
	identity_of_opened(s, address_of(bprm->file));
	s->properties = exec_properties(bprm);
	decision_begin(s, GUARD_CATEGORY_EXEC);
	exec_atoms(image, s);
	program_begin(s);
	if (text_is_read(image, GUARD_TEXT_COMMAND)) {
		command_of(s, bprm);
		if (sleeping)
			command_by_sleeping(image, s);
		else
			command_by_pages(image, s);
		whole = s->command.outcome != GUARD_COMMAND_UNREADABLE;
	}
	program_end(s, image_header(image)->generation);
	return whole;
}

static __always_inline int exec_verdict(struct guard_image *image, struct guard_scratch *s, struct linux_binprm *bprm)
{
	__u64 generation = image_header(image)->generation;
	bool deferred;
	int result = 0;

	subject_load(image, s);
	/*
	 * What is left open is decided about the file that runs in the end. An earlier round of this exec,
	 * about a script or what binfmt_misc runs, would be lost: interp is another name than filename from the
	 * second round on.
	 */
	if (s->subject.deferred && bprm->interp != bprm->filename) {
		COUNT(decisions[GUARD_HOOK_EXEC]);
		COUNT(denied[GUARD_HOOK_EXEC]);
		count_failure(GUARD_HOOK_EXEC, GUARD_REASON_SCRIPT_UNREAD);
		return exec_lay_aside(image, s, -EPERM, false);
	}
	scope_load(image, s, GUARD_CATEGORY_EXEC);
	deferred = !exec_read(image, s, bprm, false);
	directory_read(image, s);
	exec_digest(image, s, bprm);
	exec_decide(image, s, effective_uid(), bpf_get_current_task_btf()->loginuid.val);
	/* What is refused whatever else the arguments say is refused now. */
	if (s->verdict == GUARD_VERDICT_BLOCK && !s->from_unknown)
		deferred = false;
	if (deferred)
		return exec_lay_aside(image, s, 0, true);
	COUNT(decisions[GUARD_HOOK_EXEC]);
	if (decision_failed(s)) {
		result = on_engine_failure(image, GUARD_HOOK_EXEC, s->failure,
					   category_of(image, GUARD_CATEGORY_EXEC)->block_count);
	} else {
		if (s->verdict != GUARD_VERDICT_ALLOW) {
			exec_record(s, bprm, GUARD_HOOK_EXEC, generation);
			args_of_new_program(s, bprm);
			event_submit(s, &s->subject);
		}
		result = verdict_returned(s, GUARD_HOOK_EXEC);
	}
	return exec_lay_aside(image, s, result, false);
}

/* What an earlier exec left must not be taken over by one that nothing is laid aside for. False: that can't be
 * said. */
static __always_inline bool exec_without_scratch(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_subject *kept = subject_in_place(address_of(task), bpf_task_storage_get(&subjects, task, 0, 0));
	__u64 before;

	if (!kept)
		return false;
	before = kept->pending;
	kept->pending = 0;
	kept->deferred = 0;
	program_let_go(before);
	return true;
}

static __always_inline int check_exec(struct linux_binprm *bprm)
{
	struct guard_image *image = image_in_force();
	struct guard_scratch *s;
	int verdict;

	if (!image)
		return on_engine_failure(NULL, GUARD_HOOK_EXEC, GUARD_REASON_NO_IMAGE, true);
	s = scratch_take();
	if (!s) {
		digest_done(image, address_of(bpf_get_current_task_btf()));
		return on_engine_failure(image, GUARD_HOOK_EXEC, GUARD_REASON_NO_SCRATCH,
					 !exec_without_scratch() ||
					     category_of(image, GUARD_CATEGORY_EXEC)->block_count);
	}
	verdict = exec_verdict(image, s, bprm);
	/* What is left open is decided later, with the same digest. */
	if (!s->subject.deferred)
		digest_done(image, address_of(bpf_get_current_task_btf()));
	scratch_give(s);
	return verdict;
}

/* Nothing of the program has run yet, and nothing of it will. */
static __always_inline void kill_this(__u32 hook)
{
	if (bpf_send_signal(SIGKILL))
		count_failure(hook, GUARD_REASON_NOT_KILLED);
	else
		COUNT(killed);
}

/* What check_exec had to leave open, with arguments that can be read now. s->subject is who asked. */
static __always_inline void exec_decide_late(struct guard_image *image, struct guard_scratch *s,
					     struct linux_binprm *bprm)
{
	__u64 generation = image_header(image)->generation;

	directory_read(image, s);
	exec_digest(image, s, bprm);
	exec_decide(image, s, s->subject.asker, bpf_get_current_task_btf()->loginuid.val);
	digest_done(image, address_of(bpf_get_current_task_btf()));
	COUNT(decisions[GUARD_HOOK_EXEC_COMMITTED]);
	if (decision_failed(s)) {
		if (on_engine_failure(image, GUARD_HOOK_EXEC_COMMITTED, s->failure,
				      category_of(image, GUARD_CATEGORY_EXEC)->block_count))
			kill_this(GUARD_HOOK_EXEC_COMMITTED);
		return;
	}
	if (s->verdict == GUARD_VERDICT_BLOCK)
		s->verdict = GUARD_VERDICT_KILL;
	if (s->verdict != GUARD_VERDICT_ALLOW) {
		exec_record(s, bprm, GUARD_HOOK_EXEC_COMMITTED, generation);
		args_of_this_program(s, bprm);
		event_submit(s, &s->subject);
	}
	verdict_returned(s, GUARD_HOOK_EXEC_COMMITTED);
	if (s->verdict == GUARD_VERDICT_KILL)
		kill_this(GUARD_HOOK_EXEC_COMMITTED);
}

/* The program is read again, now that all of it can be: because it must be decided, or found no room before. */
static __always_inline void exec_again(struct guard_image *image, struct guard_scratch *s, struct linux_binprm *bprm)
{
	struct guard_program *laid_aside = program_find(s->subject.pending);

	/* Not by what the task runs: that is the new program already, and the subject is still the old one. */
	s->task = 0;
	if (s->subject.generation != image_header(image)->generation)
		subject_renew(image, s);
	scope_load(image, s, GUARD_CATEGORY_EXEC);
	/* The credentials are those of the new program already. */
	s->scope.group = s->subject.asker_group;
	exec_read(image, s, bprm, true);
	/* Nobody else knows of it yet. */
	if (laid_aside)
		atoms_copy(&laid_aside->atoms, &s->program.atoms);
	if (s->subject.deferred)
		exec_decide_late(image, s, bprm);
	if (!laid_aside)
		s->subject.pending = program_insert(s, false) ? s->program.exec_id : exec_id_new(false);
}

/* The beginning of the arguments is kept with the program. */
static __always_inline void program_keep_command(struct guard_scratch *s, struct guard_program *program,
						 struct linux_binprm *bprm)
{
	__u64 size, length;

	command_of(s, bprm);
	size = command_window(s, GUARD_SUBJECT_COMMAND_MAX + GUARD_SCAN_BYTES);
	if (!size || bpf_copy_from_user(s->name.bytes, size, (void *)s->command.at))
		return;
	command_scan(s, size);
	length = BOUNDED(s->command.window, GUARD_SUBJECT_COMMAND_MAX);
	if (s->command.outcome == GUARD_COMMAND_WHOLE && s->command.window <= GUARD_SUBJECT_COMMAND_MAX)
		program->flags &= ~GUARD_PROGRAM_COMMAND_CUT;
	bpf_probe_read_kernel(program->command, length, s->name.bytes);
	program->command_length = length;
}

/* s->subject, which asked, becomes what it runs now. */
static __always_inline void take_over(struct guard_scratch *s, struct guard_program_atoms *atoms)
{
	if (s->subject.generation != atoms->generation)
		s->subject.generation = 0;
	s->subject.flags &= ~GUARD_SUBJECT_OWN_UNKNOWN;
	s->subject.flags |= atoms->flags & GUARD_SUBJECT_OWN_UNKNOWN;
	s->subject.own_count = atoms->own_count;
	list_copy(s->subject.own, atoms->own, atoms->own_count);
}

static __always_inline void exec_take_over(struct guard_scratch *s, struct linux_binprm *bprm)
{
	struct guard_program *program = program_find(s->subject.pending);
	__u64 before = s->subject.exec_id;
	struct guard_image *image;

	if (!program || s->subject.deferred) {
		image = image_in_force();
		if (!image) {
			/* What was put off is not decided any more. */
			if (on_engine_failure(NULL, GUARD_HOOK_EXEC_COMMITTED, GUARD_REASON_NO_IMAGE,
					      s->subject.deferred))
				kill_this(GUARD_HOOK_EXEC_COMMITTED);
			return;
		}
		exec_again(image, s, bprm);
		program = program_find(s->subject.pending);
	}
	if (program) {
		program_keep_command(s, program, bprm);
		take_over(s, &program->atoms);
	} else {
		take_over(s, &s->program.atoms);
	}
	s->subject.exec_id = s->subject.pending;
	s->subject.pending = 0;
	s->subject.deferred = 0;
	s->subject.tgid = bpf_get_current_task_btf()->tgid;
	if (subject_store(s)) {
		program_let_go(before);
	} else if (on_engine_failure(image_in_force(), GUARD_HOOK_EXEC_COMMITTED, GUARD_REASON_NO_SUBJECT, true)) {
		kill_this(GUARD_HOOK_EXEC_COMMITTED);
	}
}

/* Without working memory: what the task is, is worked out when it is needed; what was to be decided is not. */
static __always_inline void exec_take_over_blindly(struct guard_subject *kept)
{
	bool decided = kept && !kept->deferred;
	__u64 before;

	if (kept) {
		before = kept->exec_id;
		kept->exec_id = kept->pending ? kept->pending : exec_id_new(false);
		kept->pending = 0;
		kept->deferred = 0;
		kept->generation = 0;
		kept->tgid = bpf_get_current_task_btf()->tgid;
		program_let_go(before);
	}
	if (on_engine_failure(image_in_force(), GUARD_HOOK_EXEC_COMMITTED, GUARD_REASON_NO_SCRATCH, !decided))
		kill_this(GUARD_HOOK_EXEC_COMMITTED);
}

/* The kept names, where they are whole: resolving a path is the dearest part of an exec. */
static __always_inline void names_kept(struct guard_scratch *s, struct linux_binprm *bprm)
{
	struct guard_program *program = program_find(s->subject.exec_id);
	__u64 bytes, from;

	if (!program || program->flags & (GUARD_PROGRAM_IMAGE_CUT | GUARD_PROGRAM_INVOKED_CUT)) {
		exec_names(s, bprm);
		return;
	}
	bytes = BOUNDED(program->image_length, GUARD_SUBJECT_IMAGE_MAX);
	from = BOUNDED(GUARD_PATH_MAX - bytes, GUARD_PATH_MAX - 1);
	s->walk.position = from;
	s->walk.flags = program->flags >> GUARD_PROGRAM_EVENT_SHIFT;
	bpf_probe_read_kernel(s->path.bytes + from, bytes, program->image);
	name_from(s, program->invoked, GUARD_SUBJECT_INVOKED_MAX, program->invoked_length);
}

static __always_inline void exec_observed(struct guard_scratch *s, struct linux_binprm *bprm)
{
	event_begin(s, GUARD_EVENT_EXEC, GUARD_RING_OBSERVED, &s->subject);
	s->event.hook = GUARD_HOOK_EXEC_COMMITTED;
	s->event.properties = exec_properties(bprm);
	event_file(&s->event, (__u64)bprm->file->f_inode);
	args_of_this_program(s, bprm);
	names_kept(s, bprm);
	s->event.flags |= s->walk.flags & 0xffff;
	s->event.path_length = path_length(s);
	s->event.invoked_length = s->name_length;
	event_submit(s, &s->subject);
}

/* The exec can't fail any more: the task is now what was prepared in the check. */
static __always_inline void exec_committed(struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_subject *kept = bpf_task_storage_get(&subjects, task, 0, 0);
	struct guard_scratch *s = scratch_take();

	if (!s) {
		exec_take_over_blindly(subject_in_place(address_of(task), kept));
		return;
	}
	s->task = address_of(task);
	if (subject_fetch(s, address_of(task), kept))
		exec_take_over(s, bprm);
	else
		subject_first(s);
	if (observing())
		exec_observed(s, bprm);
	scratch_give(s);
}

#endif
