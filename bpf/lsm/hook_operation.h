/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations that are neither on the name of a file nor on a socket: kernel modules, mounts, bpf(2), namespaces, other
 * processes, credentials, capabilities. Those that no rule is about cost one look at the image. The kernel asks before
 * it does anything.
 */
#ifndef GUARD_HOOK_OPERATION_H
#define GUARD_HOOK_OPERATION_H

#include "decide_operation.h"
#include "hook_exec.h"
#include "hook_name.h"
#include "scope.h"

/* False: no rule is about the operation, or there is no image, and `result` says what the hook returns. */
static __always_inline bool operation_is_asked(__u32 hook, __u32 operation, struct guard_image **image, int *result)
{
	*result = 0;
	*image = image_in_force();
	if (!*image) {
		/* bpf(2), and the capabilities for it, are what guardd puts a policy in force with. */
		*result =
		    on_engine_failure(NULL, hook, GUARD_REASON_NO_IMAGE,
				      operation != GUARD_OPERATION_BPF && operation != GUARD_OPERATION_CAPABILITY);
		return false;
	}
	return image_header(*image)->operations >> operation & 1;
}

/* Working memory for it; false: there is none. */
static __always_inline bool operation_take(__u32 hook, __u32 operation, struct guard_image *image,
					   struct guard_scratch **s, int *result)
{
	*s = scratch_take();
	if (!*s) {
		*result = on_engine_failure(image, hook, GUARD_REASON_NO_SCRATCH,
					    image_header(image)->operations_refused >> operation & 1);
		return false;
	}
	(*s)->operation.task = 0;
	(*s)->operation.object = 0;
	(*s)->operation.number = operation << GUARD_OPERATION_SHIFT;
	(*s)->operation.new_id = 0;
	(*s)->operation.quiet = 0;
	(*s)->name_count = 0;
	return true;
}

/* False: there is nothing to decide, and `result` says what the hook returns. */
static __always_inline bool operation_begin(__u32 hook, __u32 operation, struct guard_image **image,
					    struct guard_scratch **s, int *result)
{
	if (!operation_is_asked(hook, operation, image, result))
		return false;
	if (subject_settles(*image, GUARD_CATEGORY_OPERATION)) {
		COUNT(decisions[hook]);
		return false;
	}
	return operation_take(hook, operation, *image, s, result);
}

/* A path that was written by the caller, which nobody has followed yet: only the record has it. */
static __always_inline void path_as_written(struct guard_scratch *s, __u64 address)
{
	long length = address ? bpf_probe_read_kernel_str(s->out, GUARD_PATH_MAX, (void *)address) : 0;
	__u64 bytes = length > 0 ? length - 1 : 0;

	bytes = BOUNDED(bytes, GUARD_PATH_MAX - 1);
	s->walk.flags = GUARD_EVENT_PATH_UNRESOLVED;
	s->walk.position = GUARD_PATH_MAX - bytes;
	/* What was resolved here before is not there any more. */
	s->walk.from_dentry = 0;
	bpf_probe_read_kernel(s->path.bytes + (s->walk.position & (GUARD_PATH_MAX - 1)), bytes, s->out);
}

/* The file of an operation: a name, or (no dentry) what a caller has written, or nothing that is known. */
static __always_inline void operation_file(struct guard_scratch *s, __u32 at)
{
	identity_none(s);
	other_name_none(s);
	if (at >= s->name_count) {
		path_as_written(s, 0);
	} else if (s->names[at].dentry) {
		other_name_at(s, s->names[at].dentry, s->names[at].mount);
		name_resolve(s, at);
		identity_at(s, name_inode(s, at));
	} else {
		path_as_written(s, s->names[at].mount);
	}
}

/* The program that the process acted on runs, into s->name and s->identity. */
static __always_inline void operation_program(struct guard_scratch *s)
{
	__u64 exec_id = program_of_other(s->operation.task);
	struct guard_program *program = program_find(exec_id);

	s->name_cut = 1;
	s->name_length = 0;
	identity_none(s);
	if (program && !(program->flags & GUARD_PROGRAM_IMAGE_CUT)) {
		name_from(s, program->image, GUARD_SUBJECT_IMAGE_MAX, program->image_length);
		program_identity(s, program);
		s->name_cut = 0;
	}
	program_let_go(exec_id);
}

