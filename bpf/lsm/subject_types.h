/* SPDX-License-Identifier: GPL-2.0-only */
/* What is kept with each thread. Private to the programs: guardd never reads it. */
#ifndef GUARD_SUBJECT_TYPES_H
#define GUARD_SUBJECT_TYPES_H

#include "abi.h"

struct guard_subject {
	__u64 generation; /* that the atoms belong to; 0 = none yet */
	__u64 exec_id;	  /* 0: runs since before Guard */
	__u64 parent_exec_id;
	__u32 flags; /* GUARD_SUBJECT_* */
	__u32 tgid;  /* of the process that exec'ed: others with this subject are its forks and threads */
	__u16 own_count;
	__u16 as_parent_count; /* what holds for its children's ParentImage */
	__u16 parent_count;
	__u16 ancestor_count;
	__u16 image_length;
	__u16 invoked_length;
	__u16 parent_image_length;
	__u16 parent_invoked_length;
	__u16 own[GUARD_SUBJECT_ATOMS_MAX];
	__u16 as_parent[GUARD_SUBJECT_ATOMS_MAX];
	__u16 parent[GUARD_SUBJECT_ATOMS_MAX];
	__u16 ancestor[GUARD_SUBJECT_ATOMS_MAX];
	__u8 image[GUARD_SUBJECT_IMAGE_MAX];
	__u8 invoked[GUARD_SUBJECT_INVOKED_MAX];
	__u8 parent_image[GUARD_SUBJECT_IMAGE_MAX];
	__u8 parent_invoked[GUARD_SUBJECT_INVOKED_MAX];
};

#endif
