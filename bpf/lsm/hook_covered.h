/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts as what they do to files: what is below the place has another content under its name from then on, and what
 * is moved has another name. Rules about files decide about that as if the place were written to and renamed, a directory
 * with all that is below it. Only in the host's mount namespace, and where others share what is mounted: elsewhere
 * whoever mounts shows himself and his children something else. Init mounts as it was told to when the machine was set up, itself or by a program that it has
 * forked (systemd runs mount(8) for its units); who was orphaned, and is a child of init for that, was forked by somebody
 * else.
 */
#ifndef GUARD_HOOK_COVERED_H
#define GUARD_HOOK_COVERED_H

#include "hook_mount.h"

#define GUARD_COVERS (1u << GUARD_ACCESS_WRITE | 1u << GUARD_ACCESS_RENAME)

static __always_inline bool in_host_mount_namespace(void)
{
	struct pid_namespace *first = (struct pid_namespace *)&init_pid_ns;
	__u64 namespace = mount_namespace_of(bpf_get_current_task_btf());
	struct task_struct *init = NULL;

	READ(init, first->child_reaper);
	return namespace == mount_namespace_of(init);
}

static __always_inline bool is_for_init(void)
{
	struct task_struct *task = bpf_get_current_task_btf(), *parent;
	struct guard_subject *own, *of_parent;

	if (task->tgid == 1)
		return true;
	parent = task->real_parent;
	if (!parent || parent->tgid != 1)
		return false;
	own = bpf_task_storage_get(&subjects, task, 0, 0);
	of_parent = bpf_task_storage_get(&subjects, parent, 0, 0);
	return own && of_parent && own->parent_exec_id && own->parent_exec_id == of_parent->exec_id;
}

/* One more place that is decided about. */
static __always_inline void place_covered(struct guard_scratch *s, __u32 at, const struct path *path)
{
	name_add(s, at, path->mnt, path->dentry, GUARD_COVERS);
	s->names[at].roles = GUARD_ROLES_OF_RENAMED;
}

/* Something is mounted on the first; the second, if there is one, is moved there. */
static __always_inline int check_covered(__u32 hook, const struct path *place, const struct path *moved)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!(place->mnt->mnt_flags & MNT_SHARED) && !in_host_mount_namespace())
		return 0;
	if (is_for_init())
		return 0;
	if (!names_begin(hook, &image, &s, &result))
		return result;
	place_covered(s, 0, place);
	if (moved)
		place_covered(s, 1, moved);
	return names_verdict(image, s, hook, false);
}

/* The source of mount --move is a text yet, see check_mount. */
static __always_inline int check_mounted_over(const struct path *place, unsigned long flags)
{
	__u32 way = mount_way(flags);

	return way == GUARD_MOUNT_REMOUNT || way == GUARD_MOUNT_PROPAGATION
		   ? 0
		   : check_covered(GUARD_HOOK_MOUNTED_OVER, place, NULL);
}

static __always_inline int check_moved_over(const struct path *from, const struct path *to)
{
	bool attached =
	    !(path_mount_flags((struct mount *)mount_at(address_of(from->mnt))) & GUARD_EVENT_PATH_UNRESOLVED);

	return check_covered(GUARD_HOOK_MOVED_OVER, to, attached ? from : NULL);
}

#endif
