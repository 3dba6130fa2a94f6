/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Working memory of one decision. LSM programs are preemptible: what one decision computes must live in memory
 * that no other task can reach, so each takes a slot of its own (see scratch_take).
 */
#ifndef GUARD_SCRATCH_H
#define GUARD_SCRATCH_H

#include "abi.h"
#include "digest_types.h"
#include "file_cache_types.h"
#include "subject_types.h"

#define GUARD_SCRATCH_SLOTS 4u
#define GUARD_STREAMS 2u
#define GUARD_NAMES 2u

#define GUARD_DIGEST_UNKNOWN 0u
#define GUARD_DIGEST_KNOWN 1u
/* Rules that ask for a digest say nothing by not knowing it. */
#define GUARD_DIGEST_LEFT_OUT 2u

/* A text that an automaton reads: zero for at least 16 bytes after its end, which may be at GUARD_PATH_MAX. */
struct guard_text {
	__u8 bytes[GUARD_PATH_MAX + 272];
};

/* The image as the programs see it. */
struct guard_image {
	__u8 bytes[GUARD_IMAGE_BYTES + GUARD_IMAGE_SLACK];
};

static __always_inline const struct guard_image_header *image_header(const struct guard_image *image)
{
	return (const struct guard_image_header *)image->bytes;
}

/* One automaton that a text is fed to in windows. */
struct guard_stream {
	__u64 state;
	__u32 number;
	__u32 stride;
	__u32 present;
	__u32 pad;
};

struct guard_scratch_key {
	__u64 start;
	__u32 tid;
	__u32 pad;
};

/* A name in a directory of which something may be kept (directory_cache.h). */
struct guard_place {
	__u64 tag;		      /* of the directory; 0: nothing is kept of it */
	__u64 sequences;	      /* of rename_lock and mount_lock, from before the rest was read */
	__u64 directory;	      /* address of its dentry */
	__u64 mount;		      /* address of its struct vfsmount */
	__u64 name;		      /* address */
	struct guard_short_name word; /* the name itself, when it is short */
	__u32 length;
	__u32 is_short;
};

/* A name that is decided about; addresses. */
struct guard_name {
	__u64 mount;
	__u64 dentry;
	struct guard_identity identity; /* of the file that has it; generation 0: none */
	__u32 access;			/* bits of GUARD_ACCESS_* */
	__u32 roles;			/* in which its path is read */
	struct guard_place place;
};

/* An operation that is decided about (GUARD_CATEGORY_OPERATION). */
struct guard_operation {
	__u64 task;   /* address of the process that it acts on; 0: none */
	__u64 object; /* address of its text in the kernel; 0: it is not known */
	__u32 number; /* as GUARD_NUMBER_SYSTEM_OPERATION */
	__u32 new_id; /* effective uid or gid that is to be */
	__u32 quiet;  /* it is asked for so often, and for so little, that nothing of it is recorded */
	__u32 pad;
};

/* State of a path walk; here and not on the stack, so that the verifier does not follow it. */
struct guard_path_walk {
	__u64 from_dentry;
	__u64 from_mount;
	__u64 dentry;
	__u64 mount;
	__u64 mount_root;
	__u64 chain;	/* of all dentries and mounts on the way */
	__u32 position; /* first byte of the text, from the end downwards */
	__u32 flags;	/* GUARD_EVENT_PATH_* and GUARD_PATH_* */
	__u32 done;
	__u32 steps;
};

/* State of a walk over the names of a directory's path (directory_names.h); here for the same reason. */
struct guard_named_walk {
	__u64 directory;
	__u64 mount;
	__u64 root; /* of the mount */
	__u32 depth;
	__u32 way; /* GUARD_NAMED_* */
	__u32 holds;
	__u32 pad;
};

/* Where the reading of an argument vector has come to. */
struct guard_command_walk {
	__u64 pgd;	 /* of the address space, when it is not the current one */
	__u64 from;	 /* user addresses: the first argument, */
	__u64 end;	 /* behind the last byte that may be one, */
	__u64 at;	 /* and the next window */
	__u32 arguments; /* in all */
	__u32 left;	 /* whose end was not seen yet */
	__u32 window;	 /* bytes of s->name that are arguments */
	__u32 length;	 /* of the whole text; valid when known to its end */
	__u32 outcome;	 /* GUARD_COMMAND_* */
	__u32 pad;
};

