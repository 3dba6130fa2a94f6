/* SPDX-License-Identifier: GPL-2.0-only */
/* One text, read by everything that speaks of it. */
#ifndef GUARD_TEXT_H
#define GUARD_TEXT_H

#include "automaton.h"
#include "sets.h"

/*
 * Everything that reads one text: both automata, the set, then what they asked to be confirmed.
 * which = GUARD_TEXT_* | roles << 16.
 */
__noinline int text_read(struct guard_image *image, struct guard_scratch *s, struct guard_text *text, __u32 which,
			 __u64 packed)
{
	__u32 number = (which & 0xffff) * 2;

	if (!image || !s || !text)
		return 0;
	s->roles = which >> 16;
	s->candidate_count = 0;
	s->base = 0;
	automaton_walk(image, s, text, number, packed);
	automaton_walk(image, s, text, number + 1, packed);
	if (!(packed & GUARD_WALK_FLOATING))
		set_read(image, s, text, number / 2, packed);
	/* A loop and no callback: the eight frames that the verifier allows are all in use below. */
	for (__u32 i = 0; i < GUARD_CANDIDATES_MAX; i++) {
		if (i >= s->candidate_count)
			break;
		automaton_walk(image, s, text, s->candidates[i], packed);
	}
	return 0;
}

static __always_inline void text_walk(struct guard_image *image, struct guard_scratch *s, struct guard_text *text,
				      __u32 which, __u32 roles, __u64 packed)
{
	text_read(image, s, text, which | roles << 16, packed);
}

/* The text in s->path, as automaton_walk takes it. */
static __always_inline __u64 path_packed(const struct guard_scratch *s)
{
	__u64 packed = (__u64)s->walk.position << 32 | GUARD_PATH_MAX;

	return s->walk.flags & GUARD_EVENT_PATH_TRUNCATED ? packed | GUARD_WALK_FLOATING : packed;
}

static __always_inline bool path_is_incomplete(const struct guard_scratch *s)
{
	return s->walk.flags & (GUARD_EVENT_PATH_TRUNCATED | GUARD_EVENT_PATH_UNRESOLVED);
}

/* Whether anything reads this text at all: what nobody reads need not be fetched. */
static __always_inline bool text_is_read(const struct guard_image *image, __u32 which)
{
	return automaton_at(image, 2 * which)->classes_off || automaton_at(image, 2 * which + 1)->classes_off ||
	       set_at(image, which)->buckets_off;
}

#endif
