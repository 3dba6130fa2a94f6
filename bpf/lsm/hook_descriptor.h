/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals that a descriptor sends when there is something to be read (O_ASYNC). The kernel sends them from wherever it
 * learns of that, so that they are decided when a process says to whom they are to go, and which one they are to be.
 * Two threads that say both at once may each find what was before: docs/limits.md says so.
 */
#ifndef GUARD_HOOK_DESCRIPTOR_H
#define GUARD_HOOK_DESCRIPTOR_H

#include "hook_process.h"

/* Nodes of 6 bits each over numbers of processes, of which there are at most 2^22. */
#define GUARD_PID_LEVELS 6u
#define GUARD_PID_SLOTS 64u

/* The thread that has a struct pid; addresses. 0: none. */
static __always_inline __u64 task_of_pid(__u64 pid)
{
	struct hlist_node *first = NULL;

	if (!pid)
		return 0;
	READ(first, ((struct pid *)pid)->tasks[0].first);
	return first ? (__u64)first - bpf_core_field_offset(struct task_struct, pid_links) : 0;
}

/* The namespace in which the current process gives numbers to others; an address. */
static __always_inline __u64 pid_namespace_of_current(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pid_namespace *namespace = NULL;
	struct upid *number;
	struct pid *pid = NULL;
	__u32 level = 0;

	READ(pid, task->thread_pid);
	READ(level, pid->level);
	number = (struct upid *)((__u64)pid + bpf_core_field_offset(struct pid, numbers) +
				 level * bpf_core_type_size(struct upid));
	READ(namespace, number->ns);
	return (__u64) namespace;
}

/* The process that the current one calls by this number, as find_vpid finds it (lib/xarray.c); an address. 0: none. */
static __noinline __u64 task_of_number(__u32 number)
{
	struct pid_namespace *namespace = (struct pid_namespace *)pid_namespace_of_current();
	void *entry = NULL;

	READ(entry, namespace->idr.idr_rt.xa_head);
	for (__u32 i = 0; i < GUARD_PID_LEVELS; i++) {
		struct xa_node *node = (struct xa_node *)((__u64)entry & ~3ull);
		__u8 shift = 0;
		__u32 slot;

		/* What is no node is what was looked for, or nothing. */
		if (((__u64)entry & 3) != 2)
			break;
		READ(shift, node->shift);
		slot = number >> (shift & 31);
		if (!i && slot >= GUARD_PID_SLOTS)
			return 0;
		READ(entry, node->slots[slot & (GUARD_PID_SLOTS - 1)]);
	}
	return (__u64)entry & 3 ? 0 : task_of_pid((__u64)entry);
}

/* To whom a file sends signals, and which; NULL: to nobody yet. */
static __always_inline struct fown_struct *file_owner(struct file *file)
{
	struct file___owner *by_pointer = (struct file___owner *)file;
	struct fown_struct *owner = NULL;

	if (!bpf_core_field_exists(by_pointer->f_owner))
		return (struct fown_struct *)(address_of(file) + bpf_core_field_offset(struct file___owned, f_owner));
	READ(owner, by_pointer->f_owner);
	return owner;
}

/* The signal that a file sends now. */
static __always_inline __u32 file_signal(struct file *file)
{
	struct fown_struct *owner = file_owner(file);
	int signal = 0;

	if (owner)
		READ(signal, owner->signum);
	return signal ? signal : SIGIO;
}

/* The process, or one of the group, that a file sends signals to; an address. 0: to nobody yet. */
static __always_inline __u64 file_target(struct fown_struct *owner, enum pid_type *type)
{
	struct pid *pid = NULL;

	if (owner)
		READ(pid, owner->pid);
	if (pid)
		READ(*type, owner->pid_type);
	return task_of_pid((__u64)pid);
}

static __always_inline int check_descriptor(__u32 hook, __u32 signal, __u64 target)
{
	return check_process(hook, GUARD_OPERATION_SIGNAL, signal, (struct task_struct *)target, false);
}

/* Whoever set the target was asked about it, with the signal of that time. */
static __always_inline int check_set_signal(struct file *file, __u32 signal)
{
	enum pid_type type = PIDTYPE_PID;
	__u64 target = file_target(file_owner(file), &type);
	struct task_struct *leader = NULL;

	READ(leader, ((struct task_struct *)target)->group_leader);
	if (type > PIDTYPE_TGID)
		target = 0;
	else if (!target || (__u64)leader == address_of(bpf_get_current_task_btf()->group_leader))
		return 0;
	return check_descriptor(GUARD_HOOK_FCNTL, signal, target);
}

/* Whom F_SETOWN_EX means stands in the caller's memory, and may be another by the time that it is read. */
static __always_inline int check_fcntl(struct file *file, __u32 command, __u64 argument)
{
	int who = (int)argument;

	if (command == F_SETSIG)
		return check_set_signal(file, argument ? argument : SIGIO);
	if (command != F_SETOWN_EX && (command != F_SETOWN || !who))
		return 0;
	return check_descriptor(GUARD_HOOK_FCNTL, file_signal(file),
				command == F_SETOWN && who > 0 ? task_of_number(who) : 0);
}

/* The same of the sockets' own calls. */
static __always_inline int check_ioctl(struct file *file, __u32 command)
{
	if (command != FIOSETOWN && command != SIOCSPGRP)
		return 0;
	return check_descriptor(GUARD_HOOK_IOCTL, file_signal(file), 0);
}

#endif
