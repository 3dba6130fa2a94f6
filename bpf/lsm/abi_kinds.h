/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of abi.h that numbers what is done: kinds of access to a file, properties of a program that is run, operations that are on no file's name, those on sockets, digests. */
#ifndef GUARD_ABI_KINDS_H
#define GUARD_ABI_KINDS_H

/* Kinds of access to a file, as bits. */
#define GUARD_ACCESS_READ 0u
#define GUARD_ACCESS_WRITE 1u
#define GUARD_ACCESS_APPEND 2u
#define GUARD_ACCESS_CREATE 3u
#define GUARD_ACCESS_TRUNCATE 4u
#define GUARD_ACCESS_EXEC 5u
#define GUARD_ACCESS_DELETE 6u /* the name is taken away: unlink, rmdir, another file renamed over it */
#define GUARD_ACCESS_RENAME 7u /* the file gets another name */
#define GUARD_ACCESS_LINK 8u   /* the file gets one name more */
#define GUARD_ACCESS_CHMOD 9u
#define GUARD_ACCESS_CHOWN 10u
#define GUARD_ACCESS_XATTR 11u /* an extended attribute or an ACL is set or removed */
#define GUARD_ACCESS_TIMES 12u /* its times are set */
#define GUARD_ACCESS_MAP 13u   /* mapped for execution; only in events: rules have categories of their own for it */
#define GUARD_ACCESS_SETID 14u /* a file gets a mode with S_ISUID or S_ISGID, by a change of it or when it is made */
/* it gets one by which somebody may execute it, or an access ACL, which may be one */
#define GUARD_ACCESS_EXECUTABLE 15u
#define GUARD_ACCESSES 16u

/* Properties of the file of an exec, and of how it is run, as bits. */
#define GUARD_PROPERTY_MEMFD 0u	   /* in a mount of the kernel's own, as memfd_create(2) makes it */
#define GUARD_PROPERTY_UNLINKED 1u /* it has no name left */
#define GUARD_PROPERTY_SETUID 2u   /* its mode says so, and its mount does not ignore it */
#define GUARD_PROPERTY_SETGID 3u
#define GUARD_PROPERTY_SCRIPT 4u      /* it begins with #! */
#define GUARD_PROPERTY_INTERPRETER 5u /* it is run in order to run another file */
#define GUARD_PROPERTIES 16u	      /* as many as GUARD_ACCESSES: kinds_hold goes through either */

/* Operations that are neither on the name of a file nor on a socket; for each, what the lower bits of its number say. */
#define GUARD_OPERATION_MODULE 0u      /* driver_load: 0 from a file, 1 from memory */
#define GUARD_OPERATION_KEXEC 1u       /* kexec_load: the same */
#define GUARD_OPERATION_MOUNT 2u       /* mount: GUARD_MOUNT_* */
#define GUARD_OPERATION_BPF 3u	       /* bpf: command, as bpf(2) takes it */
#define GUARD_OPERATION_NAMESPACE 4u   /* namespace: 0, a user namespace is made */
#define GUARD_OPERATION_ACCESS 5u      /* process_access: GUARD_PROCESS_* */
#define GUARD_OPERATION_SIGNAL 6u      /* process_signal: number of the signal */
#define GUARD_OPERATION_CREDENTIALS 7u /* process_credentials: GUARD_CREDENTIALS_* */
#define GUARD_OPERATION_CAPABILITY 8u  /* capability_use: number of the capability, as in capabilities(7) */
#define GUARD_OPERATIONS 32u
#define GUARD_OPERATION_SHIFT 16u
/* Operations that have a file, a text of their own, a process that they act on, an uid that is to be. */
#define GUARD_OPERATIONS_ON_FILES                                                                                      \
	(1u << GUARD_OPERATION_MODULE | 1u << GUARD_OPERATION_KEXEC | 1u << GUARD_OPERATION_MOUNT)
#define GUARD_OPERATIONS_ON_OBJECTS (1u << GUARD_OPERATION_MOUNT)
#define GUARD_OPERATIONS_ON_PROCESSES (1u << GUARD_OPERATION_ACCESS | 1u << GUARD_OPERATION_SIGNAL)
#define GUARD_OPERATIONS_ON_UIDS (1u << GUARD_OPERATION_CREDENTIALS)

#define GUARD_MOUNT_NEW 0u /* a file system gets a place */
#define GUARD_MOUNT_BIND 1u
#define GUARD_MOUNT_MOVE 2u
#define GUARD_MOUNT_REMOUNT 3u
#define GUARD_MOUNT_PROPAGATION 4u
#define GUARD_MOUNT_UMOUNT 5u
#define GUARD_MOUNT_PIVOT 6u

#define GUARD_CREDENTIALS_USER 0u /* a process gives itself other uids */
#define GUARD_CREDENTIALS_GROUP 1u
#define GUARD_CREDENTIALS_GROUPS 2u /* supplementary ones: no single number */

#define GUARD_CAPABILITIES 64u /* room for */

#define GUARD_PROCESS_READ 0u	/* PTRACE_MODE_READ: what /proc shows of memory, descriptors, environment */
#define GUARD_PROCESS_ATTACH 1u /* PTRACE_MODE_ATTACH: ptrace(2), process_vm_writev(2), /proc/PID/mem, pidfd_getfd(2) */
#define GUARD_PROCESS_TRACEME 2u /* the process asks its parent to trace it */

/* Operations on sockets of IPv4 and IPv6. The first two have a destination, the next two an address of this host. */
#define GUARD_NETWORK_CONNECT 0u
#define GUARD_NETWORK_SEND 1u /* to an address that the call names: no connection was made for it */
#define GUARD_NETWORK_BIND 2u
#define GUARD_NETWORK_LISTEN 3u
#define GUARD_NETWORK_RAW 4u /* a raw or packet socket is made: no address */
#define GUARD_NETWORKS 5u

/* What came of asking for a digest. All but the first two leave it unknown. */
#define GUARD_DIGEST_MADE 0u
#define GUARD_DIGEST_REMEMBERED 1u
#define GUARD_DIGEST_REFUSED 2u	 /* the kernel made none, or none by SHA-256 */
#define GUARD_DIGEST_TOO_LONG 3u /* the file has more than GUARD_DIGEST_BYTES_MAX */
#define GUARD_DIGEST_WRITTEN 4u	 /* somebody has the file open for writing, or changed it meanwhile */
#define GUARD_DIGEST_NO_ROOM 5u	 /* it could not be handed on to the decision */
/* no regular file, or on a file system whose contents somebody may answer as he likes */
#define GUARD_DIGEST_ELSEWHERE 6u
#define GUARD_DIGESTS 8u

#endif
