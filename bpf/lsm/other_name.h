/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other name of a file. Every bind mount shows a part of a file system, or all of it, under a second name, and so
 * does a mount that is attached nowhere (open_tree, umount -l). The name by which rules mean a file is also the one
 * that it has below the mount of its whole file system, the oldest one in the same mount namespace: items that are no
 * exclusion hold for it as well. Where there is no such mount, as in most containers, a file has the name it was
 * called by.
 *
 * The list of a superblock's mounts changes under mount_lock. It is walked without: a search counts when the
 * sequences stayed, or when two find the same, as for paths. An element that is freed meanwhile stays readable
 * until the end of the program (mounts are freed by RCU).
 */
#ifndef GUARD_OTHER_NAME_H
#define GUARD_OTHER_NAME_H

#include "path.h"
#include "text.h"

#define GUARD_SUPERBLOCK_MOUNTS_MAX 1024u

struct mount_search {
	__u64 at;	 /* of a mount's list_head */
	__u64 end;	 /* the superblock's own */
	__u64 namespace; /* that the mount must be of */
	__u64 root;	 /* that it must begin at */
	__u64 found;	 /* struct vfsmount; 0: none */
};

static long mount_search_step(__u32 index, struct mount_search *search)
{
	__u64 mount = search->at - bpf_core_field_offset(struct mount, mnt_instance);

	if (!search->at || search->at == search->end)
		return 1;
	if (READ_POINTER(struct mount, mount, mnt_ns) == search->namespace &&
	    READ_POINTER(struct mount, mount, mnt.mnt_root) == search->root) {
		search->found = mount + bpf_core_field_offset(struct mount, mnt);
		return 1;
	}
	search->at = READ_POINTER(struct list_head, search->at, next);
	return 0;
}

static __always_inline __u64 current_mount_namespace(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct nsproxy *proxy = NULL;
	struct mnt_namespace *namespace = NULL;

	READ(proxy, task->nsproxy);
	READ(namespace, proxy->mnt_ns);
	return (__u64) namespace;
}

/* The oldest mount of all of a file system in a namespace; addresses. 0: there is none. */
static __always_inline __u64 mount_of_file_system(__u64 superblock, __u64 namespace)
{
	struct super_block *sb = (struct super_block *)superblock;
	struct mount_search search = {.namespace = namespace};

	/* Without it: from 6.18 on the list is another. */
	if (!namespace || !superblock || !bpf_core_field_exists(sb->s_mounts))
		return 0;
	search.at = READ_POINTER(struct super_block, superblock, s_mounts.next);
	search.end = superblock + bpf_core_field_offset(struct super_block, s_mounts);
	search.root = READ_POINTER(struct super_block, superblock, s_root);
	bpf_loop(GUARD_SUPERBLOCK_MOUNTS_MAX, mount_search_step, &search, 0);
	return search.found;
}

/* False: what is below this mount has no other name than the one by which it is called. */
static __always_inline bool mount_may_be_second(__u64 mount)
{
	const struct super_block *sb = NULL;
	__u64 superblock = READ_POINTER(struct mount, mount, mnt.mnt_sb);

	if (!bpf_core_field_exists(sb->s_mounts))
		return false;
	/* Nearly always: the first of all mounts of the file system, and all of it. */
	return READ_POINTER(struct super_block, superblock, s_mounts.next) !=
		   mount + bpf_core_field_offset(struct mount, mnt_instance) ||
	       READ_POINTER(struct mount, mount, mnt.mnt_root) != READ_POINTER(struct super_block, superblock, s_root);
}

/* The mount below which s->walk.from_dentry has its other name; 0: none. It could not be said: s->other_cut. */
static __always_inline __u64 other_mount(struct guard_scratch *s)
{
	__u64 shown = s->walk.from_mount, mount = mount_at(shown);
	__u64 superblock = READ_POINTER(struct vfsmount, shown, mnt_sb);
	__u64 namespace, before, found, last = 0;
	__u32 flags = path_mount_flags((struct mount *)mount);

	if (flags & GUARD_EVENT_INTERNAL)
		return 0;
	/* A tree that is attached nowhere: as whoever uses it sees the file system. */
	namespace = flags ? current_mount_namespace() : READ_POINTER(struct mount, mount, mnt_ns);
	for (__u32 i = 0; i < GUARD_PATH_TRIES; i++) {
		before = path_sequences();
		found = mount_of_file_system(superblock, namespace);
		if (!(before & GUARD_SEQUENCES_ODD) && path_sequences() == before)
			return found == shown ? 0 : found;
		if (i && found == last)
			return found == shown ? 0 : found;
		last = found;
	}
	s->other_cut = 1;
	return 0;
}

/* s->path, which is whole, becomes the other name. */
static __always_inline void other_name_keep(struct guard_scratch *s)
{
	__u64 from = BOUNDED(s->walk.position, GUARD_PATH_MAX - 1);
	__u64 length = GUARD_PATH_MAX - from;

	if (length > GUARD_OTHER_NAME_MAX) {
		s->other_cut = 1;
		return;
	}
	length = BOUNDED(length, GUARD_OTHER_NAME_MAX);
	bpf_probe_read_kernel(s->other, length, s->path.bytes + from);
	*(__u64 *)(s->other + length) = 0;
	*(__u64 *)(s->other + length + 8) = 0;
	s->other_length = length;
}

/* The other name of s->walk.from_*, into s->other. Takes s->path. */
__noinline int other_name_read(struct guard_scratch *s)
{
	__u64 shown, mount;

	if (!s)
		return 0;
	shown = s->walk.from_mount;
	mount = other_mount(s);
	if (!mount)
		return 0;
	s->walk.from_mount = mount;
	path_resolve(s);
	s->walk.from_mount = shown;
	if (path_is_incomplete(s))
		s->other_cut = 1;
	else
		other_name_keep(s);
	return 0;
}

/* The file has its name and no other: the next decision is about another file. */
static __always_inline void other_name_none(struct guard_scratch *s)
{
	s->other_length = 0;
	s->other_cut = 0;
}

/* s->other is the other name of what has this one, if it has any. Takes s->path. */
static __always_inline void other_name_at(struct guard_scratch *s, __u64 dentry, __u64 shown)
{
	other_name_none(s);
	if (!shown || !mount_may_be_second(mount_at(shown)))
		return;
	s->walk.from_dentry = dentry;
	s->walk.from_mount = shown;
	other_name_read(s);
}

static __always_inline bool other_name_is_none(const struct guard_scratch *s)
{
	return !s->other_length && !s->other_cut;
}

#endif
