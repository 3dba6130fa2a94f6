/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done to a file by its name and not by an open: taking the name away, giving it to another file,
 * giving the file another name, making a new one; and to the file that a name leads to, without opening it.
 * Decided like opens, by the path that the name has (or is about to have). The kernel asks before it does
 * anything.
 */
#ifndef GUARD_HOOK_NAME_H
#define GUARD_HOOK_NAME_H

#include "hook_file.h"

#define GUARD_CREATES (1u << GUARD_ACCESS_CREATE)
#define GUARD_DELETES (1u << GUARD_ACCESS_DELETE)
#define GUARD_TRUNCATES (1u << GUARD_ACCESS_TRUNCATE | 1u << GUARD_ACCESS_WRITE)

/* One more name to be decided about. */
static __always_inline void name_add(struct guard_scratch *s, __u32 at, const struct vfsmount *mount,
				     const struct dentry *dentry, __u32 access)
{
	s->names[at].mount = (__u64)mount;
	s->names[at].dentry = (__u64)dentry;
	identity_fill(&s->names[at].identity, dentry->d_inode);
	s->names[at].access = access;
	s->names[at].roles = GUARD_ROLE_TARGET;
	s->names[at].place.tag = 0;
	s->name_count = at + 1;
}

/* The same, where the directory may be known. */
static __always_inline void name_see(const struct guard_image *image, struct guard_scratch *s, __u32 at,
				     const struct vfsmount *mount, const struct dentry *dentry, __u32 access)
{
	name_add(s, at, mount, dentry, access);
	place_see(image, s, at, mount, dentry, s->sequences_seen);
}

/* The mode of the file behind a name. */
static __always_inline __u32 mode_of(const struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	__u16 mode = 0;

	READ(mode, inode->i_mode);
	return mode;
}

/* name_see of what is renamed. Of a directory, what is kept of the one above does not say all that there is to ask. */
static __always_inline void name_see_renamed(const struct guard_image *image, struct guard_scratch *s, __u32 at,
					     const struct vfsmount *mount, const struct dentry *dentry, __u32 access)
{
	name_see(image, s, at, mount, dentry, access);
	if ((mode_of(dentry) & S_IFMT) != S_IFDIR)
		return;
	s->names[at].roles = GUARD_ROLES_OF_RENAMED;
	s->names[at].place.tag = 0;
}

/* The file behind a name; 0 for what is not there yet. */
static __always_inline __u64 name_inode(const struct guard_scratch *s, __u32 at)
{
	struct dentry *dentry = (struct dentry *)s->names[at].dentry;
	struct inode *inode = NULL;

	READ(inode, dentry->d_inode);
	return (__u64)inode;
}

/* What the name leads to is decided about. */
static __always_inline void identity_again(struct guard_scratch *s, __u32 at)
{
	s->identity = s->names[at].identity;
}

static __always_inline void name_resolve(struct guard_scratch *s, __u32 at)
{
	s->walk.from_dentry = s->names[at].dentry;
	s->walk.from_mount = s->names[at].mount;
	path_resolve(s);
}

/* A name that may not be there yet. `only_refuse`: an audit is left to the open that follows. */
static __always_inline int name_verdict(struct guard_image *image, struct guard_scratch *s, __u32 hook, __u32 at,
					bool only_refuse)
{
	const struct guard_category *category = category_of(image, GUARD_CATEGORY_FILE);
	bool here;

	COUNT(decisions[hook]);
	identity_again(s, at);
	if (place_answers(image, s, at))
		return 0;
	other_name_at(s, s->names[at].dentry, s->names[at].mount);
	name_resolve(s, at);
	if (place_learns(image, s, at) && place_answers(image, s, at))
		return 0;
	if (target_settles(image, s, s->names[at].roles, &here))
		return 0;
	subject_load(image, s);
	scope_load(image, s, GUARD_CATEGORY_FILE);
	/* The subject went through the same memory. */
	identity_again(s, at);
	if (s->walk.from_dentry != s->names[at].dentry || s->walk.from_mount != s->names[at].mount)
		name_resolve(s, at);
	open_decide(image, s, file_uid(), bpf_get_current_task_btf()->loginuid.val, s->names[at].access,
		    s->names[at].roles);
	if (decision_failed(s))
		return on_engine_failure(image, hook, s->failure, category->block_count);
	if (only_refuse && s->verdict != GUARD_VERDICT_BLOCK)
		return 0;
	if (s->verdict != GUARD_VERDICT_ALLOW)
		file_record(s, hook, name_inode(s, at), s->names[at].access, image_header(image)->generation);
	return verdict_returned(s, hook);
}

