/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who acts: what is true of a process because of the program it runs and of the program that forked it. Computed at
 * exec, inherited at fork, computed again from the kept paths when a new generation is in force.
 */
#ifndef GUARD_SUBJECT_H
#define GUARD_SUBJECT_H

#include "decide.h"
#include "path.h"
#include "scratch_take.h"

#define GUARD_STORAGE_LIST_MAX 16u

/*
 * What User and Uid mean: the effective uid that the process has for others to see. Not the subjective one, which the
 * kernel overrides for a moment when it acts for somebody else (overlayfs opens its backing files as the mounter).
 */
static __always_inline __u32 effective_uid(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->real_cred->euid.val;
}

struct hlist_node {
	struct hlist_node *next;
} __attribute__((preserve_access_index));

struct hlist_head {
	struct hlist_node *first;
} __attribute__((preserve_access_index));

struct bpf_local_storage_map {
	struct bpf_map map;
} __attribute__((preserve_access_index));

struct bpf_local_storage_data {
	struct bpf_local_storage_map *smap;
	__u8 data[];
} __attribute__((preserve_access_index));

struct bpf_local_storage_elem {
	struct hlist_node snode;
	struct bpf_local_storage_data sdata;
} __attribute__((preserve_access_index));

struct bpf_local_storage {
	struct hlist_head list;
} __attribute__((preserve_access_index));

struct task_struct___storage {
	struct bpf_local_storage *bpf_storage;
} __attribute__((preserve_access_index));

/*
 * The task's entry, read by hand into `to`. On 6.1 the helper gives NULL, although the entry is there, when another
 * task was preempted inside the helper on this CPU (bpf_task_storage_busy).
 */
__noinline int subject_by_hand(struct guard_scratch *s, __u64 task_address)
{
	struct task_struct___storage *task = (void *)task_address;
	struct guard_config *settings = bpf_map_lookup_elem(&config, &zero);
	struct bpf_local_storage *storage = NULL;
	struct hlist_node *node = NULL;

	if (!settings || !s)
		return false;
	READ(storage, task->bpf_storage);
	if (!storage)
		return false;
	READ(node, storage->list.first);
	for (__u32 i = 0; i < GUARD_STORAGE_LIST_MAX && node; i++) {
		struct bpf_local_storage_elem *entry =
			(void *)node - bpf_core_field_offset(struct bpf_local_storage_elem, snode);
		struct bpf_local_storage_map *owner = NULL;
		__u32 id = 0;

		READ(owner, entry->sdata.smap);
		READ(id, owner->map.id);
		if (id == settings->subjects_map_id)
			return bpf_probe_read_kernel(&s->subject, sizeof(s->subject), &entry->sdata.data) == 0;
		READ(node, entry->snode.next);
	}
	return false;
}

/* A helper call copies faster than the load-store pairs of the BPF instruction set, and verifies as one step. */
#define COPY(TO, FROM) bpf_probe_read_kernel(&(TO), sizeof(TO), &(FROM))

static __always_inline void subject_copy(struct guard_subject *to, const struct guard_subject *from)
{
	bpf_probe_read_kernel(to, sizeof(*to), from);
}

/* The first GUARD_SUBJECT_ATOMS_MAX matches become `own` of the subject, what was kept apart its `as_parent`. */
__noinline int subject_take_atoms(struct guard_scratch *s, struct guard_subject *who)
{
	__u32 count;

	if (!s || !who)
		return 0;
	count = s->match_count;

	who->flags &= ~(GUARD_SUBJECT_IMAGE_UNKNOWN | GUARD_SUBJECT_INVOKED_UNKNOWN | GUARD_SUBJECT_COMMAND_UNKNOWN);
	if (count > GUARD_SUBJECT_ATOMS_MAX || s->failure) {
		who->flags |= GUARD_SUBJECT_IMAGE_UNKNOWN | GUARD_SUBJECT_INVOKED_UNKNOWN |
			      GUARD_SUBJECT_COMMAND_UNKNOWN;
		count = GUARD_SUBJECT_ATOMS_MAX;
	}
	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++) {
		who->own[i] = s->matches[i];
		who->as_parent[i] = s->as_parent[i];
	}
	who->own_count = count;
	who->as_parent_count = s->as_parent_count;
	if (s->as_parent_overflow)
		who->flags |= GUARD_SUBJECT_AS_PARENT_UNKNOWN;
	else
		who->flags &= ~GUARD_SUBJECT_AS_PARENT_UNKNOWN;
	return 0;
}

/* Keeps a text with the subject, cut to what fits. */
static __always_inline __u16 subject_keep(__u8 *to, __u32 room, const __u8 *from, __u32 length, __u32 *flags,
					  __u32 cut)
{
	__u64 bytes = length;

	*flags &= ~cut;
	if (bytes > room) {
		*flags |= cut;
		bytes = room;
	}
	asm volatile("" : "+r"(bytes));
	if (bytes > room)
		bytes = room;
	bpf_probe_read_kernel(to, bytes, from);
	return bytes;
}

