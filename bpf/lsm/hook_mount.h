/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts, by the old system calls and the new. The file of the operation is where something is mounted or unmounted; what
 * is moved, bound or made the root is decided about as well.
 */
#ifndef GUARD_HOOK_MOUNT_H
#define GUARD_HOOK_MOUNT_H

#include "hook_inode.h"
#include "hook_operation.h"

/* arch/x86/entry/syscalls */
#define GUARD_SYSCALL_MOUNT 165ull
#define GUARD_SYSCALL_MOUNT_32 21ull
#define GUARD_SYSCALL_X32 0x40000000ull

#define MS_PROPAGATION (MS_UNBINDABLE | MS_PRIVATE | MS_SLAVE | MS_SHARED)

/* In the order in which path_mount (fs/namespace.c) looks at the flags. */
static __always_inline __u32 mount_way(unsigned long flags)
{
	if (flags & MS_REMOUNT)
		return GUARD_MOUNT_REMOUNT;
	if (flags & MS_BIND)
		return GUARD_MOUNT_BIND;
	if (flags & MS_PROPAGATION)
		return GUARD_MOUNT_PROPAGATION;
	if (flags & MS_MOVE)
		return GUARD_MOUNT_MOVE;
	return GUARD_MOUNT_NEW;
}

/* The name of the file system that is mounted here. */
static __always_inline __u64 file_system_name(const struct vfsmount *mount)
{
	return (__u64)mount->mnt_sb->s_type->name;
}

/*
 * mount(2). The source of a bind or a move is a text that the kernel follows after it has asked, perhaps over symbolic
 * links: as a path it is not known.
 */
static __always_inline int check_mount(const char *source, const struct path *path, const char *type,
				       unsigned long flags)
{
	__u32 way = mount_way(flags);
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(GUARD_HOOK_MOUNT, GUARD_OPERATION_MOUNT, &image, &s, &result))
		return result;
	s->operation.number |= way;
	if (way == GUARD_MOUNT_NEW)
		s->operation.object = (__u64)type;
	else if (way == GUARD_MOUNT_REMOUNT || way == GUARD_MOUNT_PROPAGATION)
		s->operation.object = file_system_name(path->mnt);
	name_add(s, 0, path->mnt, path->dentry, 0);
	if (way == GUARD_MOUNT_BIND || way == GUARD_MOUNT_MOVE) {
		s->names[1].mount = (__u64)source;
		s->names[1].dentry = 0;
		s->name_count = 2;
	}
	return operation_end(image, s, GUARD_HOOK_MOUNT, GUARD_OPERATION_MOUNT);
}

/*
 * move_mount(2) of a tree that is attached nowhere: a new file system, or, when what it shows is mounted elsewhere as
 * well, a bind mount.
 */
static __always_inline __u32 detached_way(const struct vfsmount *mount)
{
	struct super_block *sb = mount->mnt_sb;
	struct list_head *first = NULL, *second = NULL;

	if (!bpf_core_field_exists(sb->s_mounts))
		return GUARD_MOUNT_BIND;
	READ(first, sb->s_mounts.next);
	READ(second, first->next);
	return mount->mnt_root == sb->s_root && second == &sb->s_mounts ? GUARD_MOUNT_NEW : GUARD_MOUNT_BIND;
}

static __always_inline int check_move_mount(const struct path *from, const struct path *to)
{
	__u64 shown = address_of(from->mnt);
	struct mount *mount = (struct mount *)(shown - bpf_core_field_offset(struct mount, mnt));
	struct guard_image *image;
	struct guard_scratch *s;
	bool attached;
	int result;

	if (!operation_begin(GUARD_HOOK_MOVE_MOUNT, GUARD_OPERATION_MOUNT, &image, &s, &result))
		return result;
	attached = !(path_mount_flags(mount) & GUARD_EVENT_PATH_UNRESOLVED);
	s->operation.number |= attached ? GUARD_MOUNT_MOVE : detached_way(from->mnt);
	s->operation.object = file_system_name(from->mnt);
	name_add(s, 0, to->mnt, to->dentry, 0);
	if (attached)
		name_add(s, 1, from->mnt, from->dentry, 0);
	return operation_end(image, s, GUARD_HOOK_MOVE_MOUNT, GUARD_OPERATION_MOUNT);
}

static __always_inline int check_umount(const struct vfsmount *mount)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(GUARD_HOOK_UMOUNT, GUARD_OPERATION_MOUNT, &image, &s, &result))
		return result;
	s->operation.number |= GUARD_MOUNT_UMOUNT;
	s->operation.object = file_system_name(mount);
	name_add(s, 0, mount, mount->mnt_root, 0);
	return operation_end(image, s, GUARD_HOOK_UMOUNT, GUARD_OPERATION_MOUNT);
}

/* The current system call is mount(2), of 64 or of 32 bits. */
static __always_inline bool is_in_mount(void)
{
	struct pt_regs *registers = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	__u64 number = 0;

	READ(number, registers->orig_ax);
	number &= ~GUARD_SYSCALL_X32;
	return number == GUARD_SYSCALL_MOUNT || number == GUARD_SYSCALL_MOUNT_32;
}

/*
 * Other options for a whole file system: fspick(2) and fsconfig(2), whose place is where the process sees all of it
 * mounted. mount(2) comes by here as well, and was asked about with its own place.
 */
static __always_inline int check_remount(struct super_block *sb)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (is_in_mount())
		return 0;
	if (!operation_begin(GUARD_HOOK_REMOUNT, GUARD_OPERATION_MOUNT, &image, &s, &result))
		return result;
	s->operation.number |= GUARD_MOUNT_REMOUNT;
	s->operation.object = (__u64)sb->s_type->name;
	name_add(s, 0, (const struct vfsmount *)mount_of_dentry(sb->s_root), sb->s_root, 0);
	/* Where there is none, nothing is known of the place. */
	if (!s->names[0].mount)
		s->names[0].dentry = 0;
	return operation_end(image, s, GUARD_HOOK_REMOUNT, GUARD_OPERATION_MOUNT);
}

static __always_inline int check_pivot_root(const struct path *old_path, const struct path *new_path)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!operation_begin(GUARD_HOOK_PIVOT_ROOT, GUARD_OPERATION_MOUNT, &image, &s, &result))
		return result;
	s->operation.number |= GUARD_MOUNT_PIVOT;
	s->operation.object = file_system_name(new_path->mnt);
	name_add(s, 0, new_path->mnt, new_path->dentry, 0);
	name_add(s, 1, old_path->mnt, old_path->dentry, 0);
	return operation_end(image, s, GUARD_HOOK_PIVOT_ROOT, GUARD_OPERATION_MOUNT);
}

#endif
