/* SPDX-License-Identifier: GPL-2.0-only */
/* What leaves for user space. A full ring costs the record, never the verdict, and is counted. */
#ifndef GUARD_EVENT_H
#define GUARD_EVENT_H

#include "account.h"
#include "decide.h"
#include "path.h"
#include "programs.h"

/* What every event says of a task, which runs the programs that `who` has. */
static __always_inline void event_of(struct guard_event *event, __u32 kind, const struct task_struct *task,
				     const struct guard_subject *who, __u64 cgroup_id)
{
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->abi_version = GUARD_ABI_VERSION;
	event->time_ns = bpf_ktime_get_boot_ns();
	event->exec_id = exec_id_told(who->exec_id);
	event->parent_exec_id = exec_id_told(who->parent_exec_id);
	event->start_ns = task->group_leader->start_boottime;
	event->cgroup_id = cgroup_id;
	event->tgid = task->tgid;
	event->tid = task->pid;
	event->parent_tgid = task->real_parent->tgid;
	event->uid = task->real_cred->uid.val;
	event->euid = task->real_cred->euid.val;
	event->gid = task->real_cred->gid.val;
	event->loginuid = task->loginuid.val;
	event->session = task->sessionid;
	READ(event->comm, task->comm);
}

/* The event of something that the current task does. */
__noinline int event_begin(struct guard_scratch *s, __u32 kind, __u32 ring, struct guard_subject *who)
{
	if (!s || !who)
		return 0;
	event_of(&s->event, kind, bpf_get_current_task_btf(), who, bpf_get_current_cgroup_id());
	s->event.cpu = bpf_get_smp_processor_id();
	s->event.ring = ring;
	return 0;
}

/* The record says what program it is that asks. */
static __always_inline void event_asker(struct guard_event *event, struct guard_subject *who)
{
	struct guard_program *program = program_find(who->exec_id);

	if (program)
		event->image_length = program->image_length;
}

/* By an address that may have been through memory, so that it is only probed; 0: there is no file. */
static __always_inline void event_file(struct guard_event *event, __u64 inode_address)
{
	struct inode *inode = (struct inode *)inode_address;
	struct super_block *sb = NULL;
	unsigned long number = 0;
	__u16 mode = 0;
	__u32 dev = 0;

	if (!inode)
		return;
	READ(sb, inode->i_sb);
	READ(dev, sb->s_dev);
	READ(number, inode->i_ino);
	READ(mode, inode->i_mode);
	event->file_dev = dev;
	event->file_inode = number;
	event->file_mode = mode;
	READ(event->file_generation, inode->i_generation);
}

static __always_inline void event_digest(struct guard_scratch *s)
{
	if (s->digest_known) {
		s->event.flags |= GUARD_EVENT_DIGEST;
		bpf_probe_read_kernel(s->event.sha256, sizeof(s->event.sha256), s->sha256);
	} else if (s->incomplete & 1u << GUARD_FIELD_DIGEST) {
		s->event.flags |= GUARD_EVENT_DIGEST_UNKNOWN;
	}
}

static __always_inline void event_decision(struct guard_scratch *s, __u64 generation)
{
	struct guard_event *event = &s->event;

	event->generation = generation;
	event->verdict = s->verdict;
	event->error = s->verdict == GUARD_VERDICT_BLOCK ? -EPERM : 0;
	event->category = s->category;
	event->rule_count = s->rule_count;
	if (s->from_unknown)
		event->flags |= GUARD_EVENT_UNKNOWN;
	if (s->more_rules)
		event->flags |= GUARD_EVENT_MORE_RULES;
	if (s->incomplete & 1u << GUARD_FIELD_CGROUP)
		event->flags |= GUARD_EVENT_CGROUP_UNKNOWN;
	event->flags |= s->walk.flags & 0xffff;
	event_digest(s);
	bpf_probe_read_kernel(event->rules, sizeof(event->rules), s->rules);
}

/*
 * Writes the event and its strings: s->path (right-aligned), the name, the image that `who` runs (see event_asker), and
 * arguments from s->out. s->event holds the lengths. s->out is used for the path only after the arguments have been
 * written.
 */
__noinline int event_submit(struct guard_scratch *s, struct guard_subject *who)
{
	struct guard_counters *counts = counters_of_this_cpu();
	__u64 path, invoked, image, args;
	struct guard_program *program;
	struct guard_event *event;
	struct bpf_dynptr record;
	__u32 ring, size;
	long failed;

	if (!s || !who || !counts)
		return 0;
	event = &s->event;
	path = BOUNDED(event->path_length, GUARD_PATH_MAX);
	invoked = BOUNDED(event->invoked_length, GUARD_PATH_MAX);
	program = program_find(who->exec_id);
	if (!program)
		event->image_length = 0;
	image = BOUNDED(event->image_length, GUARD_SUBJECT_IMAGE_MAX);
	args = BOUNDED(event->args_length, GUARD_ARGS_MAX);
	ring = event->ring & (GUARD_RINGS - 1);
	size = sizeof(*event) + path + invoked + image + args;
	event->size = size;
	event->sequence = __sync_fetch_and_add(&counts->sequence[ring], 1);
	failed = bpf_ringbuf_reserve_dynptr(ring == GUARD_RING_DECISIONS ? (void *)&ring_decisions : &ring_observed,
					    size, 0, &record);
	if (failed) {
		bpf_ringbuf_discard_dynptr(&record, 0);
		__sync_fetch_and_add(&counts->lost[ring], 1);
		return 0;
	}
	bpf_dynptr_write(&record, 0, event, sizeof(*event), 0);
	if (invoked)
		bpf_dynptr_write(&record, sizeof(*event) + path, s->name.bytes, invoked, 0);
	if (program && image)
		bpf_dynptr_write(&record, sizeof(*event) + path + invoked, program->image, image, 0);
	if (args)
		bpf_dynptr_write(&record, sizeof(*event) + path + invoked + image, s->out, args, 0);
	if (path) {
		bpf_probe_read_kernel(s->out, path, s->path.bytes + (s->walk.position & (GUARD_PATH_MAX - 1)));
		bpf_dynptr_write(&record, sizeof(*event), s->out, path, 0);
	}
	bpf_ringbuf_submit_dynptr(&record, 0);
	__sync_fetch_and_add(&counts->emitted[ring], 1);
	return 0;
}

/*
 * The end of a decision that went well, or in which a rule blocks whatever else is unknown: counts it where it takes
 * effect and gives what the hook returns.
 */
static __always_inline int verdict_returned(const struct guard_scratch *s, __u32 hook)
{
	if (s->failure)
		count_failure(hook, s->failure);
	if (s->from_unknown)
		COUNT(unknown[hook]);
	if (s->verdict == GUARD_VERDICT_BLOCK) {
		COUNT(denied[hook]);
		return -EPERM;
	}
	if (s->verdict == GUARD_VERDICT_AUDIT)
		COUNT(audited[hook]);
	return 0;
}

static __always_inline __u32 path_length(const struct guard_scratch *s)
{
	return GUARD_PATH_MAX - (s->walk.position & (GUARD_PATH_MAX - 1));
}

#endif
