/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of the files that no rule speaks of. Private to the programs: guardd never reads it. */
#ifndef GUARD_FILE_CACHE_TYPES_H
#define GUARD_FILE_CACHE_TYPES_H

#include "abi.h"

#define GUARD_FILE_CACHE_KEYS 7u
#define GUARD_FILE_CACHE_BITS 14u
#define GUARD_FILE_CACHE_WAYS 4u
#define GUARD_DIRECTORY_BITS 12u
#define GUARD_NAMED_BITS 10u
#define GUARD_NAMED_DEPTH 16u

/* Within one cache line. */
struct guard_file_bucket {
	__u64 tags[GUARD_FILE_CACHE_WAYS]; /* 0: empty */
};

/* See directory_cache.h. */
struct guard_directory {
	__u64 check;
	__u64 states; /* of the target's first automaton, and shifted by 32 of the second */
};

/*
 * A name that is short enough to stand in its dentry (d_iname). Zeros behind it, at least one, so that two names have the
 * same words if they are the same.
 */
#define GUARD_SHORT_NAME_WORDS 4u
#define GUARD_SHORT_NAME_MAX (GUARD_SHORT_NAME_WORDS * 8u - 1)

struct guard_short_name {
	__u64 words[GUARD_SHORT_NAME_WORDS];
};

/* See directory_names.h. */
struct guard_named_directory {
	__u32 sequence; /* see cell.h */
	__u32 depth;	/* names on the way */
	__u64 policy;	/* whose states; 0: empty */
	__u64 states;	/* as of a guard_directory */
	struct guard_short_name names[GUARD_NAMED_DEPTH];
};

struct guard_file_cache {
	__u64 keys[GUARD_FILE_CACHE_KEYS]; /* 0: not drawn yet */
	__u64 pad;
	struct guard_file_bucket buckets[1u << GUARD_FILE_CACHE_BITS];
	struct guard_directory directories[1u << GUARD_DIRECTORY_BITS];
	struct guard_named_directory named[1u << GUARD_NAMED_BITS];
};

#endif