/* s->path as resolved and s->name become the subject's texts. */
__noinline int subject_keep_image(struct guard_scratch *s, struct guard_subject *who)
{
	__u32 from, flags;

	if (!s || !who)
		return 0;
	from = s->walk.position & (GUARD_PATH_MAX - 1);
	flags = who->flags;
	who->image_length = subject_keep(who->image, GUARD_SUBJECT_IMAGE_MAX, s->path.bytes + from,
					 GUARD_PATH_MAX - from, &flags, GUARD_SUBJECT_IMAGE_CUT);
	who->invoked_length = subject_keep(who->invoked, GUARD_SUBJECT_INVOKED_MAX, s->name.bytes, s->name_length,
					   &flags, GUARD_SUBJECT_INVOKED_CUT);
	who->flags = flags;
	return 0;
}

/* A kept text goes to s->name, as a walk needs it. */
static __always_inline void name_from(struct guard_scratch *s, const __u8 *text, __u32 room, __u32 length)
{
	__u64 bytes = length;

	asm volatile("" : "+r"(bytes));
	if (bytes > room)
		bytes = room;
	bpf_probe_read_kernel(s->name.bytes, bytes, text);
	*(__u64 *)(s->name.bytes + (bytes & 0xff)) = 0;
	*(__u64 *)(s->name.bytes + (bytes & 0xff) + 8) = 0;
	s->name_length = bytes;
}

/* The path of the program that a task runs now, into s->path. False: it runs none (kernel thread, ended). */
__noinline int task_image_path(struct guard_scratch *s, __u64 task_address)
{
	struct task_struct *task = (struct task_struct *)task_address;
	struct mm_struct *mm = NULL;
	struct file *file = NULL;
	struct path path = {};

	if (!s)
		return false;
	READ(mm, task->mm);
	if (!mm)
		return false;
	READ(file, mm->exe_file);
	if (!file)
		return false;
	READ(path, file->f_path);
	path_resolve_at(s, path.dentry, path.mnt);
	return true;
}

/* Atoms of s->subject, which is that of s->task, for the generation of this image, from the texts that are kept. */
__noinline int subject_renew(struct guard_image *image, struct guard_scratch *s)
{
	struct guard_subject *who;
	bool whole;

	if (!image || !s)
		return 0;
	who = &s->subject;
	decision_begin(s, GUARD_CATEGORY_EXEC);
	/* A text that was cut at its end is not read at all: `endswith` would match at the cut. */
	if (!(who->flags & GUARD_SUBJECT_PARENT_CUT)) {
		name_from(s, who->parent_image, GUARD_SUBJECT_IMAGE_MAX, who->parent_image_length);
		text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLE_PARENT, s->name_length);
	}
	if (!(who->flags & GUARD_SUBJECT_PARENT_INVOKED_CUT)) {
		name_from(s, who->parent_invoked, GUARD_SUBJECT_INVOKED_MAX, who->parent_invoked_length);
		text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLE_PARENT_INVOKED, s->name_length);
	}
	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++)
		who->parent[i] = s->as_parent[i];
	who->parent_count = s->as_parent_count;
	who->flags &= ~GUARD_SUBJECT_PARENT_UNKNOWN;
	if (s->as_parent_overflow || who->flags & GUARD_SUBJECT_PARENT_CUT)
		who->flags |= GUARD_SUBJECT_PARENT_UNKNOWN;

	decision_begin(s, GUARD_CATEGORY_EXEC);
	whole = !(who->flags & GUARD_SUBJECT_IMAGE_CUT);
	if (whole) {
		name_from(s, who->image, GUARD_SUBJECT_IMAGE_MAX, who->image_length);
		text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_PATH, s->name_length);
	} else if (task_image_path(s, s->task) && !(s->walk.flags & GUARD_EVENT_PATH_UNRESOLVED)) {
		/* Longer than what is kept: read again, or a long path would be a way out of every exclusion. */
		text_walk(image, s, &s->path, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_PATH, path_packed(s));
		whole = !path_is_incomplete(s);
	}
	if (!(who->flags & GUARD_SUBJECT_INVOKED_CUT)) {
		name_from(s, who->invoked, GUARD_SUBJECT_INVOKED_MAX, who->invoked_length);
		text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_NAME, s->name_length);
	}
	subject_take_atoms(s, who);
	if (!whole)
		who->flags |= GUARD_SUBJECT_IMAGE_UNKNOWN | GUARD_SUBJECT_AS_PARENT_UNKNOWN;
	/* Without the name used, Image still has its resolved path: only ImageInvoked is unknown. */
	if (who->flags & GUARD_SUBJECT_INVOKED_CUT)
		who->flags |= GUARD_SUBJECT_INVOKED_UNKNOWN;
	who->generation = image_header(image)->generation;
	COUNT(subjects_rebuilt);
	return 0;
}

