// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one compiled unit: every attach point on one screen, in the order in which a process meets them. Logic is in
 * one header per subject. A verdict never depends on the ring buffer or on guardd.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "hook_descriptor.h"
#include "hook_exec.h"
#include "hook_file.h"
#include "hook_inode.h"
#include "hook_mapping.h"
#include "hook_covered.h"
#include "hook_mount.h"
#include "hook_name.h"
#include "hook_network.h"
#include "hook_operation.h"
#include "hook_process.h"
#include "hook_task.h"
#include "hook_traced.h"
#include "sweep.h"

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/task_alloc")
int BPF_PROG(task_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	return ret ? ret : inherit(task, clone_flags);
}

SEC("lsm/bprm_check_security")
int BPF_PROG(bprm_check_security, struct linux_binprm *bprm, int ret)
{
	return ret ? ret : check_exec(bprm);
}

/* Attached after the one that decides, and so run before it: see digest.h. */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(digest_exec, struct linux_binprm *bprm, int ret)
{
	return ret ? ret : prepare_exec(bprm);
}

SEC("lsm.s/bprm_committed_creds")
void BPF_PROG(bprm_committed_creds, struct linux_binprm *bprm)
{
	exec_committed(bprm);
}

SEC("lsm/file_open")
int BPF_PROG(file_open, struct file *file, int ret)
{
	return ret ? ret : check_open(file);
}

SEC("lsm/file_receive")
int BPF_PROG(file_receive, struct file *file, int ret)
{
	return ret ? ret : check_receive(file);
}

SEC("lsm/mmap_file")
int BPF_PROG(mmap_file, struct file *file, unsigned long asked, unsigned long protection, unsigned long flags, int ret)
{
	return ret ? ret : check_mmap(file, protection);
}

SEC("lsm.s/mmap_file")
int BPF_PROG(digest_mmap, struct file *file, unsigned long asked, unsigned long protection, unsigned long flags,
	     int ret)
{
	return ret ? ret : prepare_mmap(file, protection);
}

SEC("lsm/file_mprotect")
int BPF_PROG(file_mprotect, struct vm_area_struct *vma, unsigned long asked, unsigned long protection, int ret)
{
	return ret ? ret : check_mprotect(vma, protection);
}

SEC("lsm/path_unlink")
int BPF_PROG(path_unlink, const struct path *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : check_name(GUARD_HOOK_UNLINK, dir->mnt, dentry, GUARD_DELETES, false);
}

SEC("lsm/path_rmdir")
int BPF_PROG(path_rmdir, const struct path *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : check_name(GUARD_HOOK_RMDIR, dir->mnt, dentry, GUARD_DELETES, false);
}

SEC("lsm/path_rename")
int BPF_PROG(path_rename, const struct path *old_dir, struct dentry *old_dentry, const struct path *new_dir,
	     struct dentry *new_dentry, unsigned int flags, int ret)
{
	return ret ? ret : check_rename(old_dir, old_dentry, new_dir, new_dentry, flags);
}

SEC("lsm/path_link")
int BPF_PROG(path_link, struct dentry *old_dentry, const struct path *new_dir, struct dentry *new_dentry, int ret)
{
	return ret ? ret : check_link(old_dentry, new_dir, new_dentry);
}

SEC("lsm/path_symlink")
int BPF_PROG(path_symlink, const struct path *dir, struct dentry *dentry, const char *old_name, int ret)
{
	return ret ? ret : check_name(GUARD_HOOK_SYMLINK, dir->mnt, dentry, GUARD_CREATES, false);
}

SEC("lsm/path_mkdir")
int BPF_PROG(path_mkdir, const struct path *dir, struct dentry *dentry, unsigned short mode, int ret)
{
	return ret ? ret : check_name(GUARD_HOOK_MKDIR, dir->mnt, dentry, GUARD_CREATES, false);
}

SEC("lsm/path_mknod")
int BPF_PROG(path_mknod, const struct path *dir, struct dentry *dentry, unsigned short mode, unsigned int device,
	     int ret)
{
	return ret ? ret : check_mknod(dir, dentry, mode);
}

