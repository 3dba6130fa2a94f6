/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that a process maps for execution: libraries, and programs that it runs without execve (`ld.so PROGRAM`,
 * or a loader of its own), or has the kernel map as the ELF interpreter of another (PT_INTERP). The program that the
 * kernel maps for an exec was decided as an exec. Two kinds of rules are asked,
 * each a decision of its own: what process_creation says of the file as a program (GUARD_CATEGORY_MAPPED), and
 * image_load. Memory without a file has no name that a rule could speak of.
 */
#ifndef GUARD_HOOK_MAPPING_H
#define GUARD_HOOK_MAPPING_H

#include "digest.h"
#include "hook_file.h"

/* The kernel maps the program itself: mm->exe_file is that already (begin_new_exec, fs/exec.c). */
static __always_inline bool mapping_is_of_exec(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct inode *inode = NULL;
	struct file *program = NULL;

	/* Gone from kernels behind those that Guard knows; there a program is asked about twice. */
	if (!bpf_core_field_exists(task->in_execve) || !BPF_CORE_READ_BITFIELD(task, in_execve))
		return false;
	READ(program, task->mm->exe_file);
	READ(inode, program->f_inode);
	return (__u64)inode == address_of(file->f_inode);
}

/* The mount is of no namespace (MNT_NS_INTERNAL, an error pointer), as those are that overlayfs clones for its layers. */
static __always_inline bool mount_is_of_layer(const struct vfsmount *shown)
{
	struct mount *mount = (struct mount *)mount_at(address_of(shown));
	struct mnt_namespace *namespace = NULL;

	READ(namespace, mount->mnt_ns);
	return (__u64) namespace >= (__u64)-4095;
}

/*
 * A file below an overlay, from 6.5 on: f_path is that of the layer, and the path by which it was opened is another. The
 * flag has had two values, each of which other kernels may use for something else; nothing else there is in such a mount.
 */
static __always_inline bool mapping_is_backing(const struct file *file)
{
	return bpf_core_type_exists(struct backing_file) && file->f_mode & FMODE_BACKING &&
	       mount_is_of_layer(file->f_path.mnt);
}

/* By what path the file was opened. */
static __always_inline void mapping_resolve(struct guard_scratch *s, struct file *file, bool other)
{
	struct path opened = {.mnt = file->f_path.mnt, .dentry = file->f_path.dentry};
	struct backing_file *backing = (struct backing_file *)file;

	if (mapping_is_backing(file))
		READ(opened, backing->user_path);
	if (other)
		other_name_at(s, (__u64)opened.dentry, (__u64)opened.mnt);
	path_resolve_at(s, opened.dentry, opened.mnt);
}

/* Nothing that either kind of rules says holds for the file in s->path and s->identity. */
static __always_inline bool mapping_is_unspoken(struct guard_image *image, struct guard_scratch *s)
{
	return file_is_unspoken(image, s, GUARD_CATEGORY_LOAD, GUARD_TEXT_IMAGE, GUARD_ROLE_LOADED | GUARD_ROLE_IMAGE);
}

static __always_inline int mapping_outcome(struct guard_image *image, struct guard_scratch *s, struct file *file,
					   __u32 category, __u32 hook)
{
	if (decision_failed(s))
		return on_engine_failure(image, hook, s->failure, category_of(image, category)->block_count);
	if (s->verdict != GUARD_VERDICT_ALLOW)
		file_record(s, hook, (__u64)file->f_inode, 1u << GUARD_ACCESS_MAP, image_header(image)->generation);
	return verdict_returned(s, hook);
}

static __always_inline bool mapping_asks_digest(const struct guard_image *image)
{
	return digest_is_asked(image, GUARD_CATEGORY_MAPPED) || digest_is_asked(image, GUARD_CATEGORY_LOAD);
}