/* What the first name is refused for ends it. */
static __always_inline int names_verdict(struct guard_image *image, struct guard_scratch *s, __u32 hook,
					 bool only_refuse)
{
	int result = name_verdict(image, s, hook, 0, only_refuse);

	/* No loop: its head would be what follows a call, and 6.1 takes that for a jump backwards. */
	if (!result && s->name_count > 1)
		result = name_verdict(image, s, hook, 1, only_refuse);
	scratch_give(s);
	return result;
}

/* False: there is nothing to decide, and `result` says what the hook returns. */
static __always_inline bool names_begin(__u32 hook, struct guard_image **image, struct guard_scratch **s, int *result)
{
	*result = 0;
	*image = image_in_force();
	if (!*image) {
		*result = on_engine_failure(NULL, hook, GUARD_REASON_NO_IMAGE, true);
		return false;
	}
	if (!category_of(*image, GUARD_CATEGORY_FILE)->user_rules)
		return false;
	*s = scratch_take();
	if (!*s)
		*result = on_engine_failure(*image, hook, GUARD_REASON_NO_SCRATCH,
					    category_of(*image, GUARD_CATEGORY_FILE)->block_count);
	if (*s)
		(*s)->sequences_seen = file_sequences();
	return *s;
}

static __always_inline int check_name(__u32 hook, const struct vfsmount *mount, const struct dentry *dentry,
				      __u32 access, bool only_refuse)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!names_begin(hook, &image, &s, &result))
		return result;
	name_see(image, s, 0, mount, dentry, access);
	return names_verdict(image, s, hook, only_refuse);
}

/* The old name, then what happens to the new one. */
static __always_inline int check_rename(const struct path *old_dir, const struct dentry *old_dentry,
					const struct path *new_dir, const struct dentry *new_dentry, __u32 flags)
{
	__u32 old_access = 1u << GUARD_ACCESS_RENAME;
	__u32 new_access = GUARD_CREATES;
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!names_begin(GUARD_HOOK_RENAME, &image, &s, &result))
		return result;
	if (flags & RENAME_EXCHANGE) {
		/* Each gets the other's name, and each name another file. */
		old_access |= GUARD_CREATES;
		new_access |= 1u << GUARD_ACCESS_RENAME;
	} else if (address_of(new_dentry->d_inode)) {
		new_access |= GUARD_DELETES;
	}
	name_see_renamed(image, s, 0, old_dir->mnt, old_dentry, old_access);
	if (flags & RENAME_EXCHANGE)
		name_see_renamed(image, s, 1, new_dir->mnt, new_dentry, new_access);
	else
		name_see(image, s, 1, new_dir->mnt, new_dentry, new_access);
	return names_verdict(image, s, GUARD_HOOK_RENAME, false);
}

static __always_inline int check_link(const struct dentry *old_dentry, const struct path *new_dir,
				      const struct dentry *new_dentry)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!names_begin(GUARD_HOOK_LINK, &image, &s, &result))
		return result;
	/* Both are in one mount, or the kernel would not have got here. */
	name_see(image, s, 0, new_dir->mnt, old_dentry, 1u << GUARD_ACCESS_LINK);
	name_see(image, s, 1, new_dir->mnt, new_dentry, GUARD_CREATES);
	return names_verdict(image, s, GUARD_HOOK_LINK, false);
}

/* Also asked by an open that creates a file, which records what is only audited. */
static __always_inline int check_mknod(const struct path *dir, const struct dentry *dentry, __u32 mode)
{
	bool by_open = (mode & S_IFMT) == S_IFREG || !(mode & S_IFMT);
	__u32 access = GUARD_CREATES | (by_open ? mode_access(S_IFREG, mode) : 0);

	return check_name(GUARD_HOOK_MKNOD, dir->mnt, dentry, access, by_open);
}

static __always_inline int check_chmod(const struct path *path, __u32 mode)
{
	__u32 access = 1u << GUARD_ACCESS_CHMOD | mode_access(mode_of(path->dentry), mode);

	return check_name(GUARD_HOOK_CHMOD, path->mnt, path->dentry, access, false);
}

#endif