/* The program that s->task runs becomes the image of s->subject; the name by which it was called is not known. */
__noinline int subject_read_image(struct guard_scratch *s)
{
	struct guard_subject *who;
	__u32 from, flags;

	if (!s)
		return 0;
	who = &s->subject;
	flags = (who->flags & ~GUARD_SUBJECT_IMAGE_CUT) | GUARD_SUBJECT_INVOKED_CUT;
	who->image_length = 0;
	who->invoked_length = 0;
	if (task_image_path(s, s->task)) {
		from = s->walk.position & (GUARD_PATH_MAX - 1);
		who->image_length = subject_keep(who->image, GUARD_SUBJECT_IMAGE_MAX, s->path.bytes + from,
						 GUARD_PATH_MAX - from, &flags, GUARD_SUBJECT_IMAGE_CUT);
		if (path_is_incomplete(s))
			flags |= GUARD_SUBJECT_IMAGE_CUT;
	}
	who->flags = flags;
	return 0;
}

/* s->task, which Guard has not seen start: read from what it runs and from who its parent is now. */
__noinline int subject_discover(struct guard_image *image, struct guard_scratch *s)
{
	struct task_struct *task;
	struct guard_subject *who;
	struct task_struct *parent = NULL;
	__u32 flags = GUARD_SUBJECT_PARENT_INVOKED_CUT;
	__u32 from;

	if (!image || !s)
		return 0;
	task = (struct task_struct *)s->task;
	who = &s->subject;
	who->exec_id = 0;
	who->parent_exec_id = 0;
	who->tgid = 0;
	who->parent_image_length = 0;
	who->parent_invoked_length = 0;
	who->ancestor_count = 0;
	READ(parent, task->real_parent);
	if (parent && task_image_path(s, (__u64)parent)) {
		from = s->walk.position & (GUARD_PATH_MAX - 1);
		who->parent_image_length = subject_keep(who->parent_image, GUARD_SUBJECT_IMAGE_MAX,
							s->path.bytes + from, GUARD_PATH_MAX - from, &flags,
							GUARD_SUBJECT_PARENT_CUT);
		if (path_is_incomplete(s))
			flags |= GUARD_SUBJECT_PARENT_CUT;
	}
	who->flags = flags;
	subject_read_image(s);
	return subject_renew(image, s);
}

/*
 * The subject of the current task, of this image's generation, in s->subject. Returns 0, or 1 when it is not in the
 * task's storage and could not be put there (it is right all the same).
 */
__noinline int subject_load(struct guard_image *image, struct guard_scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 address = (__u64)task;
	struct guard_subject *kept, *orphan;

	if (!image || !s)
		return 0;
	s->task = address;
	kept = bpf_task_storage_get(&subjects, task, 0, 0);
	/* First: it is there because the storage could not be reached when the subject changed. */
	orphan = bpf_map_lookup_elem(&orphans, &address);
	if (orphan)
		subject_copy(&s->subject, orphan);
	if (orphan && kept) {
		subject_copy(kept, &s->subject);
		bpf_map_delete_elem(&orphans, &address);
	} else if (orphan) {
		kept = orphan;
	} else if (kept)
		subject_copy(&s->subject, kept);
	else if (!subject_by_hand(s, address)) {
		subject_discover(image, s);
		/* 6.1 takes no initial value from a global function; nobody but this task reads the entry. */
		kept = bpf_task_storage_get(&subjects, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (kept)
			subject_copy(kept, &s->subject);
		return kept ? 0 : 1;
	}
	if (s->subject.generation == image_header(image)->generation)
		return 0;
	subject_renew(image, s);
	if (kept)
		subject_copy(kept, &s->subject);
	return 0;
}

/* What the child of s->subject is: the same program, and that program as its parent. */
__noinline int subject_becomes_parent(struct guard_scratch *s)
{
	struct guard_subject *who;
	__u32 flags;

	if (!s)
		return 0;
	who = &s->subject;
	flags = who->flags & (GUARD_SUBJECT_IMAGE_CUT | GUARD_SUBJECT_INVOKED_CUT | GUARD_SUBJECT_IMAGE_UNKNOWN |
				    GUARD_SUBJECT_INVOKED_UNKNOWN | GUARD_SUBJECT_AS_PARENT_UNKNOWN);

	if (who->flags & GUARD_SUBJECT_IMAGE_CUT)
		flags |= GUARD_SUBJECT_PARENT_CUT;
	if (who->flags & GUARD_SUBJECT_INVOKED_CUT)
		flags |= GUARD_SUBJECT_PARENT_INVOKED_CUT;
	if (who->flags & GUARD_SUBJECT_AS_PARENT_UNKNOWN)
		flags |= GUARD_SUBJECT_PARENT_UNKNOWN;
	who->flags = flags;
	who->parent_exec_id = who->exec_id;
	who->parent_count = who->as_parent_count;
	COPY(who->parent, who->as_parent);
	who->parent_image_length = who->image_length;
	COPY(who->parent_image, who->image);
	who->parent_invoked_length = who->invoked_length;
	COPY(who->parent_invoked, who->invoked);
	return 0;
}

#endif