/* Where a process is besides what it runs: what scope_load found. */
struct guard_scope {
	__u64 task; /* address of the one that is asked about */
	__u64 cgroup_id;
	__u32 group;
	__u32 mount_namespace; /* as GUARD_NUMBER_MOUNT_NAMESPACE */
	__u32 unknown;	       /* bit f: field f is not known */
	__u32 cgroup_count;
	__u16 cgroup[GUARD_SUBJECT_ATOMS_MAX]; /* atoms that hold for the cgroup's path */
};

/* State of a walk from a cgroup to the root; here for the same reason as that of paths. */
struct guard_cgroup_walk {
	__u64 node;
	__u32 position; /* first byte of the text, from the end downwards */
	__u32 done;
	__u32 cut; /* it does not fit: the beginning is missing */
	__u32 pad;
};

struct guard_scratch {
	__u32 busy;
	__u32 from_table;

	/* The decision */
	__u32 stamp;  /* of the current walk: older progress of sequences counts as none */
	__u32 roles;  /* of the current walk */
	__u32 stride; /* bytes of a row's transitions in the current automaton */
	__u32 category;
	__u32 incomplete; /* bit f: field f is not known completely */
	__u32 failure;	  /* GUARD_REASON_* */
	__u32 evaluations;
	__u32 open_rules; /* evaluated, and not false */
	__u32 verdict;
	__u32 from_unknown;
	__u32 more_rules;
	__u32 rule_count;
	__u32 match_count;
	__u32 reported; /* lists of patterns that texts have led to, since it was set to 0 */
	__u32 as_parent_count;
	__u32 as_parent_overflow;
	__u32 as_ancestor_count;
	__u32 as_ancestor_overflow;
	__u32 candidate_count; /* of the current text */
	__u32 base;	       /* bytes of the text before what is in memory */
	__u64 yes;	       /* of a condition, see condition_part */
	__u64 no;
	__u32 low; /* of a search */
	__u32 high;
	__u32 rules[GUARD_EVENT_RULES_MAX];
	__u16 as_parent[GUARD_SUBJECT_ATOMS_MAX];
	__u16 as_ancestor[GUARD_SUBJECT_ATOMS_MAX];
	__u32 candidates[GUARD_CANDIDATES_MAX]; /* automata that this text asked for */
	struct guard_stream streams[GUARD_STREAMS];
	__u64 state;   /* of the current automaton: a row's offset with its flags */
	__u64 hash[2]; /* of the current text */
	__u32 matches[GUARD_MATCHES_MAX];
	__u64 touched[GUARD_TOUCHED_WORDS];
	__u64 bits[GUARD_ATOM_WORDS];
	__u64 sequences[GUARD_SEQUENCES_MAX]; /* see segment_completes */

	struct guard_identity identity;	      /* of the file that is decided about; generation 0: none */
	struct guard_name names[GUARD_NAMES]; /* of one operation */
	__u64 sequences_seen;		      /* of rename_lock and mount_lock, before the names */
	__u32 name_count;
	__u32 descriptor; /* of the file that is asked about in a sweep */
	struct guard_operation operation;
	__u8 sha256[GUARD_DIGEST_BYTES]; /* of the file that is decided about */
	__u32 digest_offered;		 /* if this decision asks for it: one of those below */
	__u32 digest_known;		 /* this decision has asked for it */
	__u32 properties;		 /* of the file of an exec, bits of GUARD_PROPERTY_* */
	__u32 pad;

	__u64 task; /* address, of whose program a long path is read again */

	/* Texts */
	struct guard_path_walk walk;
	struct guard_named_walk named;
	__u32 other_length;		       /* 0: the file that is decided about has no other name, */
	__u32 other_cut;		       /* or one that could not be read (other_name.h) */
	__u8 other[GUARD_OTHER_NAME_MAX + 32]; /* not behind texts: it is read as one, and has not the size */
	struct guard_text path;		       /* right-aligned: [walk.position, GUARD_PATH_MAX) */
	struct guard_text name;		       /* from 0 */
	__u32 name_length;
	__u32 name_cut;		      /* the name could not be read */
	__u8 out[2 * GUARD_PATH_MAX]; /* on its way to the ring; the upper half is for measuring */

	struct guard_subject subject; /* of who acts */
	struct guard_scope scope;     /* where he is */
	struct guard_cgroup_walk cgroup_walk;
	struct guard_program program;	  /* that an exec is about to run */
	struct guard_program_atoms atoms; /* of a program that is read anew */
	struct guard_command_walk command;
	__u64 chain[GUARD_LINEAGE_MAX]; /* programs to be read anew */
	struct guard_event event;
};

#endif
