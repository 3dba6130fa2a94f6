/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel structures that the programs read, with the fields they read and no others. libbpf relocates every
 * access to the running kernel (CO-RE), so the order and the gaps here mean nothing.
 */
#ifndef GUARD_KERNEL_TYPES_H
#define GUARD_KERNEL_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

#define true 1
#define false 0
#define NULL ((void *)0)

enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_INODE_STORAGE = 28,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_F_NO_PREALLOC = 1,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};

/* include/uapi/linux/bpf.h: opaque, 16 bytes */
struct bpf_dynptr {
	__u64 opaque[2];
} __attribute__((aligned(8)));

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct qstr {
	__u32 hash;
	__u32 len;
	const unsigned char *name;
};

struct unicode_map;

struct list_head {
	struct list_head *next;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	__u32 s_dev;
	struct dentry *s_root;
	struct list_head s_mounts; /* of mnt_instance */
	unsigned long s_magic;
	__u32 s_time_gran;
	struct file_system_type *s_type;
};

/* With CONFIG_UNICODE. */
struct super_block___unicode {
	struct unicode_map *s_encoding;
};

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
};

struct inode {
	unsigned short i_mode;
	unsigned int i_flags;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	struct timespec64 i_ctime; /* up to 6.5 */
	__u32 i_generation;
	kuid_t i_uid;
	__s64 i_size;
	struct {
		int counter;
	} i_writecount;
};

/* 6.6 to 6.10 */
struct inode___hidden {
	struct timespec64 __i_ctime;
};

/* From 6.11 on */
struct inode___split {
	__s64 i_ctime_sec;
	__u32 i_ctime_nsec;
};

struct seqcount {
	unsigned int sequence;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[32]; /* of short names; 40 from 6.8 on */
	struct super_block *d_sb;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
};

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
	__u64 seq;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
	__u64 id;
};

/* From 6.15 on */
struct kernfs_node___shared {
	struct kernfs_node *__parent;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_instance; /* up to 6.17 */
	struct mnt_namespace *mnt_ns;
};

/* From 6.2 on, and the first argument of what asks about inodes since. */
struct mnt_idmap {
};

struct iattr {
	unsigned int ia_valid;
	unsigned short ia_mode;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	__u32 f_mode;
	__u32 f_flags;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
	PIDTYPE_PGID,
};

/* To whom a file sends signals, and which. */
struct fown_struct {
	struct pid *pid;
	enum pid_type pid_type;
	int signum;
};

/* Up to 6.11 */
struct file___owned {
	struct fown_struct f_owner;
};

/* From 6.12 on; NULL: nobody has asked for any. */
struct file___owner {
	struct fown_struct *f_owner;
};

/* From 6.5 on: a file below an overlay, and the path by which it was opened there. */
struct backing_file {
	struct path user_path;
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct file *vm_file;
};

struct mm_struct {
	void *pgd;
	struct file *exe_file;
};

struct fs_struct {
	struct path pwd;
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
};

struct bpf_map {
	__u32 id;
};

struct task_struct {
	__u32 flags;
	int pid;
	int tgid;
	int exit_code;
	unsigned int ptrace;
	struct task_struct *real_parent;
	struct task_struct *parent; /* who traces it, if somebody does */
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct hlist_node pid_links[1];
	__u64 start_boottime;
	struct mm_struct *mm;
	const struct cred *real_cred;
	const struct cred *cred;
	struct fs_struct *fs;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	kuid_t loginuid;
	__u32 sessionid;
	unsigned int in_execve : 1;
	char comm[16];
};

