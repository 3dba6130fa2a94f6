/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are open already when a policy comes into force, or that a child inherits: nobody asks again when
 * they are read. The sweep goes over the descriptors of all processes and tells guardd of those that an open
 * would not get any more. It is a question and no decision: nothing is refused, counted, remembered or sent to
 * a ring.
 *
 * The kernel shows threads that have the files of their process only once, with the process; what shares its
 * files in another way (CLONE_FILES) is shown as often as there are holders, each of which is asked for itself.
 *
 * What is known of a process that does not act is what its program's kept texts say. Of a path that was not
 * kept whole nothing is known here, and on_unknown says what that means.
 */
#ifndef GUARD_SWEEP_H
#define GUARD_SWEEP_H

#include "hook_mapping.h"
#include "hook_task.h"

/* There was no room to decide about a file. */
static const struct guard_event sweep_no_room = {
    .size = sizeof(struct guard_event),
    .kind = GUARD_EVENT_FAILURE,
    .abi_version = GUARD_ABI_VERSION,
    .category = GUARD_CATEGORY_FILE,
    .hook = GUARD_HOOK_FILE_OPEN,
    .reason = GUARD_REASON_NO_SCRATCH,
};

/* The event, the path and the program, one behind the other. What does not fit any more the kernel asks for
 * again. */
static __always_inline void sweep_write(struct seq_file *seq, struct guard_scratch *s)
{
	struct guard_program *program = program_find(s->subject.exec_id);
	struct guard_event *event = &s->event;
	__u64 path = BOUNDED(path_length(s), GUARD_PATH_MAX);
	__u64 image = program ? BOUNDED(program->image_length, GUARD_SUBJECT_IMAGE_MAX) : 0;

	event->path_length = path;
	event->image_length = image;
	event->size = sizeof(*event) + path + image;
	bpf_probe_read_kernel(s->out, path, s->path.bytes + (s->walk.position & (GUARD_PATH_MAX - 1)));
	bpf_seq_write(seq, event, sizeof(*event));
	bpf_seq_write(seq, s->out, path);
	if (program)
		bpf_seq_write(seq, program->image, image);
}

/* The verdict of a decision stands in s. An engine failure is told if the failure mode would refuse. */
static __always_inline bool sweep_finds(const struct guard_image *image, struct guard_scratch *s)
{
	if (!decision_failed(s))
		return s->verdict != GUARD_VERDICT_ALLOW;
	if (!category_of(image, s->category & (GUARD_CATEGORIES - 1))->block_count || !failure_is_closed(image))
		return false;
	s->verdict = GUARD_VERDICT_BLOCK;
	s->rule_count = 0;
	return true;
}

/* Tells of the file in s->path, about which was decided, if there is something to tell. */
static __always_inline bool sweep_tells(struct guard_image *image, struct guard_scratch *s, struct seq_file *seq,
					const struct task_struct *task, struct file *file, __u32 access)
{
	if (!sweep_finds(image, s))
		return false;
	event_of(&s->event, GUARD_EVENT_FILE_HELD, task, &s->subject, cgroup_of(task));
	event_decision(s, image_header(image)->generation);
	event_file(&s->event, (__u64)file->f_inode);
	s->event.error = 0;
	s->event.hook = access == 1u << GUARD_ACCESS_MAP ? GUARD_HOOK_MMAP : GUARD_HOOK_FILE_OPEN;
	s->event.reason = s->rule_count ? GUARD_REASON_NONE : s->failure;
	s->event.access = access;
	s->event.descriptor = s->descriptor;
	if (s->category == GUARD_CATEGORY_FILE)
		s->event.euid = task->real_cred->fsuid.val;
	sweep_write(seq, s);
	return true;
}

/* One open file, which the policy speaks of or may speak of, of one process. */
static __always_inline void sweep_decide(struct guard_image *image, struct guard_scratch *s, struct seq_file *seq,
					 struct task_struct *task, struct file *file)
{
	__u32 access = descriptor_access(file);
	__u64 held = subject_load_other(image, s, address_of(task));

	scope_load_of(image, s, GUARD_CATEGORY_FILE, task, cgroup_of(task));
	names_resolve(s, file->f_path.dentry, file->f_path.mnt);
	identity_of_opened(s, address_of(file));
	open_decide(image, s, task->real_cred->fsuid.val, task->loginuid.val, access, GUARD_ROLE_TARGET);
	sweep_tells(image, s, seq, task, file, access);
	program_let_go(held);
}

