/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of a dentry and mount, up to the root of the mount namespace and not to the task's chroot: a rule must
 * mean the same in a chroot. Written from the end of s->path downwards. The walk is repeated when rename_lock or
 * mount_lock moved meanwhile: without that it returns paths that never existed (measured under a rename storm).
 * After GUARD_PATH_TRIES it gives up, which is an outcome of its own.
 */
#ifndef GUARD_PATH_H
#define GUARD_PATH_H

#include "address.h"
#include "automaton.h"

#define GUARD_PATH_TRIES 8u
#define GUARD_PATH_STEPS_MAX 2200u
/* Inner flags, above those of events. */
#define GUARD_PATH_BACKING 0x10000u /* the open below an overlay: the one above was decided already */

/* Strong: a kernel without these symbols is refused at load. The native test, which walks no path, may lack them. */
#ifndef GUARD_LOCK_SYMBOLS
#define GUARD_LOCK_SYMBOLS __ksym
#endif
extern const void rename_lock GUARD_LOCK_SYMBOLS;
extern const void mount_lock GUARD_LOCK_SYMBOLS;

#define READ(DST, SRC) bpf_probe_read_kernel(&(DST), sizeof(DST), &(SRC))

/* From 6.2 on: memory of the kernel, read directly as the type that is named; 0 where it can't be read. */
extern void *bpf_rdonly_cast(const void *address, __u32 btf_id) __ksym __weak;

/* A pointer in the kernel's memory, as a number, by the address of the struct that it is in; 0 where it can't be read. */
#define READ_POINTER(TYPE, ADDRESS, FIELD)                                                                             \
	({                                                                                                             \
		const TYPE *at_ = (const TYPE *)(ADDRESS);                                                             \
		__u64 read_ = 0;                                                                                       \
		if (bpf_rdonly_cast) {                                                                                 \
			at_ = bpf_rdonly_cast(at_, bpf_core_type_id_kernel(TYPE));                                     \
			read_ = address_of(at_->FIELD);                                                                \
		} else {                                                                                               \
			bpf_probe_read_kernel(&read_, sizeof(read_), &at_->FIELD);                                     \
		}                                                                                                      \
		read_;                                                                                                 \
	})

/* Somebody is in the middle of a change. */
#define GUARD_SEQUENCES_ODD 0x100000001ull

static __always_inline __u64 path_sequences(void)
{
	__u32 rename = 0, mount = 0;

	bpf_probe_read_kernel(&rename, sizeof(rename), &rename_lock);
	bpf_probe_read_kernel(&mount, sizeof(mount), &mount_lock);
	return (__u64)rename << 32 | mount;
}

/* The struct mount of the struct vfsmount that files have; addresses. */
static __always_inline __u64 mount_at(__u64 shown)
{
	return shown - bpf_core_field_offset(struct mount, mnt);
}

/* Where a mount is mounted; addresses. False: it is the root of its namespace. */
static __always_inline bool mount_above(__u64 *mount, __u64 *dentry, __u64 *mount_root)
{
	__u64 parent = READ_POINTER(struct mount, *mount, mnt_parent);

	if (!parent || parent == *mount)
		return false;
	*dentry = READ_POINTER(struct mount, *mount, mnt_mountpoint);
	*mount_root = READ_POINTER(struct mount, parent, mnt.mnt_root);
	*mount = parent;
	return true;
}

/* From a mount's root on to where it is mounted. 1: this was the root of the namespace. */
static __always_inline long path_cross_mount(struct guard_path_walk *walk)
{
	__u64 mount = walk->mount, dentry, root;

	if (!mount_above(&mount, &dentry, &root)) {
		if (walk->flags & GUARD_EVENT_INTERNAL)
			walk->flags |= GUARD_PATH_BACKING;
		walk->done = 1;
		return 1;
	}
	walk->mount = mount;
	walk->dentry = dentry;
	walk->mount_root = root;
	return 0;
}

static __always_inline long path_prepend(struct guard_scratch *s, const struct qstr *name)
{
	struct guard_path_walk *walk = &s->walk;
	__u32 position = walk->position;
	__u64 length = name->len & 0xff;

	/* FUSE has names of 1,024 bytes; a name that is not read whole makes a path that is not known whole. */
	if (position < length + 1 || name->len > 0xff) {
		walk->flags |= GUARD_EVENT_PATH_TRUNCATED;
		walk->done = 1;
		return 1;
	}
	position -= length;
	asm volatile("%0 &= 0xff" : "+r"(length));
	bpf_probe_read_kernel(s->path.bytes + (position & (GUARD_PATH_MAX - 1)), length, name->name);
	position--;
	s->path.bytes[position & (GUARD_PATH_MAX - 1)] = '/';
	walk->position = position;
	return 0;
}

/* The directory of a dentry, and its name there. */
static __always_inline struct dentry *path_parent(const struct dentry *dentry, struct qstr *name)
{
	struct dentry *parent = NULL;

	if (bpf_rdonly_cast) {
		const struct dentry *at = bpf_rdonly_cast(dentry, bpf_core_type_id_kernel(struct dentry));

		name->len = at->d_name.len;
		name->name = at->d_name.name;
		return at->d_parent;
	}
	READ(parent, dentry->d_parent);
	READ(*name, dentry->d_name);
	return parent;
}