SEC("lsm/path_truncate")
int BPF_PROG(path_truncate, const struct path *path, int ret)
{
	return ret ? ret : check_name(GUARD_HOOK_TRUNCATE, path->mnt, path->dentry, GUARD_TRUNCATES, false);
}

/* ftruncate, and O_TRUNC once the open was decided about. */
SEC("?lsm/file_truncate")
int BPF_PROG(file_truncate, struct file *file, int ret)
{
	return ret ? ret
		   : check_name(GUARD_HOOK_FILE_TRUNCATE, file->f_path.mnt, file->f_path.dentry, GUARD_TRUNCATES,
				false);
}

SEC("lsm/path_chmod")
int BPF_PROG(path_chmod, const struct path *path, unsigned short mode, int ret)
{
	return ret ? ret : check_chmod(path, mode);
}

SEC("lsm/path_chown")
int BPF_PROG(path_chown, const struct path *path, __u64 uid, __u64 gid, int ret)
{
	return ret ? ret : check_name(GUARD_HOOK_CHOWN, path->mnt, path->dentry, 1u << GUARD_ACCESS_CHOWN, false);
}

SEC("lsm/socket_connect")
int BPF_PROG(socket_connect, struct socket *sock, struct sockaddr *address, int length, int ret)
{
	return ret ? ret : check_connect(sock, address, length);
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(socket_sendmsg, struct socket *sock, struct msghdr *msg, int size, int ret)
{
	return ret ? ret : check_send(sock, msg);
}

SEC("lsm/socket_bind")
int BPF_PROG(socket_bind, struct socket *sock, struct sockaddr *address, int length, int ret)
{
	return ret ? ret : check_bind(sock, address, length);
}

SEC("lsm/socket_listen")
int BPF_PROG(socket_listen, struct socket *sock, int backlog, int ret)
{
	return ret ? ret : check_listen(sock);
}

SEC("lsm/socket_create")
int BPF_PROG(socket_create, int family, int type, int protocol, int by_kernel, int ret)
{
	return ret || by_kernel ? ret : check_create(family, type, protocol);
}

SEC("lsm/inode_unlink")
int BPF_PROG(inode_unlink, struct inode *directory, struct dentry *dentry, int ret)
{
	return ret ? ret : check_inode_again(GUARD_HOOK_INODE_UNLINK, dentry, GUARD_DELETES);
}

SEC("lsm/inode_rename")
int BPF_PROG(inode_rename, struct inode *old_directory, struct dentry *old_dentry, struct inode *new_directory,
	     struct dentry *new_dentry, int ret)
{
	return ret ? ret : check_inode_rename(old_dentry, new_dentry);
}

SEC("lsm/inode_link")
int BPF_PROG(inode_link, struct dentry *old_dentry, struct inode *directory, struct dentry *new_dentry, int ret)
{
	return ret ? ret : check_inode_again(GUARD_HOOK_INODE_LINK, old_dentry, 1u << GUARD_ACCESS_LINK);
}

/* From 6.2 on the mount's mapping of ids comes first. The other reading is dead code to the verifier. */
SEC("lsm/inode_setattr")
int inode_setattr(unsigned long long *ctx)
{
	if (bpf_core_type_exists(struct mnt_idmap))
		return (int)ctx[3] ? (int)ctx[3] : check_setattr((struct dentry *)ctx[1], (struct iattr *)ctx[2]);
	return (int)ctx[2] ? (int)ctx[2] : check_setattr((struct dentry *)ctx[0], (struct iattr *)ctx[1]);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(inode_setxattr, void *mapping, struct dentry *dentry, const char *name, const void *value, __u64 size,
	     int flags, int ret)
{
	return ret ? ret : check_set_xattr(GUARD_HOOK_SETXATTR, dentry, name);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(inode_removexattr, void *mapping, struct dentry *dentry, const char *name, int ret)
{
	return ret ? ret : check_remove_xattr(GUARD_HOOK_REMOVEXATTR, dentry, name);
}

/* Loaded where the kernel has these hooks. */
SEC("?lsm/inode_set_acl")
int BPF_PROG(inode_set_acl, void *mapping, struct dentry *dentry, const char *name, void *acl, int ret)
{
	return ret ? ret : check_set_xattr(GUARD_HOOK_SET_ACL, dentry, name);
}

SEC("?lsm/inode_remove_acl")
int BPF_PROG(inode_remove_acl, void *mapping, struct dentry *dentry, const char *name, int ret)
{
	return ret ? ret : check_remove_xattr(GUARD_HOOK_REMOVE_ACL, dentry, name);
}

SEC("lsm/kernel_read_file")
int BPF_PROG(kernel_read_file, struct file *file, __u32 id, bool contents, int ret)
{
	return ret ? ret : check_read_file(file, id);
}

SEC("lsm/kernel_load_data")
int BPF_PROG(kernel_load_data, __u32 id, bool contents, int ret)
{
	return ret ? ret : check_load_data(id);
}

SEC("lsm/sb_mount")
int BPF_PROG(sb_mount, const char *source, const struct path *path, const char *type, unsigned long flags, void *data,
	     int ret)
{
	return ret ? ret : check_mount(source, path, type, flags);
}

SEC("lsm/move_mount")
int BPF_PROG(move_mount, const struct path *from, const struct path *to, int ret)
{
	return ret ? ret : check_move_mount(from, to);
}

SEC("lsm/sb_mount")
int BPF_PROG(mounted_over, const char *source, const struct path *path, const char *type, unsigned long flags,
	     void *data, int ret)
{
	return ret ? ret : check_mounted_over(path, flags);
}

SEC("lsm/move_mount")
int BPF_PROG(moved_over, const struct path *from, const struct path *to, int ret)
{
	return ret ? ret : check_moved_over(from, to);
}

SEC("lsm/sb_umount")
int BPF_PROG(sb_umount, struct vfsmount *mount, int flags, int ret)
{
	return ret ? ret : check_umount(mount);
}

SEC("lsm/sb_remount")
int BPF_PROG(sb_remount, struct super_block *sb, void *options, int ret)
{
	return ret ? ret : check_remount(sb);
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(sb_pivotroot, const struct path *old_path, const struct path *new_path, int ret)
{
	return ret ? ret : check_pivot_root(old_path, new_path);
}

/* Newer kernels have one argument more: what is passed on as `ret` here is not looked at there. */
SEC("lsm/bpf")
int BPF_PROG(bpf_command, int command, void *attributes, unsigned int size)
{
	return check_operation(GUARD_HOOK_BPF, GUARD_OPERATION_BPF, command);
}

SEC("lsm/userns_create")
int BPF_PROG(userns_create, const struct cred *cred, int ret)
{
	return ret ? ret : check_operation(GUARD_HOOK_USER_NAMESPACE, GUARD_OPERATION_NAMESPACE, 0);
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(ptrace_access_check, struct task_struct *target, unsigned int mode, int ret)
{
	return ret ? ret : check_ptrace(target, mode);
}

SEC("lsm/ptrace_traceme")
int BPF_PROG(ptrace_traceme, struct task_struct *parent, int ret)
{
	return ret ? ret
		   : check_process(GUARD_HOOK_TRACEME, GUARD_OPERATION_ACCESS, GUARD_PROCESS_TRACEME, parent, false);
}

/* Of a program that is run under a tracer, who asks nobody again. */
SEC("lsm/bprm_check_security")
int BPF_PROG(exec_traced, struct linux_binprm *bprm, int ret)
{
	return ret ? ret : check_traced(bprm);
}

SEC("lsm/task_kill")
int BPF_PROG(task_kill, struct task_struct *target, void *info, int signal, const struct cred *behalf, int ret)
{
	return ret ? ret : check_signal(target, signal, behalf);
}

/* Signals that a descriptor is told to send. */
SEC("lsm/file_fcntl")
int BPF_PROG(file_fcntl, struct file *file, unsigned int command, unsigned long argument, int ret)
{
	return ret ? ret : check_fcntl(file, command, argument);
}

SEC("lsm/file_ioctl")
int BPF_PROG(file_ioctl, struct file *file, unsigned int command, unsigned long argument, int ret)
{
	return ret ? ret : check_ioctl(file, command);
}

/* Of programs of 32 bits, where the kernel asks for them apart. */
SEC("?lsm/file_ioctl_compat")
int BPF_PROG(file_ioctl_compat, struct file *file, unsigned int command, unsigned long argument, int ret)
{
	return ret ? ret : check_ioctl(file, command);
}

SEC("lsm/task_fix_setuid")
int BPF_PROG(task_fix_setuid, struct cred *new, const struct cred *old, int flags, int ret)
{
	return ret ? ret
		   : check_credentials(GUARD_HOOK_SETUID, GUARD_CREDENTIALS_USER,
				       flags == LSM_SETID_FS ? new->fsuid.val : new->euid.val);
}

SEC("lsm/task_fix_setgid")
int BPF_PROG(task_fix_setgid, struct cred *new, const struct cred *old, int flags, int ret)
{
	return ret ? ret
		   : check_credentials(GUARD_HOOK_SETGID, GUARD_CREDENTIALS_GROUP,
				       flags == LSM_SETID_FS ? new->fsgid.val : new->egid.val);
}

SEC("lsm/task_fix_setgroups")
int BPF_PROG(task_fix_setgroups, struct cred *new, const struct cred *old, int ret)
{
	return ret ? ret : check_credentials(GUARD_HOOK_SETGROUPS, GUARD_CREDENTIALS_GROUPS, 0);
}

/* The two that say which credentials are lent. The first is there where the kernel has io_uring. */
SEC("?lsm/uring_override_creds")
int BPF_PROG(uring_override_creds, const struct cred *cred, int ret)
{
	return ret ? ret : lend(cred);
}

SEC("lsm/cred_free")
void BPF_PROG(cred_free, struct cred *cred)
{
	lent_no_more(cred);
}

/*
 * Attached only while the policy in force has rules about capabilities: the kernel comes here on many system calls of root.
 * Behind the kernel's own answer: what a process has not is not asked about.
 */
SEC("lsm/capable")
int BPF_PROG(capable, const struct cred *cred, void *over, int capability, unsigned int options, int ret)
{
	return ret ? ret : check_capability(cred, capability, options);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit, struct task_struct *task)
{
	ended(task);
	return 0;
}

SEC("lsm/task_free")
void BPF_PROG(task_free, struct task_struct *task)
{
	forget(task);
}

/* Read by guardd after task_alloc is attached, until a pass seeds nobody. A line with 1 for each that was new. */
SEC("iter/task")
int iter_seed(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	static const char one[] = "1\n";

	if (task && seed(task))
		bpf_seq_write(ctx->meta->seq, one, sizeof(one) - 1);
	return 0;
}

/* Read by guardd before a push, which holds open what the policy names: each of its files, as the kernel knows it. */
SEC("iter/task_file")
int iter_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (task && file && file_is_of_guardd(task))
		tell_identity(ctx->meta->seq, ctx->fd, file);
	return 0;
}

/* Read by guardd after a push, until a pass finds nobody to be renewed: only then the push is reported. */
SEC("iter/task")
int iter_renew(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	static const char one[] = "1\n";

	if (task && renew(task))
		bpf_seq_write(ctx->meta->seq, one, sizeof(one) - 1);
	return 0;
}

/* Read by guardd after that: who has a file open that the policy would refuse to open now. */
SEC("iter/task_file")
int iter_open_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (task && file)
		sweep_file(ctx->meta->seq, task, ctx->fd, file);
	return 0;
}

/* The same of what is mapped for execution. */
SEC("iter/task_vma")
int iter_mapped_files(struct bpf_iter__task_vma *ctx)
{
	struct task_struct *task = ctx->task;
	struct vm_area_struct *vma = ctx->vma;

	if (task && vma)
		sweep_mapping(ctx->meta->seq, task, vma);
	return 0;
}
