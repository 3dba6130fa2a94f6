/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who acts: what is true of a process because of the program it runs, of the program that forked it and of
 * those above. Computed at exec, inherited at fork, computed again from the kept texts when a new generation is
 * in force. What is kept with a thread is changed by that thread alone.
 */
#ifndef GUARD_SUBJECT_H
#define GUARD_SUBJECT_H

#include "lineage.h"
#include "scratch_take.h"

#define GUARD_STORAGE_LIST_MAX 16u

/*
 * What User and Uid mean: the effective uid that the process has for others to see. Not the subjective one,
 * which the kernel overrides for a moment when it acts for somebody else (overlayfs opens its backing files as
 * the mounter).
 */
static __always_inline __u32 effective_uid(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->real_cred->euid.val;
}

/* What they mean for files: the uid by which the process may open them, which is another after setfsuid(2). */
static __always_inline __u32 file_uid(void)
{
	return bpf_get_current_task_btf()->real_cred->fsuid.val;
}

/* For the same reason. */
static __always_inline __u32 effective_gid(void)
{
	return bpf_get_current_task_btf()->real_cred->egid.val;
}

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

/* Whether a list of storages names `subjects` by this address; remembers it when it does. */
static __always_inline bool owner_is_subjects(struct guard_learned *known, __u64 owner)
{
	struct guard_config *settings;
	__u32 id = 0;

	if (known->owner)
		return known->owner == owner;
	settings = bpf_map_lookup_elem(&config, &zero);
	READ(id, ((struct bpf_local_storage_map *)owner)->map.id);
	if (!settings || id != settings->subjects_map_id)
		return false;
	known->owner = owner;
	return true;
}

/*
 * The address of what is kept with a task, found by hand; 0: nothing is. For where the helper can't be asked:
 * on 6.1 it gives NULL, although the entry is there, when another task was preempted inside it on this CPU
 * (bpf_task_storage_busy); on 6.12 it does not take a task that is being freed. Only to be probed.
 */
__noinline __u64 subject_address(__u64 task_address)
{
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);
	__u64 node;

	if (!known)
		return 0;
	node = READ_POINTER(struct task_struct___storage, task_address, bpf_storage);
	if (node)
		node = READ_POINTER(struct bpf_local_storage, node, list.first);
	for (__u32 i = 0; i < GUARD_STORAGE_LIST_MAX && node; i++) {
		__u64 entry = node - bpf_core_field_offset(struct bpf_local_storage_elem, snode);

		if (owner_is_subjects(known, READ_POINTER(struct bpf_local_storage_elem, entry, sdata.smap)))
			return entry + bpf_core_field_offset(struct bpf_local_storage_elem, sdata.data);
		node = READ_POINTER(struct hlist_node, node, next);
	}
	return 0;
}

static __always_inline struct guard_subject *orphan_of(__u64 task_address)
{
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);

	return known && known->orphans ? bpf_map_lookup_elem(&orphans, &task_address) : NULL;
}

/* Where the subject of a task is kept that can be changed in place: what the storage gave, or its orphan. */
static __always_inline struct guard_subject *subject_in_place(__u64 task_address, struct guard_subject *kept)
{
	struct guard_subject *orphan = orphan_of(task_address);

	return orphan ? orphan : kept;
}

/* s->subject of a task whose storage can't be reached. False: there is no room. */
static __always_inline bool orphan_keep(struct guard_scratch *s, __u64 task_address)
{
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);

	if (known)
		known->orphans = 1;
	return !bpf_map_update_elem(&orphans, &task_address, &s->subject, BPF_ANY);
}

/* What is kept with a task, into s->subject. False: nothing is. `kept`: what the helper gave for it, or NULL.
 */
static __always_inline bool subject_fetch(struct guard_scratch *s, __u64 task_address, struct guard_subject *kept)
{
	struct guard_subject *orphan = orphan_of(task_address);
	__u64 address;

	/* First: it is there because the storage could not be reached when the subject changed. */
	if (orphan) {
		subject_copy(&s->subject, orphan);
		return true;
	}
	if (kept) {
		subject_copy(&s->subject, kept);
		return s->subject.exec_id;
	}
	address = subject_address(task_address);
	return address && subject_probe(&s->subject, address) && s->subject.exec_id;
}

/*
 * s->subject is kept with the current task. False: there is no room, and what was kept before still is. Not in
 * a global function: 6.1 takes no initial value from its memory.
 */
static __always_inline bool subject_store(struct guard_scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_subject *kept = bpf_task_storage_get(&subjects, task, 0, 0);
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);
	__u64 address = address_of(task);

	if (!kept)
		kept = bpf_task_storage_get(&subjects, task, &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (kept) {
		subject_copy(kept, &s->subject);
		if (known && known->orphans)
			bpf_map_delete_elem(&orphans, &address);
		return true;
	}
	return orphan_keep(s, address);
}

/* s->path as resolved becomes the image of s->program, and s->identity what it is executed from. */
static __always_inline void program_keep_image(struct guard_scratch *s)
{
	__u32 from = s->walk.position & (GUARD_PATH_MAX - 1);
	__u64 bytes = BOUNDED(GUARD_PATH_MAX - from, GUARD_SUBJECT_IMAGE_MAX);

	if (GUARD_PATH_MAX - from > GUARD_SUBJECT_IMAGE_MAX || path_is_incomplete(s))
		s->program.flags |= GUARD_PROGRAM_IMAGE_CUT;
	s->program.inode = s->identity.inode;
	s->program.device = s->identity.device;
	s->program.generation = s->identity.generation;
	s->program.image_length = bytes;
	bpf_probe_read_kernel(s->program.image, bytes, s->path.bytes + from);
}