struct path_context {
	struct guard_scratch *scratch;
};

static long path_step(__u32 index, struct path_context *context)
{
	struct guard_scratch *s = context->scratch;
	struct guard_path_walk *walk = &s->walk;
	struct dentry *dentry = (struct dentry *)walk->dentry;
	struct dentry *parent = NULL;
	struct qstr name = {};

	walk->chain = (walk->chain ^ walk->dentry ^ walk->mount) * 0x9e3779b97f4a7c15ull;
	if (walk->dentry == walk->mount_root)
		return path_cross_mount(walk);
	parent = path_parent(dentry, &name);
	if (parent == dentry || !parent) {
		/* Not under its mount's root: a pseudo file (memfd, pipe), or a tree that was cut off. */
		walk->done = 1;
		if (walk->flags & GUARD_EVENT_INTERNAL)
			path_prepend(s, &name);
		else
			walk->flags |= GUARD_EVENT_PATH_UNRESOLVED;
		return 1;
	}
	walk->dentry = (__u64)parent;
	return path_prepend(s, &name);
}

/* What the mount says about the name: none in any namespace, or of a tree that is not attached. */
static __always_inline __u32 path_mount_flags(struct mount *mount)
{
	const struct mnt_namespace *namespace = NULL;
	__u64 sequence = 0;
	int flags = 0;

	if (bpf_rdonly_cast) {
		const struct mount *at = bpf_rdonly_cast(mount, bpf_core_type_id_kernel(struct mount));

		flags = at->mnt.mnt_flags;
		namespace = at->mnt_ns;
	} else {
		READ(flags, mount->mnt.mnt_flags);
		READ(namespace, mount->mnt_ns);
	}
	if (flags & MNT_INTERNAL)
		return GUARD_EVENT_INTERNAL;
	/* MNT_NS_INTERNAL, an error pointer: a mount of the kernel's own, as overlayfs clones for its layers on 6.12. */
	if ((__u64) namespace >= (__u64)-4095)
		return GUARD_EVENT_INTERNAL;
	if (!namespace)
		return GUARD_EVENT_PATH_UNRESOLVED;
	READ(sequence, namespace->seq);
	return sequence ? 0 : GUARD_EVENT_PATH_UNRESOLVED;
}

/*
 * Resolves s->walk.from_* into s->path; s->walk.position is the first byte, s->walk.flags the outcome. Addresses
 * travel as numbers in memory: a global function takes no kernel pointers, and they are only probed.
 */
__noinline int path_resolve(struct guard_scratch *s)
{
	struct path_context context = {.scratch = s};
	struct mount *mount;
	struct dentry *dentry;
	__u64 root = 0, chain = 0;

	if (!s)
		return 0;
	dentry = (struct dentry *)s->walk.from_dentry;
	mount = (struct mount *)mount_at(s->walk.from_mount);
	bpf_probe_read_kernel(&root, sizeof(root), &mount->mnt.mnt_root);

	for (__u32 i = 0; i < GUARD_PATH_TRIES; i++) {
		struct hlist_bl_node **unhashed = NULL;
		__u64 before = path_sequences();

		s->walk.dentry = s->walk.from_dentry;
		s->walk.mount = (__u64)mount;
		s->walk.mount_root = root;
		s->walk.position = GUARD_PATH_MAX;
		s->walk.flags = path_mount_flags(mount);
		READ(unhashed, dentry->d_hash.pprev);
		if (!unhashed && s->walk.from_dentry != root)
			s->walk.flags |= GUARD_EVENT_UNLINKED;
		s->walk.done = 0;
		s->walk.chain = s->walk.flags;
		bpf_loop(GUARD_PATH_STEPS_MAX, path_step, &context, 0);
		/* Odd: somebody is in the middle of a change. */
		if (!(before & GUARD_SEQUENCES_ODD) && path_sequences() == before)
			goto resolved;
		/* Anybody can keep the locks moving; two walks over the same dentries and mounts agree all the same. */
		if (i && s->walk.chain == chain)
			goto resolved;
		chain = s->walk.chain;
	}
	s->walk.flags |= GUARD_EVENT_PATH_UNRESOLVED;
resolved:
	if (!s->walk.done)
		s->walk.flags |= GUARD_EVENT_PATH_TRUNCATED;
	if (s->walk.position == GUARD_PATH_MAX) {
		s->walk.position = GUARD_PATH_MAX - 1;
		s->path.bytes[GUARD_PATH_MAX - 1] = '/';
	}
	return 0;
}

static __always_inline void path_resolve_at(struct guard_scratch *s, const struct dentry *dentry,
					    const struct vfsmount *mount)
{
	s->walk.from_dentry = (__u64)dentry;
	s->walk.from_mount = (__u64)mount;
	path_resolve(s);
}

#endif