/* True: no rule speaks of the file, whoever has it open. */
static __always_inline bool sweep_is_unspoken(struct guard_image *image, struct guard_scratch *s, struct file *file)
{
	if (category_of(image, GUARD_CATEGORY_FILE)->target_decides != GUARD_DECIDES_TARGET)
		return false;
	names_resolve(s, file->f_path.dentry, file->f_path.mnt);
	identity_of_opened(s, address_of(file));
	return file_is_unspoken(image, s, GUARD_CATEGORY_FILE, GUARD_TEXT_TARGET, GUARD_ROLE_TARGET);
}

/* Working memory; NULL: there is none, and that is told. */
static __always_inline struct guard_scratch *sweep_scratch(struct seq_file *seq)
{
	struct guard_scratch *s = scratch_take();

	if (!s)
		bpf_seq_write(seq, (void *)&sweep_no_room, sizeof(sweep_no_room));
	return s;
}

static __always_inline bool sweep_leaves_out(const struct task_struct *task)
{
	return task->flags & PF_KTHREAD || file_is_of_guardd(task);
}

static __always_inline void sweep_file(struct seq_file *seq, struct task_struct *task, __u32 descriptor,
				       struct file *file)
{
	struct guard_image *image = image_in_force();
	struct file_sight sight = {};
	struct guard_scratch *s;

	if (!image || !category_of(image, GUARD_CATEGORY_FILE)->user_rules)
		return;
	if (sweep_leaves_out(task) || file_was_never_opened(file))
		return;
	if (category_of(image, GUARD_CATEGORY_FILE)->target_decides &&
	    file_is_known(image, file, GUARD_SIGHT_OPEN, &sight))
		return;
	s = sweep_scratch(seq);
	if (!s)
		return;
	s->descriptor = descriptor;
	if (!sweep_is_unspoken(image, s, file))
		sweep_decide(image, s, seq, task, file);
	scratch_give(s);
}

/* One file that a process has mapped for execution, its program among them: asked about as when it is mapped.
 */
static __always_inline void sweep_mapped(struct guard_image *image, struct guard_scratch *s, struct seq_file *seq,
					 struct task_struct *task, struct file *file)
{
	__u32 uid = task->real_cred->euid.val, logon = task->loginuid.val, access = 1u << GUARD_ACCESS_MAP;
	__u64 held = subject_load_other(image, s, address_of(task));
	bool told = false;

	mapping_resolve(s, file, true);
	identity_of_opened(s, address_of(file));
	s->digest_offered = GUARD_DIGEST_LEFT_OUT;
	if (category_of(image, GUARD_CATEGORY_MAPPED)->user_rules) {
		scope_load_of(image, s, GUARD_CATEGORY_MAPPED, task, cgroup_of(task));
		mapped_decide(image, s, uid, logon);
		told = sweep_tells(image, s, seq, task, file, access);
	}
	if (!told && category_of(image, GUARD_CATEGORY_LOAD)->user_rules) {
		scope_load_of(image, s, GUARD_CATEGORY_LOAD, task, cgroup_of(task));
		load_decide(image, s, uid, logon);
		sweep_tells(image, s, seq, task, file, access);
	}
	program_let_go(held);
}

static __always_inline void sweep_mapping(struct seq_file *seq, struct task_struct *task, struct vm_area_struct *vma)
{
	const struct guard_category *load, *mapped;
	struct guard_image *image = image_in_force();
	struct file *file = vma->vm_file;
	struct file_sight sight = {};
	struct guard_scratch *s;
	bool target_decides;

	if (!image || !file || !(vma->vm_flags & VM_EXEC) || sweep_leaves_out(task))
		return;
	load = category_of(image, GUARD_CATEGORY_LOAD);
	mapped = category_of(image, GUARD_CATEGORY_MAPPED);
	if (!load->user_rules && !mapped->user_rules)
		return;
	target_decides = mapping_is_by_target(load) && mapping_is_by_target(mapped);
	if (target_decides && file_is_known(image, file, GUARD_SIGHT_MAPPING, &sight))
		return;
	s = sweep_scratch(seq);
	if (!s)
		return;
	s->descriptor = 0;
	mapping_resolve(s, file, true);
	identity_of_opened(s, address_of(file));
	if (!target_decides || !mapping_is_unspoken(image, s))
		sweep_mapped(image, s, seq, task, file);
	scratch_give(s);
}

#endif