static __always_inline int mapping_verdict(struct guard_image *image, struct guard_scratch *s, struct file *file,
					   const struct file_sight *sight, bool target_decides, __u32 hook)
{
	__u32 uid = effective_uid(), logon = bpf_get_current_task_btf()->loginuid.val;
	int result = 0;

	COUNT(decisions[hook]);
	mapping_resolve(s, file, true);
	identity_of_opened(s, address_of(file));
	if (target_decides && mapping_is_unspoken(image, s)) {
		/* It would be for all paths that lead to the file of the layer. */
		if (!mapping_is_backing(file))
			file_remember(s, file, sight, false);
		return 0;
	}
	subject_load(image, s);
	/* The subject went through the same memory. */
	mapping_resolve(s, file, false);
	identity_of_opened(s, address_of(file));
	/* For what is mapped already, nobody has made one in this call. */
	s->digest_offered = GUARD_DIGEST_UNKNOWN;
	if (hook == GUARD_HOOK_MMAP && mapping_asks_digest(image))
		digest_offer(image, s, address_of(file));
	if (category_of(image, GUARD_CATEGORY_MAPPED)->user_rules) {
		scope_load(image, s, GUARD_CATEGORY_MAPPED);
		mapped_decide(image, s, uid, logon);
		result = mapping_outcome(image, s, file, GUARD_CATEGORY_MAPPED, hook);
	}
	if (!result && category_of(image, GUARD_CATEGORY_LOAD)->user_rules) {
		scope_load(image, s, GUARD_CATEGORY_LOAD);
		load_decide(image, s, uid, logon);
		result = mapping_outcome(image, s, file, GUARD_CATEGORY_LOAD, hook);
	}
	return result;
}

/* A category without rules leaves the answer to the other. */
static __always_inline bool mapping_is_by_target(const struct guard_category *category)
{
	return !category->user_rules || category->target_decides == GUARD_DECIDES_TARGET;
}

static __always_inline int check_mapping(struct guard_image *image, struct file *file, __u32 hook)
{
	const struct guard_category *load, *mapped;
	struct file_sight sight = {};
	struct guard_scratch *s;
	bool target_decides;
	int verdict;

	if (!image)
		return on_engine_failure(NULL, hook, GUARD_REASON_NO_IMAGE, true);
	load = category_of(image, GUARD_CATEGORY_LOAD);
	mapped = category_of(image, GUARD_CATEGORY_MAPPED);
	if ((!load->user_rules && !mapped->user_rules) || mapping_is_of_exec(file))
		return 0;
	target_decides = mapping_is_by_target(load) && mapping_is_by_target(mapped);
	if (target_decides && file_is_known(image, file, GUARD_SIGHT_MAPPING, &sight))
		return 0;
	s = scratch_take();
	if (!s)
		return on_engine_failure(image, hook, GUARD_REASON_NO_SCRATCH,
					 load->block_count || mapped->block_count);
	verdict = mapping_verdict(image, s, file, &sight, target_decides, hook);
	scratch_give(s);
	return verdict;
}

/* What was made for this decision is not left behind, however it ends. */
static __always_inline int check_new_mapping(struct file *file)
{
	struct guard_image *image = image_in_force();
	int verdict = check_mapping(image, file, GUARD_HOOK_MMAP);

	if (image)
		digest_done(image, address_of(bpf_get_current_task_btf()));
	return verdict;
}

/*
 * Memory without a file comes with NULL. Kernels whose verifier takes `file` for never NULL drop the comparison, so
 * that the argument is looked at as a number.
 */
static __always_inline bool maps_code_of(struct file *file, unsigned long protection)
{
	return protection & PROT_EXEC && address_of(file);
}

static __always_inline int prepare_mmap(struct file *file, unsigned long protection)
{
	struct guard_image *image;

	if (!maps_code_of(file, protection))
		return 0;
	image = image_in_force();
	if (image && mapping_asks_digest(image) && !mapping_is_of_exec(file))
		digest_prepare(image, file);
	return 0;
}

static __always_inline int check_mmap(struct file *file, unsigned long protection)
{
	return maps_code_of(file, protection) ? check_new_mapping(file) : 0;
}

static __always_inline int check_mprotect(struct vm_area_struct *vma, unsigned long protection)
{
	struct file *file = vma->vm_file;

	if (!(protection & PROT_EXEC) || vma->vm_flags & VM_EXEC || !file)
		return 0;
	return check_mapping(image_in_force(), file, GUARD_HOOK_MPROTECT);
}

#endif
