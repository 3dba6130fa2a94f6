/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens. */
#ifndef GUARD_HOOK_FILE_H
#define GUARD_HOOK_FILE_H

#include "directory_cache.h"
#include "event.h"
#include "image_in_force.h"
#include "other_name.h"
#include "scope.h"
#include "subject.h"

/* What a descriptor lets its holder do with the file, whoever opened it. */
static __always_inline __u32 descriptor_access(const struct file *file)
{
	__u32 mode = file->f_mode;
	__u32 access = 0;

	if (mode & FMODE_READ)
		access |= 1u << GUARD_ACCESS_READ;
	if (mode & FMODE_WRITE)
		access |= 1u << GUARD_ACCESS_WRITE;
	if (file->f_flags & O_APPEND)
		access |= 1u << GUARD_ACCESS_APPEND;
	return access;
}

/* What a file whose own mode is `before` gets by a new one. What the bits mean for a directory is another matter. */
static __always_inline __u32 mode_access(__u32 before, __u32 mode)
{
	__u32 access = 0;

	if ((before & S_IFMT) != S_IFREG)
		return 0;
	if (mode & (S_ISUID | S_ISGID))
		access |= 1u << GUARD_ACCESS_SETID;
	if (mode & S_IXUGO)
		access |= 1u << GUARD_ACCESS_EXECUTABLE;
	return access;
}

/* Kinds of access of an open. An open by the kernel in order to run the file is exec and nothing else. */
static __always_inline __u32 access_of(const struct file *file)
{
	__u32 access;

	/* do_open_execat and the loader of interpreters set it among the flags, where no user can
	 * (VALID_OPEN_FLAGS). */
	if (file->f_flags & FMODE_EXEC)
		return 1u << GUARD_ACCESS_EXEC;
	access = descriptor_access(file);
	if (file->f_flags & O_TRUNC)
		access |= 1u << GUARD_ACCESS_TRUNCATE;
	if (file->f_mode & FMODE_CREATED)
		access |= 1u << GUARD_ACCESS_CREATE | mode_access(file->f_inode->i_mode, file->f_inode->i_mode);
	return access;
}

/*
 * Open without an open that could have been refused: sockets, pipes and memory, which the kernel keeps in mounts of its
 * own; and O_PATH, by which nothing can be done but to open the file.
 */
static __always_inline bool file_was_never_opened(const struct file *file)
{
	return file->f_mode & FMODE_PATH || file->f_path.mnt->mnt_flags & MNT_INTERNAL;
}

/* The file is s->path; `inode` is its address, or 0. */
static __always_inline void file_record(struct guard_scratch *s, __u32 hook, __u64 inode, __u32 access,
					__u64 generation)
{
	event_begin(s, GUARD_EVENT_FILE_DECISION, GUARD_RING_DECISIONS, &s->subject);
	s->event.hook = hook;
	event_decision(s, generation);
	event_file(&s->event, inode);
	s->event.access = access;
	if (s->category == GUARD_CATEGORY_FILE)
		s->event.euid = file_uid();
	s->event.path_length = path_length(s);
	s->event.invoked_length = s->other_length;
	bpf_probe_read_kernel(s->name.bytes, BOUNDED(s->other_length, GUARD_OTHER_NAME_MAX), s->other);
	event_asker(&s->event, &s->subject);
	event_submit(s, &s->subject);
}

/* No atom of the policy holds for the file in s->path, s->other and s->identity, and its names are known whole. */
static __always_inline bool file_is_unspoken(struct guard_image *image, struct guard_scratch *s, __u32 category,
					     __u32 text, __u32 roles)
{
	if (path_is_incomplete(s) || s->other_cut)
		return false;
	decision_begin(s, category);
	text_walk(image, s, &s->path, text, roles, path_packed(s));
	identity_holds(image, s, roles);
	other_name_holds(image, s, text, GUARD_ROLE_INVOKED | GUARD_ROLE_NAMED | (roles & GUARD_ROLE_OBJECT));
	return !s->match_count && !s->failure;
}

/*
 * Nobody is refused or recorded for the file in s->path, read in these roles, and s->identity: no rule speaks of it, or
 * none that concerns the current task's cgroup. Then an answer for others depends on theirs, and `here` says so.
 */
static __always_inline bool target_settles(struct guard_image *image, struct guard_scratch *s, __u32 roles, bool *here)
{
	const struct guard_category *category = category_of(image, GUARD_CATEGORY_FILE);
	bool scoped = category->fields & 1u << GUARD_FIELD_CGROUP;

	*here = false;
	if (!category->target_decides)
		return false;
	if (scoped)
		scope_load(image, s, GUARD_CATEGORY_FILE);
	if (file_is_unspoken(image, s, GUARD_CATEGORY_FILE, GUARD_TEXT_TARGET, roles) &&
	    category->target_decides == GUARD_DECIDES_TARGET)
		return true;
	*here = true;
	return scoped && !path_is_incomplete(s) && !s->other_cut && !s->failure && place_settles(image, s);
}

/* Both names of a file. */
static __always_inline void names_resolve(struct guard_scratch *s, const struct dentry *dentry,
					  const struct vfsmount *mount)
{
	other_name_at(s, (__u64)dentry, (__u64)mount);
	path_resolve_at(s, dentry, mount);
}

