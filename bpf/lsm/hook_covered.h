/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts as what they do to files: what is below the place has another content under its name from then on, and what
 * is moved has another name. Rules about files decide about that as if the place were written to and renamed, a directory
 * with all that is below it. Only in the host's mount namespace, and where a mount is marked as shared: elsewhere the
 * others see what they saw before.
 *
 * Init mounts as it was told to when the machine was set up: itself; a process that it has forked, before that runs
 * anything else; mount(8) or a program of systemd's that it has started; and what such a mount(8) starts for a file system
 * that has a program of its own. Who was orphaned is a child of init, too, but was forked by somebody else.
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

/* What runs under this number is mount(8), or, if that is enough, a program of systemd's; by the path of its exec. */
static __always_inline bool program_mounts(__u64 exec_id, bool also_systemd)
{
	static const char mount[] = "/usr/bin/mount", systemd[] = "/usr/lib/systemd/systemd-";
	const struct guard_program *program = program_find(exec_id);

	if (!program || program->flags & GUARD_PROGRAM_IMAGE_CUT)
		return false;
	if (program->image_length == sizeof(mount) - 1 &&
	    !bpf_strncmp((const char *)program->image, sizeof(mount) - 1, mount))
		return true;
	return also_systemd && program->image_length >= sizeof(systemd) - 1 &&
	       !bpf_strncmp((const char *)program->image, sizeof(systemd) - 1, systemd);
}

/* What is kept of init, if the parent is init. */
static __always_inline const struct guard_subject *init_above(struct task_struct *parent)
{
	return parent->tgid == 1 ? bpf_task_storage_get(&subjects, parent, 0, 0) : NULL;
}

static __always_inline bool is_for_init(void)
{
	struct task_struct *task = bpf_get_current_task_btf(), *parent = task->real_parent, *above;
	const struct guard_subject *own = bpf_task_storage_get(&subjects, task, 0, 0), *mounter, *init;

	if (task->tgid == 1)
		return true;
	if (!own || !parent)
		return false;
	init = init_above(parent);
	if (init)
		return own->exec_id == init->exec_id ||
		       (own->parent_exec_id == init->exec_id && program_mounts(own->exec_id, true));
	mounter = bpf_task_storage_get(&subjects, parent, 0, 0);
	above = parent->real_parent;
	if (!mounter || !above)
		return false;
	init = init_above(above);
	return init && own->parent_exec_id == mounter->exec_id && mounter->parent_exec_id == init->exec_id &&
	       program_mounts(mounter->exec_id, false);
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
