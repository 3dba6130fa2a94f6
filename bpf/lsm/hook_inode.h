/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done to a file where the kernel knows no mount any more, and so no path: by the time that it asks here, it
 * has asked by the path (hook_name.h) about most operations. Two things are left.
 *
 * Operations that nobody asks about by a path: times, extended attributes, ACLs. They are decided by the path that the
 * file has in the process's namespace, below the mount of its whole file system; if there is none, the path is unknown.
 *
 * Operations that the kernel does in somebody else's name, below an overlay: the one that was asked about by a path was
 * the one above, on another file. Its credentials are those of the one who mounted it, by which it is told. Here only
 * files count that the policy names: a path below an overlay is nobody's name for a file.
 */
#ifndef GUARD_HOOK_INODE_H
#define GUARD_HOOK_INODE_H

#include "hook_name.h"

static __always_inline bool acts_for_another(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return address_of(task->cred) != address_of(task->real_cred);
}

/* The mount of the whole file system in the namespace of the process; 0: there is none, or it was not found. */
static __always_inline __u64 mount_of_dentry(const struct dentry *dentry)
{
	return mount_of_file_system(address_of(dentry->d_sb), current_mount_namespace());
}

/* By the name that was looked for; without one, by what file it is alone, and only if the policy names it. */
static __always_inline int inode_verdict(struct guard_image *image, struct guard_scratch *s, __u32 hook)
{
	bool nameless = !s->names[0].mount;

	if (nameless) {
		identity_again(s, 0);
		if (!identity_speaks(image, s))
			return 0;
	}
	return name_verdict(image, s, hook, 0, false);
}

static __always_inline int check_inode(__u32 hook, const struct dentry *dentry, __u32 access, bool has_name)
{
	struct guard_image *image;
	struct guard_scratch *s;
	int result;

	if (!address_of(dentry->d_inode))
		return 0;
	if (!names_begin(hook, &image, &s, &result))
		return result;
	name_add(s, 0, NULL, dentry, access);
	if (has_name)
		s->names[0].mount = mount_of_dentry(dentry);
	result = inode_verdict(image, s, hook);
	scratch_give(s);
	return result;
}

/* What was asked about by a path, but perhaps by that of another file. */
static __always_inline int check_inode_again(__u32 hook, const struct dentry *dentry, __u32 access)
{
	return acts_for_another() ? check_inode(hook, dentry, access, false) : 0;
}

/* What nobody was asked about. */
static __always_inline int check_inode_first(__u32 hook, const struct dentry *dentry, __u32 access)
{
	return check_inode(hook, dentry, access, !acts_for_another());
}

static __always_inline int check_inode_rename(const struct dentry *old_dentry, const struct dentry *new_dentry)
{
	int result = check_inode_again(GUARD_HOOK_INODE_RENAME, old_dentry, 1u << GUARD_ACCESS_RENAME);

	return result ? result : check_inode_again(GUARD_HOOK_INODE_RENAME, new_dentry, GUARD_DELETES);
}

/*
 * An access ACL is a mode with more to it: who sets one sets the mode as well, and may let somebody execute the file; who
 * removes one leaves the group what it allowed at most.
 */
static __noinline bool is_access_acl(__u64 name)
{
	static const char access_acl[] = "system.posix_acl_access";
	char read[sizeof(access_acl)] = {};

	bpf_probe_read_kernel_str(read, sizeof(read), (const void *)name);
	return !bpf_strncmp(read, sizeof(read), access_acl);
}

static __always_inline int check_set_xattr(__u32 hook, const struct dentry *dentry, const char *name)
{
	__u32 access = 1u << GUARD_ACCESS_XATTR;

	if (is_access_acl(address_of(name)))
		access |= 1u << GUARD_ACCESS_CHMOD | mode_access(mode_of(dentry), S_IXUGO);
	return check_inode_first(hook, dentry, access);
}

static __always_inline int check_remove_xattr(__u32 hook, const struct dentry *dentry, const char *name)
{
	__u32 access = 1u << GUARD_ACCESS_XATTR;

	if (is_access_acl(address_of(name)))
		access |= 1u << GUARD_ACCESS_CHMOD;
	return check_inode_first(hook, dentry, access);
}

/* What is changed at once; 0: nothing that is decided about. */
static __always_inline __u32 attributes_access(const struct dentry *dentry, const struct iattr *attributes)
{
	__u32 valid = attributes->ia_valid;
	__u32 access = 0;

	if (valid & ATTR_MODE)
		access |= 1u << GUARD_ACCESS_CHMOD | mode_access(mode_of(dentry), attributes->ia_mode);
	if (valid & (ATTR_UID | ATTR_GID))
		access |= 1u << GUARD_ACCESS_CHOWN;
	if (valid & ATTR_SIZE)
		access |= GUARD_TRUNCATES;
	return access;
}

/* Mode, owner and size were asked about by a path, times by nobody. One call, or the stack of the program is too deep. */
static __always_inline int check_setattr(const struct dentry *dentry, const struct iattr *attributes)
{
	__u32 access = attributes_access(dentry, attributes);
	bool for_another = acts_for_another();
	bool has_name = false;

	if (access) {
		if (!for_another)
			return 0;
	} else {
		if (!(attributes->ia_valid & (ATTR_ATIME | ATTR_MTIME)))
			return 0;
		access = 1u << GUARD_ACCESS_TIMES;
		has_name = !for_another;
	}
	return check_inode(GUARD_HOOK_INODE_SETATTR, dentry, access, has_name);
}

#endif