/* What a task runs that Guard has not seen start becomes s->program: neither name used nor arguments are known.
 */
static __always_inline void program_read_from(struct guard_scratch *s, __u64 task_address)
{
	s->program.flags = GUARD_PROGRAM_INVOKED_CUT | GUARD_PROGRAM_COMMAND_CUT;
	s->program.atoms.generation = 0;
	s->program.generation = 0;
	s->program.image_length = 0;
	s->program.invoked_length = 0;
	s->program.command_length = 0;
	if (task_image_path(s, task_address))
		program_keep_image(s);
}

/* The program that another task runs, held; 0: not known. */
static __always_inline __u64 program_of_other(__u64 task_address)
{
	__u64 address = task_address ? subject_address(task_address) : 0;
	__u64 exec_id = 0;

	if (!address)
		return 0;
	bpf_probe_read_kernel(&exec_id, sizeof(exec_id), &((struct guard_subject *)address)->exec_id);
	return program_hold_foreign(exec_id) ? exec_id : 0;
}

/* The process that forked a task, as far as that is still to be seen; 0: none. */
static __always_inline __u64 parent_address(__u64 task_address)
{
	struct task_struct *task = (struct task_struct *)task_address;
	struct task_struct *parent = NULL;
	int pid = 0;

	READ(parent, task->real_parent);
	READ(pid, parent->pid);
	return pid ? (__u64)parent : 0;
}

/*
 * s->task, which Guard has not seen start, becomes s->subject, which holds what it runs: from the file that it
 * runs and from who its parent is now. False: there is no room.
 */
static __noinline void subject_discover(struct guard_scratch *s)
{
	__u64 parent = parent_address(s->task), held = 0;

	if (parent)
		held = program_of_other(parent);
	if (parent && !held) {
		program_read_from(s, parent);
		/* A number that is never given to a program: there is one above, and it is not known. */
		s->program.parent_exec_id = parent_address(parent) ? exec_id_new(true) : 0;
		held = program_insert(s, true) ? s->program.exec_id : exec_id_new(true);
	}
	program_read_from(s, s->task);
	s->program.parent_exec_id = held;
	s->subject.flags = 0;
	s->subject.tgid = 0;
	s->subject.pending = 0;
	s->subject.generation = 0;
	s->subject.parent_exec_id = held;
	s->subject.exec_id = program_insert(s, true) ? s->program.exec_id : exec_id_new(true);
	/* Its own program holds it now. */
	program_let_go(held);
}

/* The current task was not known: it is now. What a seeding made meanwhile wins. */
static __always_inline void subject_first(struct guard_scratch *s)
{
	struct guard_subject *kept;

	subject_discover(s);
	kept = bpf_task_storage_get(&subjects, bpf_get_current_task_btf(), &s->subject, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!kept && subject_store(s))
		return;
	if (kept && kept->exec_id == s->subject.exec_id)
		return;
	if (kept && !kept->exec_id) {
		subject_copy(kept, &s->subject);
		return;
	}
	program_let_go(s->subject.exec_id);
	if (kept)
		subject_copy(&s->subject, kept);
}

/*
 * Nothing holds for the current task that every rule of the category asks for: its lists are of this image's generation,
 * complete and empty. No working memory is taken for that.
 */
static __always_inline bool subject_settles(const struct guard_image *image, __u32 category)
{
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);
	const struct guard_subject *kept;

	if (category_of(image, category)->target_decides != GUARD_DECIDES_SUBJECT || !known || known->orphans)
		return false;
	kept = bpf_task_storage_get(&subjects, bpf_get_current_task_btf(), 0, 0);
	return kept && kept->generation == image_header(image)->generation && !kept->flags &&
	       !(kept->own_count | kept->parent_count | kept->ancestor_count);
}

/*
 * The subject of the current task, of this image's generation, in s->subject. It is right also when it could
 * not be kept. Not a global function: reading texts anew takes all the frames that there are.
 */
static __always_inline void subject_load(struct guard_image *image, struct guard_scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_subject *kept = bpf_task_storage_get(&subjects, task, 0, 0);

	s->task = address_of(task);
	if (!subject_fetch(s, s->task, kept))
		subject_first(s);
	if (s->subject.generation == image_header(image)->generation)
		return;
	subject_renew(image, s);
	if (!subject_store(s))
		count_failure(GUARD_HOOK_EXEC_COMMITTED, GUARD_REASON_NO_SUBJECT);
}

/*
 * What is true of a task that does not act, into s->subject. Its own lists are not taken, which it may be
 * writing at this moment. The program that it runs, held, or 0: then all is unknown.
 */
static __always_inline __u64 subject_load_other(struct guard_image *image, struct guard_scratch *s, __u64 task_address)
{
	__u64 held = 0;

	if (subject_fetch(s, task_address, NULL) && program_hold_foreign(s->subject.exec_id))
		held = s->subject.exec_id;
	if (!held) {
		s->subject.exec_id = 0;
		s->subject.parent_exec_id = 0;
	}
	s->task = 0;
	subject_renew(image, s);
	if (!held)
		s->subject.flags |= GUARD_SUBJECT_LINEAGE_UNKNOWN;
	return held;
}

/* What the child of s->subject is: the same program, and that program as its parent. */
static __always_inline void subject_becomes_parent(struct guard_image *image, struct guard_scratch *s)
{
	struct guard_program *program = program_find(s->subject.exec_id);

	s->subject.parent_exec_id = s->subject.exec_id;
	if (program && program_atoms_kept(s, program, image_header(image)->generation))
		lineage_add(s);
	else
		lineage_read(image, s);
}

#endif
