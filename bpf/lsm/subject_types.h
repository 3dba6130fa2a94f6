/* SPDX-License-Identifier: GPL-2.0-only */
/* What is kept of each thread, and of each program that somebody runs or descends from. Private to the programs. */
#ifndef GUARD_SUBJECT_TYPES_H
#define GUARD_SUBJECT_TYPES_H

#include "abi.h"

/* What is not known completely of a process. */
#define GUARD_SUBJECT_IMAGE_UNKNOWN 16u
#define GUARD_SUBJECT_INVOKED_UNKNOWN 32u
#define GUARD_SUBJECT_PARENT_UNKNOWN 64u
#define GUARD_SUBJECT_COMMAND_UNKNOWN 256u
#define GUARD_SUBJECT_PARENT_COMMAND_UNKNOWN 512u
#define GUARD_SUBJECT_ANCESTOR_UNKNOWN 1024u
#define GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN 2048u
/* Of the process itself; of its ancestors; all that its parent's program leaves with it. */
#define GUARD_SUBJECT_OWN_UNKNOWN                                                                                      \
	(GUARD_SUBJECT_IMAGE_UNKNOWN | GUARD_SUBJECT_INVOKED_UNKNOWN | GUARD_SUBJECT_COMMAND_UNKNOWN)
#define GUARD_SUBJECT_ANCESTORS_UNKNOWN (GUARD_SUBJECT_ANCESTOR_UNKNOWN | GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN)
#define GUARD_SUBJECT_PARENTS_UNKNOWN (GUARD_SUBJECT_PARENT_UNKNOWN | GUARD_SUBJECT_PARENT_COMMAND_UNKNOWN)
#define GUARD_SUBJECT_LINEAGE_UNKNOWN (GUARD_SUBJECT_PARENTS_UNKNOWN | GUARD_SUBJECT_ANCESTORS_UNKNOWN)

/* Kept with the thread. Only the thread itself changes it, so that it needs no lock. */
struct guard_subject {
	__u64 generation;     /* that the lists belong to; 0 = to none, they are made anew before they are used */
	__u64 exec_id;	      /* the program that it runs: key of `programs` */
	__u64 parent_exec_id; /* the program that forked it; 0 = none */
	__u64 pending;	      /* the program of an exec that is under way; 0 = none */
	__u32 flags;	      /* GUARD_SUBJECT_*_UNKNOWN */
	__u32 tgid;	      /* of the process that exec'ed: others with this subject are its forks and threads */
	__u32 asker;	      /* effective uid of who asked for the exec that is under way */
	__u32 asker_group;    /* and his effective gid */
	__u32 deferred;	      /* its arguments were not in memory: it is decided when it can't fail any more */
	__u16 own_count;
	__u16 parent_count;
	__u16 ancestor_count;
	__u16 pad;
	__u32 pad2;
	__u16 own[GUARD_SUBJECT_ATOMS_MAX];
	__u16 parent[GUARD_SUBJECT_ATOMS_MAX];
	__u16 ancestor[GUARD_SUBJECT_ATOMS_MAX];
};

/* What a program's texts say in one generation. */
struct guard_program_atoms {
	__u64 generation; /* 0 = none yet */
	__u32 flags;	  /* GUARD_SUBJECT_*_UNKNOWN of who runs it: itself and its ancestors */
	__u32 gives;	  /* the same for whom it forks: their parent and their ancestors */
	__u16 own_count;
	__u16 as_parent_count;
	__u16 as_ancestor_count;
	__u16 ancestor_count;
	__u16 own[GUARD_SUBJECT_ATOMS_MAX];
	__u16 as_parent[GUARD_SUBJECT_ATOMS_MAX];   /* hold for its children */
	__u16 as_ancestor[GUARD_SUBJECT_ATOMS_MAX]; /* hold for all that descend from it */
	__u16 ancestor[GUARD_SUBJECT_ATOMS_MAX];    /* hold for it because of those above it */
};

/* Bits of guard_program.flags. */
#define GUARD_PROGRAM_IMAGE_CUT 1u /* longer than what is kept, or not known */
#define GUARD_PROGRAM_INVOKED_CUT 2u
#define GUARD_PROGRAM_COMMAND_CUT 4u
#define GUARD_PROGRAM_LINEAGE_CUT 8u /* it had a parent, which is not kept any more */
/* From here on what events say of its path: GUARD_EVENT_* */
#define GUARD_PROGRAM_EVENT_SHIFT 16u

/* Levels that are renewed in one round, and beyond twice which a line of programs is cut. */
#define GUARD_LINEAGE_MAX 64u

/*
 * One exec. Lives as long as a thread runs it or will, or a program that it forked is here. With its key and the
 * kernel's own 56 bytes it fills 2 KiB.
 */
struct guard_program {
	__u64 exec_id; /* its key: another number here means that the entry was freed and used again */
	__u64 parent_exec_id;
	__u32 holders;
	__u32 sequence; /* odd: `atoms` are being written */
	__u32 flags;	/* GUARD_PROGRAM_* */
	__u32 depth;	/* programs above it; may be too high after a cut */
	__u16 image_length;
	__u16 invoked_length;
	__u16 command_length;
	__u16 pad;
	__u64 inode; /* what it was executed from, see struct guard_identity */
	__u32 device;
	__u32 generation; /* 0: not known, or no identity */
	struct guard_program_atoms atoms;
	__u8 image[GUARD_SUBJECT_IMAGE_MAX];
	__u8 invoked[GUARD_SUBJECT_INVOKED_MAX];
	__u8 command[GUARD_SUBJECT_COMMAND_MAX];
};

/*
 * What the path of one cgroup says in one generation: a cell of the table `cgroups`, which the next cgroup that falls
 * into it overwrites.
 */
struct guard_cgroup {
	__u64 id; /* never used again while the kernel runs */
	__u64 generation;
	__u32 sequence; /* odd: the rest is being written */
	__u16 unknown;	/* its path is not known whole, or too many atoms hold */
	__u16 count;
	__u16 atoms[GUARD_SUBJECT_ATOMS_MAX];
};

struct guard_cgroups {
	struct guard_cgroup cells[1u << GUARD_CGROUPS_BITS];
};

struct guard_learned {
	__u64 orphans;	/* not 0: `orphans` was used, so that it has to be asked */
	__u64 owner;	/* the address by which a task's list of storages names `subjects`; 0 = not seen yet */
	__u64 programs; /* entries of the table */
};

_Static_assert(sizeof(struct guard_program) + 64 <= 2048, "one entry of `programs` fits 2 KiB");

#endif
