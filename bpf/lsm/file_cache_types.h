/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of the files that no rule speaks of. Private to the programs: guardd never reads it. */
#ifndef GUARD_FILE_CACHE_TYPES_H
#define GUARD_FILE_CACHE_TYPES_H

#include "abi.h"

#define GUARD_FILE_CACHE_KEYS 7u
#define GUARD_FILE_CACHE_BITS 14u
#define GUARD_FILE_CACHE_WAYS 4u
#define GUARD_DIRECTORY_BITS 12u

/* Within one cache line. */
struct guard_file_bucket {
	__u64 tags[GUARD_FILE_CACHE_WAYS]; /* 0: empty */
};

/* See directory_cache.h. */
struct guard_directory {
	__u64 check;
	__u64 states; /* of the target's first automaton, and shifted by 32 of the second */
};

struct guard_file_cache {
	__u64 keys[GUARD_FILE_CACHE_KEYS]; /* 0: not drawn yet */
	__u64 pad;
	struct guard_file_bucket buckets[1u << GUARD_FILE_CACHE_BITS];
	struct guard_directory directories[1u << GUARD_DIRECTORY_BITS];
};

#endif