/* The policy names the file s->identity. */
static __always_inline bool identity_speaks(struct guard_image *image, struct guard_scratch *s)
{
	decision_begin(s, GUARD_CATEGORY_FILE);
	identity_holds(image, s, GUARD_ROLE_TARGET);
	return s->match_count || s->failure;
}

/* The subject goes through the same working memory, and may have to resolve a path of its own there. */
static __always_inline void file_subject(struct guard_image *image, struct guard_scratch *s,
					 const struct dentry *dentry, const struct vfsmount *mount)
{
	subject_load(image, s);
	scope_load(image, s, GUARD_CATEGORY_FILE);
	if (s->walk.from_dentry != (__u64)dentry || s->walk.from_mount != (__u64)mount)
		path_resolve_at(s, dentry, mount);
}

/* Below an overlay it is only after the open that a file says which one of the layers it is. */
static __always_inline void open_identity(struct guard_scratch *s, struct file *file, __u32 hook)
{
	if (hook == GUARD_HOOK_FILE_OPEN)
		identity_of(s, file->f_inode);
	else
		identity_of_opened(s, address_of(file));
}

/* The file is what its name says: below an overlay, on 6.1, it may be opened under one of another. */
static __always_inline void open_see(const struct guard_image *image, struct guard_scratch *s, struct file *file,
				     const struct file_sight *sight)
{
	const struct dentry *dentry = file->f_path.dentry;

	s->names[0].place.tag = 0;
	if (dentry->d_inode == file->f_inode)
		place_see(image, s, 0, file->f_path.mnt, dentry, sight->sequences);
}

static __always_inline int open_verdict(struct guard_image *image, struct guard_scratch *s, struct file *file,
					const struct file_sight *sight, __u32 hook)
{
	bool here;
	__u32 access;

	open_identity(s, file, hook);
	open_see(image, s, file, sight);
	if (place_answers(image, s, 0)) {
		COUNT(decisions[hook]);
		file_remember(s, file, sight, false);
		return 0;
	}
	names_resolve(s, file->f_path.dentry, file->f_path.mnt);
	/* Below an overlay the kernel opens the backing file for itself: the user's open was decided just before,
	 * but by the name that it has there. */
	if (s->walk.flags & GUARD_PATH_BACKING) {
		if (!identity_speaks(image, s))
			return 0;
		s->walk.flags |= GUARD_EVENT_PATH_UNRESOLVED;
	}
	COUNT(decisions[hook]);
	if (place_learns(image, s, 0) && place_answers(image, s, 0)) {
		file_remember(s, file, sight, false);
		return 0;
	}
	if (target_settles(image, s, GUARD_ROLE_TARGET, &here)) {
		file_remember(s, file, sight, here);
		return 0;
	}
	file_subject(image, s, file->f_path.dentry, file->f_path.mnt);
	open_identity(s, file, hook);
	access = hook == GUARD_HOOK_FILE_OPEN ? access_of(file) : descriptor_access(file);
	open_decide(image, s, file_uid(), bpf_get_current_task_btf()->loginuid.val, access, GUARD_ROLE_TARGET);
	if (decision_failed(s))
		return on_engine_failure(image, hook, s->failure, category_of(image, GUARD_CATEGORY_FILE)->block_count);
	if (s->verdict != GUARD_VERDICT_ALLOW)
		file_record(s, hook, (__u64)file->f_inode, access, image_header(image)->generation);
	return verdict_returned(s, hook);
}

/* With nothing loaded but the self-test, only guardd's own opens are looked at. */
static __always_inline bool open_concerns_nobody(const struct guard_image *image)
{
	struct guard_config *settings;

	if (category_of(image, GUARD_CATEGORY_FILE)->user_rules)
		return false;
	settings = bpf_map_lookup_elem(&config, &zero);
	return !settings || settings->guardd_tgid != bpf_get_current_pid_tgid() >> 32;
}

static __always_inline int check_file(struct file *file, __u32 hook)
{
	struct guard_image *image = image_in_force();
	const struct guard_category *category;
	struct file_sight sight = {};
	struct guard_scratch *s;
	int verdict;

	if (!image)
		return on_engine_failure(NULL, hook, GUARD_REASON_NO_IMAGE, true);
	if (open_concerns_nobody(image))
		return 0;
	category = category_of(image, GUARD_CATEGORY_FILE);
	if (category->target_decides &&
	    (file_is_known(image, file, GUARD_SIGHT_OPEN, &sight) || file_is_known_here(category, &sight)))
		return 0;
	s = scratch_take();
	if (!s)
		return on_engine_failure(image, hook, GUARD_REASON_NO_SCRATCH, category->block_count);
	verdict = open_verdict(image, s, file, &sight, hook);
	scratch_give(s);
	return verdict;
}

static __always_inline int check_open(struct file *file)
{
	return check_file(file, GUARD_HOOK_FILE_OPEN);
}

/*
 * A descriptor comes to the current task from another: over a socket (SCM_RIGHTS), by pidfd_getfd(2), from a supervisor
 * of seccomp. Who gets it is asked as if he opened the file.
 */
static __always_inline int check_receive(struct file *file)
{
	return file_was_never_opened(file) ? 0 : check_file(file, GUARD_HOOK_FILE_RECEIVE);
}

#endif
