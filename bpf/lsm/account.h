/* SPDX-License-Identifier: GPL-2.0-only */
/* Counting, and the one place that an engine failure goes through. */
#ifndef GUARD_ACCOUNT_H
#define GUARD_ACCOUNT_H

#include "maps.h"

static const __u32 zero;

static __always_inline struct guard_counters *counters_of_this_cpu(void)
{
	return bpf_map_lookup_elem(&counters, &zero);
}

/* Atomic, because the program can be preempted by another that counts on the same CPU. */
#define COUNT(FIELD)                                                                                                   \
	do {                                                                                                           \
		struct guard_counters *counters_ = counters_of_this_cpu();                                             \
		if (counters_)                                                                                         \
			__sync_fetch_and_add(&counters_->FIELD, 1);                                                    \
	} while (0)

/* The bundle's word goes before the machine's: it came into force in the same write as its rules. */
static __always_inline bool failure_is_closed(const struct guard_image *image)
{
	__u32 said = image ? image_header(image)->flags : 0;
	struct guard_config *settings;

	if (said & (GUARD_IMAGE_FAILURE_OPEN | GUARD_IMAGE_FAILURE_CLOSED))
		return said & GUARD_IMAGE_FAILURE_CLOSED;
	settings = bpf_map_lookup_elem(&config, &zero);
	return settings && settings->failure_mode == GUARD_FAILURE_CLOSED;
}

static __always_inline bool observing(void)
{
	struct guard_config *settings = bpf_map_lookup_elem(&config, &zero);

	return settings && settings->observe & 1;
}

static __always_inline void count_failure(__u32 hook, __u32 reason)
{
	COUNT(failures[hook & (GUARD_HOOKS - 1)][reason & (GUARD_REASONS - 1)]);
}

/*
 * The engine can't decide. Counts by hook and reason and gives what the hook returns: -EPERM when the failure mode
 * of the image (NULL: none is in force) is closed and the policy can refuse anything at all in this category, else 0.
 */
static __always_inline int on_engine_failure(const struct guard_image *image, __u32 hook, __u32 reason, bool can_block)
{
	count_failure(hook, reason);
	if (!can_block || !failure_is_closed(image))
		return 0;
	COUNT(denied[hook & (GUARD_HOOKS - 1)]);
	return -EPERM;
}

#endif
