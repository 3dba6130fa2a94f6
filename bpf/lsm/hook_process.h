/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process does to another, or to its own credentials, and what it may do by them. TargetImage is read from what
 * is kept of the program that the other one runs: at most GUARD_SUBJECT_IMAGE_MAX bytes, whatever the number of rules
 * and processes.
 */
#ifndef GUARD_HOOK_PROCESS_H
#define GUARD_HOOK_PROCESS_H

#include "hook_operation.h"

static __always_inline int check_process(__u32 hook, __u32 operation, __u32 way, struct task_struct *target, bool quiet)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(hook, operation, &image, &s, &result))
		return result;
	s->operation.number |= way & ((1u << GUARD_OPERATION_SHIFT) - 1);
	s->operation.task = address_of(target);
	s->operation.quiet = quiet;
	return operation_end(image, s, hook, operation);
}

/* The kernel marks the questions that /proc asks for each process it lists (PTRACE_MODE_NOAUDIT). */
static __always_inline int check_ptrace(struct task_struct *target, __u32 mode)
{
	return check_process(GUARD_HOOK_PTRACE, GUARD_OPERATION_ACCESS,
			     mode & PTRACE_MODE_ATTACH ? GUARD_PROCESS_ATTACH : GUARD_PROCESS_READ, target,
			     mode & PTRACE_MODE_NOAUDIT);
}

/*
 * `behalf`: a signal in the name of somebody who is not running, from an interrupt (USB, kill_pid_usb_asyncio). What runs
 * is then not who asks, and may be in the middle of a decision of its own.
 */
static __always_inline int check_signal(struct task_struct *target, int signal, const struct cred *behalf)
{
	/* By its number: 6.12 takes an argument of a hook for never NULL, and would drop what comes after the question. */
	if (address_of(behalf))
		return 0;
	return check_process(GUARD_HOOK_SIGNAL, GUARD_OPERATION_SIGNAL, signal, target, false);
}

/* A process gives itself other credentials: the kernel asks before they are its own. */
static __always_inline int check_credentials(__u32 hook, __u32 way, __u32 id)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(hook, GUARD_OPERATION_CREDENTIALS, &image, &s, &result))
		return result;
	s->operation.number |= way;
	s->operation.new_id = id;
	return operation_end(image, s, hook, GUARD_OPERATION_CREDENTIALS);
}

/*
 * A process uses a capability that it was found to have. Not its own are those of others (of who opened a file, of
 * another task), and those that the kernel puts on for a moment, as overlayfs the mounter's: to refuse these would
 * break files for whoever is below an overlay. Only io_uring lends a process credentials that it chose itself.
 */
static __always_inline bool capability_is_own(const struct cred *cred)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 used = address_of(cred);

	if (task->flags & PF_KTHREAD || used != address_of(task->cred))
		return false;
	/* A worker of io_uring has put on those of who asked. */
	return used == address_of(task->real_cred) || task->flags & PF_IO_WORKER || bpf_map_lookup_elem(&lent, &used);
}

/* A request of io_uring asks for credentials that the process has registered. */
static __always_inline int lend(const struct cred *cred)
{
	struct guard_image *image = image_in_force();
	const __u32 bit = 1u << GUARD_OPERATION_CAPABILITY;
	__u64 address = address_of(cred);
	__u32 one = 1;

	if (!image || !(image_header(image)->operations & bit) || !bpf_map_update_elem(&lent, &address, &one, BPF_ANY))
		return 0;
	return on_engine_failure(image, GUARD_HOOK_CAPABLE, GUARD_REASON_NO_SCRATCH,
				 image_header(image)->operations_refused & bit);
}

static __always_inline void lent_no_more(const struct cred *cred)
{
	__u64 address = address_of(cred);

	bpf_map_delete_elem(&lent, &address);
}

/* What the kernel asks to choose its way (CAP_OPT_NOAUDIT) is refused without a record. */
static __always_inline int check_capability(const struct cred *cred, __u32 capability, __u32 options)
{
	struct guard_image *image = image_in_force();
	struct guard_scratch *s;
	int result;

	if ((image && !capability_is_asked(image, capability)) || !capability_is_own(cred))
		return 0;
	if (!operation_begin(GUARD_HOOK_CAPABLE, GUARD_OPERATION_CAPABILITY, &image, &s, &result))
		return result;
	s->operation.number |= capability & (GUARD_CAPABILITIES - 1);
	s->operation.quiet = options & CAP_OPT_NOAUDIT;
	return operation_end(image, s, GUARD_HOOK_CAPABLE, GUARD_OPERATION_CAPABILITY);
}

#endif