/* What the operation is about, in working memory; a text that is not there is empty in the record. */
static __always_inline void operation_read(struct guard_scratch *s, __u32 bit, __u32 at)
{
	s->name_length = 0;
	s->walk.flags = 0;
	identity_none(s);
	if (bit & GUARD_OPERATIONS_ON_FILES)
		operation_file(s, at);
	if (bit & GUARD_OPERATIONS_ON_OBJECTS)
		invoked_name(s, (const char *)s->operation.object);
	if (bit & GUARD_OPERATIONS_ON_PROCESSES)
		operation_program(s);
}

/* The rest of the event, after what it says of who acts. */
static __always_inline void operation_tell(struct guard_scratch *s, __u32 hook, __u32 bit, __u32 at, __u64 generation)
{
	struct task_struct *task = (struct task_struct *)s->operation.task;
	struct guard_event *event = &s->event;

	event->hook = hook;
	event_decision(s, generation);
	event->system_operation = s->operation.number;
	event->target_uid = s->operation.new_id;
	if (task)
		READ(event->target_tgid, task->tgid);
	if (bit & GUARD_OPERATIONS_ON_FILES) {
		if (at < s->name_count && s->names[at].dentry)
			event_file(event, name_inode(s, at));
		/* Nothing, which is not known: the length of it does not fit the mask. */
		event->path_length = s->walk.position < GUARD_PATH_MAX ? path_length(s) : 0;
	}
	event->invoked_length = s->name_length;
	event_asker(event, &s->subject);
	event_submit(s, &s->subject);
}

static __always_inline void operation_record(struct guard_scratch *s, __u32 hook, __u32 bit, __u32 at, __u64 generation)
{
	event_begin(s, GUARD_EVENT_OPERATION_DECISION, GUARD_RING_DECISIONS, &s->subject);
	operation_tell(s, hook, bit, at, generation);
}

static __always_inline int operation_verdict(struct guard_image *image, struct guard_scratch *s, __u32 hook,
					     __u32 operation, __u32 at)
{
	__u32 bit = 1u << operation;

	operation_read(s, bit, at);
	COUNT(decisions[hook]);
	operation_decide(image, s, effective_uid(), bpf_get_current_task_btf()->loginuid.val);
	if (decision_failed(s))
		return on_engine_failure(image, hook, s->failure,
					 image_header(image)->operations_refused >> operation & 1);
	if (s->verdict != GUARD_VERDICT_ALLOW && !s->operation.quiet)
		operation_record(s, hook, bit, at, image_header(image)->generation);
	return verdict_returned(s, hook);
}

/* Decides, for each of the names if there are two, and gives the working memory back. */
static __always_inline int operation_end(struct guard_image *image, struct guard_scratch *s, __u32 hook,
					 __u32 operation)
{
	int result;

	subject_load(image, s);
	scope_load(image, s, GUARD_CATEGORY_OPERATION);
	result = operation_verdict(image, s, hook, operation, 0);
	/* No loop: see names_verdict. */
	if (!result && s->name_count > 1)
		result = operation_verdict(image, s, hook, operation, 1);
	scratch_give(s);
	return result;
}

/* An operation that has nothing but a number: `way` is its lower half. */
static __always_inline int check_operation(__u32 hook, __u32 operation, __u32 way)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(hook, operation, &image, &s, &result))
		return result;
	s->operation.number |= way & ((1u << GUARD_OPERATION_SHIFT) - 1);
	return operation_end(image, s, hook, operation);
}

#define FROM_FILE 0u
#define FROM_MEMORY 1u

/* A module, or a kernel for kexec, is read from a file. */
static __always_inline int check_code_file(__u32 operation, struct file *file)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(GUARD_HOOK_READ_FILE, operation, &image, &s, &result))
		return result;
	name_add(s, 0, file->f_path.mnt, file->f_path.dentry, 0);
	return operation_end(image, s, GUARD_HOOK_READ_FILE, operation);
}

static __always_inline int check_read_file(struct file *file, __u32 id)
{
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE))
		return check_code_file(GUARD_OPERATION_MODULE, file);
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_KEXEC_IMAGE) ||
	    id == bpf_core_enum_value(enum kernel_read_file_id, READING_KEXEC_INITRAMFS))
		return check_code_file(GUARD_OPERATION_KEXEC, file);
	return 0;
}

static __always_inline int check_load_data(__u32 id)
{
	if (id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE))
		return check_operation(GUARD_HOOK_LOAD_DATA, GUARD_OPERATION_MODULE, FROM_MEMORY);
	if (id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_KEXEC_IMAGE) ||
	    id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_KEXEC_INITRAMFS))
		return check_operation(GUARD_HOOK_LOAD_DATA, GUARD_OPERATION_KEXEC, FROM_MEMORY);
	return 0;
}

#endif
