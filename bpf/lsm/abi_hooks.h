/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of abi.h that numbers hooks, as counters and events have them, and why the engine failed to decide. */
#ifndef GUARD_ABI_HOOKS_H
#define GUARD_ABI_HOOKS_H

#define GUARD_HOOK_EXEC 0u	      /* lsm/bprm_check_security */
#define GUARD_HOOK_FILE_OPEN 1u	      /* lsm/file_open */
#define GUARD_HOOK_TASK_ALLOC 2u      /* lsm/task_alloc */
#define GUARD_HOOK_EXEC_COMMITTED 3u  /* lsm.s/bprm_committed_creds */
#define GUARD_HOOK_EXIT 4u	      /* tp_btf/sched_process_exit */
#define GUARD_HOOK_CONNECT 8u	      /* lsm/socket_connect */
#define GUARD_HOOK_SENDMSG 9u	      /* lsm/socket_sendmsg */
#define GUARD_HOOK_BIND 10u	      /* lsm/socket_bind */
#define GUARD_HOOK_LISTEN 11u	      /* lsm/socket_listen */
#define GUARD_HOOK_SOCKET_CREATE 12u  /* lsm/socket_create */
#define GUARD_HOOK_FILE_RECEIVE 13u   /* lsm/file_receive */
#define GUARD_HOOK_UNLINK 16u	      /* lsm/path_unlink */
#define GUARD_HOOK_RMDIR 17u	      /* lsm/path_rmdir */
#define GUARD_HOOK_RENAME 18u	      /* lsm/path_rename */
#define GUARD_HOOK_LINK 19u	      /* lsm/path_link */
#define GUARD_HOOK_SYMLINK 20u	      /* lsm/path_symlink */
#define GUARD_HOOK_MKDIR 21u	      /* lsm/path_mkdir */
#define GUARD_HOOK_MKNOD 22u	      /* lsm/path_mknod */
#define GUARD_HOOK_TRUNCATE 23u	      /* lsm/path_truncate */
#define GUARD_HOOK_CHMOD 24u	      /* lsm/path_chmod */
#define GUARD_HOOK_CHOWN 25u	      /* lsm/path_chown */
#define GUARD_HOOK_MMAP 26u	      /* lsm/mmap_file */
#define GUARD_HOOK_MPROTECT 27u	      /* lsm/file_mprotect */
#define GUARD_HOOK_INODE_UNLINK 28u   /* lsm/inode_unlink */
#define GUARD_HOOK_INODE_RENAME 29u   /* lsm/inode_rename */
#define GUARD_HOOK_INODE_LINK 30u     /* lsm/inode_link */
#define GUARD_HOOK_INODE_SETATTR 31u  /* lsm/inode_setattr */
#define GUARD_HOOK_SETXATTR 48u	      /* lsm/inode_setxattr */
#define GUARD_HOOK_REMOVEXATTR 49u    /* lsm/inode_removexattr */
#define GUARD_HOOK_SET_ACL 50u	      /* lsm/inode_set_acl, from 6.2 on; before, inode_setxattr */
#define GUARD_HOOK_REMOVE_ACL 51u     /* lsm/inode_remove_acl, from 6.2 on; before, inode_removexattr */
#define GUARD_HOOK_READ_FILE 32u      /* lsm/kernel_read_file */
#define GUARD_HOOK_LOAD_DATA 33u      /* lsm/kernel_load_data */
#define GUARD_HOOK_MOUNT 34u	      /* lsm/sb_mount */
#define GUARD_HOOK_MOVE_MOUNT 35u     /* lsm/move_mount */
#define GUARD_HOOK_UMOUNT 36u	      /* lsm/sb_umount */
#define GUARD_HOOK_PIVOT_ROOT 37u     /* lsm/sb_pivotroot */
#define GUARD_HOOK_BPF 38u	      /* lsm/bpf */
#define GUARD_HOOK_USER_NAMESPACE 39u /* lsm/userns_create */
#define GUARD_HOOK_PTRACE 40u	      /* lsm/ptrace_access_check */
#define GUARD_HOOK_TRACEME 41u	      /* lsm/ptrace_traceme */
#define GUARD_HOOK_SIGNAL 42u	      /* lsm/task_kill */
#define GUARD_HOOK_SETUID 43u	      /* lsm/task_fix_setuid */
#define GUARD_HOOK_SETGID 44u	      /* lsm/task_fix_setgid */
#define GUARD_HOOK_SETGROUPS 45u      /* lsm/task_fix_setgroups */
#define GUARD_HOOK_CAPABLE 46u	      /* lsm/capable, attached where a policy asks for it */
#define GUARD_HOOK_FILE_TRUNCATE 47u  /* lsm/file_truncate, from 6.2 on; before, path_truncate */
#define GUARD_HOOK_FCNTL 52u	      /* lsm/file_fcntl */
#define GUARD_HOOK_IOCTL 53u	      /* lsm/file_ioctl, and where the kernel has it file_ioctl_compat */
#define GUARD_HOOK_REMOUNT 54u	      /* lsm/sb_remount */
#define GUARD_HOOK_EXEC_TRACED 55u    /* lsm/bprm_check_security, of a process that is traced */
#define GUARD_HOOK_MOUNTED_OVER 56u   /* lsm/sb_mount, for rules about files */
#define GUARD_HOOK_MOVED_OVER 57u     /* lsm/move_mount, for rules about files */
#define GUARD_HOOKS 64u

#define GUARD_REASON_NONE 0u
#define GUARD_REASON_NO_IMAGE 1u	 /* no generation is installed */
#define GUARD_REASON_NO_SCRATCH 2u	 /* neither a slot nor the table had room */
#define GUARD_REASON_NO_SUBJECT 3u	 /* the process is not known and could not be made known */
#define GUARD_REASON_TOO_MANY_MATCHES 4u /* more than GUARD_MATCHES_MAX atoms held */
#define GUARD_REASON_TOO_MANY_RULES 5u	 /* more than GUARD_EVALUATIONS_MAX rules were triggered */
#define GUARD_REASON_BAD_IMAGE 6u	 /* a table points where it must not */
#define GUARD_REASON_SUBJECT_OVERFLOW 7u /* more than GUARD_SUBJECT_ATOMS_MAX atoms hold for the process */
#define GUARD_REASON_INHERIT 8u		 /* a child could not be given its parent's bits */
#define GUARD_REASON_NOT_KILLED 9u	 /* the verdict was to kill, and the kernel would not */
#define GUARD_REASON_SCRIPT_UNREAD 10u	 /* a script whose arguments were swapped out was refused, whatever they say */
#define GUARD_REASONS 16u

#endif
