/* SPDX-License-Identifier: GPL-2.0-only */
/* Digests between the programs, see digest.h. guardd never reads them. */
#ifndef GUARD_DIGEST_TYPES_H
#define GUARD_DIGEST_TYPES_H

#include "abi.h"

#define GUARD_DIGEST_BYTES 32u

/* One state of the contents of a file. */
struct guard_digest_state {
	__u64 ctime; /* as file_ctime gives it */
	__u64 size;  /* bytes */
};

/* What is remembered with an inode; odd sequence: somebody writes there. */
struct guard_digest {
	__u32 sequence;
	__u32 pad;
	struct guard_digest_state state; /* ctime 0: nothing */
	__u8 sha256[GUARD_DIGEST_BYTES];
};

/* What was found for a task in the call that it is in. */
struct guard_digest_now {
	__u64 file;	  /* address of the struct file that was asked about */
	__u64 generation; /* of the policy that asked */
	__u32 outcome;	  /* GUARD_DIGEST_* */
	__u32 pad;
	__u8 sha256[GUARD_DIGEST_BYTES];
};

#endif