struct xarray {
	void *xa_head;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct idr {
	struct xarray idr_rt;
};

struct pt_regs {
	unsigned long orig_ax;
};

struct pid_namespace {
	struct idr idr;
	struct task_struct *child_reaper;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct hlist_head tasks[1]; /* the first: the thread that has it */
	struct upid numbers[1];
};

struct linux_binprm {
	struct mm_struct *mm;
	unsigned long p;
	struct file *file;
	int argc;
	const char *filename;
	const char *interp;
	int unsafe;
	unsigned long exec;
	char buf[256]; /* BINPRM_BUF_SIZE: how `file` begins */
};

struct in6_addr {
	union {
		__be32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__be32 skc_rcv_saddr;
	__u16 skc_num;
	unsigned short skc_family;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
};

struct inet_sock {
	struct sock sk;
	__be32 inet_saddr;
};

struct socket {
	struct sock *sk;
};

struct sockaddr {
	unsigned short sa_family;
};

struct msghdr {
	void *msg_name;
	int msg_namelen;
	unsigned int msg_flags;
};

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

enum kernel_read_file_id {
	READING_MODULE = 2,
	READING_KEXEC_IMAGE = 3,
	READING_KEXEC_INITRAMFS = 4,
};

enum kernel_load_data_id {
	LOADING_MODULE = 2,
	LOADING_KEXEC_IMAGE = 3,
	LOADING_KEXEC_INITRAMFS = 4,
};

#pragma clang attribute pop

/* include/linux/fs.h, include/uapi/asm-generic/fcntl.h */
#define FMODE_READ 0x1u
#define FMODE_WRITE 0x2u
#define FMODE_EXEC 0x20u
#define FMODE_PATH 0x4000u
#define FMODE_CREATED 0x100000u
#define FMODE_BACKING (0x2000000u | 0x1000000u)
#define S_IFREG 0100000u
#define S_ISUID 04000u
#define S_ISGID 02000u
#define S_IXGRP 010u
#define S_IXUGO 0111u
#define RENAME_EXCHANGE 2u
#define O_TRUNC 01000u
#define O_APPEND 02000u
#define F_SETOWN 8u
#define F_SETSIG 10u
#define F_SETOWN_EX 15u
/* include/uapi/asm-generic/sockios.h */
#define FIOSETOWN 0x8901u
#define SIOCSPGRP 0x8902u
/* include/uapi/linux/magic.h */
#define EXT4_SUPER_MAGIC 0xef53
#define XFS_SUPER_MAGIC 0x58465342
#define TMPFS_MAGIC 0x01021994
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define BTRFS_SUPER_MAGIC 0x9123683E
#define SQUASHFS_MAGIC 0x73717368
#define EROFS_SUPER_MAGIC_V1 0xE0F5E1E2
#define MSDOS_SUPER_MAGIC 0x4d44
#define ISOFS_SUPER_MAGIC 0x9660
/* include/uapi/asm-generic/mman-common.h, include/linux/mm.h */
#define PROT_EXEC 4u
#define VM_EXEC 4u
/* include/linux/fs.h */
#define ATTR_MODE 0x1u
#define ATTR_UID 0x2u
#define ATTR_GID 0x4u
#define ATTR_SIZE 0x8u
#define ATTR_ATIME 0x10u
#define ATTR_MTIME 0x20u
/* include/linux/mount.h */
#define MNT_NOSUID 0x01
#define MNT_SHARED 0x1000
#define MNT_INTERNAL 0x4000
/* include/uapi/linux/mount.h */
#define MS_REMOUNT 32ul
#define MS_BIND 4096ul
#define MS_MOVE 8192ul
#define MS_UNBINDABLE (1ul << 17)
#define MS_PRIVATE (1ul << 18)
#define MS_SLAVE (1ul << 19)
#define MS_SHARED (1ul << 20)
/* include/linux/ptrace.h */
#define PTRACE_MODE_ATTACH 2u
#define PTRACE_MODE_NOAUDIT 4u
/* include/uapi/linux/sched.h */
#define CLONE_THREAD 0x00010000ul
/* include/linux/sched.h */
#define PF_IO_WORKER 0x00000010u
#define PF_KTHREAD 0x00200000u
/* include/linux/security.h */
#define CAP_OPT_NOAUDIT 2u
#define LSM_UNSAFE_PTRACE 2
#define LSM_SETID_FS 8

/* include/uapi/asm-generic/signal.h */
#define SIGKILL 9
#define SIGIO 29

#define EPERM 1
#define EAGAIN 11

#endif
