/* SPDX-License-Identifier: GPL-2.0-only */
/* Walks over one text. One table look-up a byte, whatever the number of patterns. Layout: abi.h. */
#ifndef GUARD_AUTOMATON_H
#define GUARD_AUTOMATON_H

#include "scratch.h"

#define GUARD_CHUNK 16u

/* A length that the verifier knows to be at most `bound`. */
#define BOUNDED(LENGTH, BOUND)                                                                                 \
	({                                                                                                     \
		__u64 bounded_ = (LENGTH);                                                                     \
		asm volatile("" : "+r"(bounded_));                                                             \
		if (bounded_ > (BOUND))                                                                        \
			bounded_ = (BOUND);                                                                    \
		bounded_;                                                                                      \
	})

static __always_inline __u32 image_u32(const struct guard_image *image, __u32 offset)
{
	return *(const __u32 *)(image->bytes + (offset & GUARD_IMAGE_MASK));
}

static __always_inline const struct guard_image_header *image_header(const struct guard_image *image)
{
	return (const struct guard_image_header *)image->bytes;
}

/* The first reason is kept. What was found goes on to count: a block survives (see decision_failed). */
static __always_inline void decision_fails(struct guard_scratch *s, __u32 reason)
{
	if (!s->failure)
		s->failure = reason;
}

/* Atom n holds in this decision. */
static __always_inline void atom_holds(struct guard_scratch *s, __u32 atom)
{
	__u32 word = (atom >> 6) & (GUARD_ATOM_WORDS - 1);
	__u32 group = word >> 6;
	__u64 touch = 1ull << (word & 63);
	__u64 bit = 1ull << (atom & 63);
	__u32 count;

	if (!(s->touched[group & (GUARD_TOUCHED_WORDS - 1)] & touch)) {
		s->touched[group & (GUARD_TOUCHED_WORDS - 1)] |= touch;
		s->bits[word] = 0;
	}
	if (s->bits[word] & bit)
		return;
	s->bits[word] |= bit;
	count = s->match_count;
	if (count >= GUARD_MATCHES_MAX) {
		decision_fails(s, GUARD_REASON_TOO_MANY_MATCHES);
		return;
	}
	s->matches[count & (GUARD_MATCHES_MAX - 1)] = atom;
	s->match_count = count + 1;
}

static __always_inline bool atom_is_set(const struct guard_scratch *s, __u32 atom)
{
	__u32 word = (atom >> 6) & (GUARD_ATOM_WORDS - 1);

	if (!(s->touched[(word >> 6) & (GUARD_TOUCHED_WORDS - 1)] & (1ull << (word & 63))))
		return false;
	return s->bits[word] & (1ull << (atom & 63));
}

/* Atom n would hold for the children of the program whose path is read: kept apart from this decision. */
static __always_inline void atom_holds_as_parent(struct guard_scratch *s, __u32 atom)
{
	__u32 count = s->as_parent_count;

	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++) {
		if (i >= count)
			break;
		if (s->as_parent[i] == atom)
			return;
	}
	if (count >= GUARD_SUBJECT_ATOMS_MAX) {
		s->as_parent_overflow = 1;
		return;
	}
	s->as_parent[count & (GUARD_SUBJECT_ATOMS_MAX - 1)] = atom;
	s->as_parent_count = count + 1;
}

/* Whether segment k of a sequence counts: k-1 was seen and ended at or before the start of k. */
static __always_inline bool segment_completes(struct guard_scratch *s, const struct guard_pattern *pattern,
					      __u32 position)
{
	__u64 *slot = &s->sequences[pattern->sequence & (GUARD_SEQUENCES_MAX - 1)];
	__u64 progress = *slot;
	__u32 next = 0, from = 0;

	if (progress >> 32 == s->stamp) {
		next = (progress >> 16) & 0xff;
		from = progress & 0xffff;
	}
	if (pattern->segment != next || position < from + pattern->length)
		return false;
	if (pattern->segment == pattern->last_segment)
		return true;
	*slot = (__u64)s->stamp << 32 | (__u64)(next + 1) << 16 | position;
	return false;
}

static __always_inline void pattern_seen(const struct guard_image *image, struct guard_scratch *s, __u32 number,
					 __u32 position)
{
	__u32 offset = image_header(image)->patterns_off + number * (__u32)sizeof(struct guard_pattern);
	const struct guard_pattern *pattern =
		(const struct guard_pattern *)(image->bytes + (offset & GUARD_IMAGE_MASK));

	if (!(pattern->roles & s->roles))
		return;
	if (pattern->kind == GUARD_PATTERN_SEGMENT && !segment_completes(s, pattern, position))
		return;
	if (pattern->roles & GUARD_ROLES_OF_PARENT)
		atom_holds_as_parent(s, pattern->atom);
	else
		atom_holds(s, pattern->atom);
}

struct pattern_list {
	struct guard_image *image;
	struct guard_scratch *scratch;
	__u32 list;
	__u32 position;
};

static long pattern_list_step(__u32 index, struct pattern_list *list)
{
	__u32 number = image_u32(list->image, list->list + 4 + index * 4);

	pattern_seen(list->image, list->scratch, number, list->position);
	return 0;
}

/* All patterns of a list, which ended at position. A global function: verified once, whoever calls it. */
__noinline int patterns_seen(struct guard_image *image, struct guard_scratch *s, __u32 list, __u32 position)
{
	struct pattern_list context = {.image = image, .scratch = s, .list = list, .position = position};
	__u32 count;

	if (!image || !s)
		return 0;
	if (!list)
		return 0;
	count = image_u32(image, list);
	if (count > GUARD_LIST_MAX) {
		decision_fails(s, GUARD_REASON_BAD_IMAGE);
		return 0;
	}
	bpf_loop(count, pattern_list_step, &context, 0);
	return 0;
}

/* The state after one byte: a row's offset with its flags. */
static __always_inline __u32 automaton_next(const struct guard_image *image, __u32 classes, __u32 state, __u8 byte)
{
	__u16 class = *(const __u16 *)(image->bytes + (classes & GUARD_IMAGE_MASK) + byte * 2);

	return image_u32(image, state + class);
}

/* A chunk in which something ended, once more and byte by byte, to learn what and where. */
__noinline int chunk_again(struct guard_image *image, struct guard_scratch *s, struct guard_text *text, __u32 state,
			   __u64 where)
{
	__u32 classes = where >> 32;
	__u32 position = where & (GUARD_PATH_MAX - 1);

	if (!image || !s || !text)
		return 0;
	for (__u32 i = 0; i < GUARD_CHUNK; i++) {
		state = automaton_next(image, classes, state, text->bytes[position + i]);
		if (state & GUARD_TRANSITION_OUTPUT)
			patterns_seen(image, s, image_u32(image, state + s->stride), position + i + 1);
	}
	return 0;
}

/*
 * One step in eight instructions that map one to one to x86: class of the byte, add to the row, mask (this also
 * drops the flags), load the next row. The mask is what lets the verifier accept the load.
 */
#define GUARD_STEP(K)                                                                                          \
	asm volatile("%[r] = *(u8 *)(%[p] + " #K ")\n"                                                         \
		     "%[r] <<= 1\n"                                                                            \
		     "%[r] += %[classes]\n"                                                                    \
		     "%[r] = *(u16 *)(%[r] + 0)\n"                                                             \
		     "%[state] += %[r]\n"                                                                      \
		     "%[state] &= %[mask]\n"                                                                   \
		     "%[state] += %[table]\n"                                                                  \
		     "%[state] = *(u32 *)(%[state] + 0)\n"                                                     \
		     "%[seen] |= %[state]\n"                                                                   \
		     : [state] "+r"(state), [seen] "+r"(seen), [r] "=&r"(register_)                            \
		     : [p] "r"(bytes), [classes] "r"(class_table), [table] "r"(table), [mask] "i"(GUARD_IMAGE_MASK))

/*
 * Walks automaton `number` over text[from, to). A global function: verified once a program.
 * packed = from << 32 | to; from = 0 means that the text is complete, GUARD_WALK_FLOATING that its beginning is cut.
 */
#define GUARD_WALK_FLOATING (1ull << 63)

__noinline int automaton_walk(struct guard_image *image, struct guard_scratch *s, struct guard_text *text,
			      __u32 number, __u64 packed)
{
	const struct guard_automaton *automaton;
	const __u8 *table, *class_table, *bytes;
	__u64 state, seen, before, register_;
	__u32 position = (packed >> 32) & (2 * GUARD_PATH_MAX - 1);
	__u32 end = packed & 0xffffffff;

	if (!image || !s || !text)
		return 0;
	automaton = &image_header(image)->automata[number & (GUARD_AUTOMATA - 1)];
	if (!automaton->classes_off)
		return 0;
	s->stamp++;
	s->stride = automaton->class_count * 4;
	state = packed & GUARD_WALK_FLOATING ? automaton->floating_row : automaton->anchored_row;
	patterns_seen(image, s, automaton->start_list, 0);

	table = image->bytes;
	class_table = image->bytes + (automaton->classes_off & GUARD_IMAGE_MASK);
	for (__u32 i = 0; i <= GUARD_PATH_MAX / GUARD_CHUNK; i++) {
		/* Hidden from the verifier, which would otherwise narrow `position` every turn and never merge states. */
		asm volatile("" : "+r"(position));
		if (position >= end || position >= GUARD_PATH_MAX)
			break;
		bytes = text->bytes + (position & (GUARD_PATH_MAX - 1));
		before = state;
		seen = 0;
		GUARD_STEP(0);
		GUARD_STEP(1);
		GUARD_STEP(2);
		GUARD_STEP(3);
		GUARD_STEP(4);
		GUARD_STEP(5);
		GUARD_STEP(6);
		GUARD_STEP(7);
		GUARD_STEP(8);
		GUARD_STEP(9);
		GUARD_STEP(10);
		GUARD_STEP(11);
		GUARD_STEP(12);
		GUARD_STEP(13);
		GUARD_STEP(14);
		GUARD_STEP(15);
		if (seen & GUARD_TRANSITION_OUTPUT)
			chunk_again(image, s, text, before, (__u64)automaton->classes_off << 32 | position);
		position += GUARD_CHUNK;
	}
	/* For an empty text the start state's own end list counts: rows carry it, the flag is on transitions only. */
	if (state & GUARD_TRANSITION_END || end <= ((packed >> 32) & (2 * GUARD_PATH_MAX - 1)))
		patterns_seen(image, s, image_u32(image, (__u32)state + s->stride + 4), end);
	return 0;
}

/* Both automata of a text. */
static __always_inline void text_walk(struct guard_image *image, struct guard_scratch *s, struct guard_text *text,
				      __u32 which, __u32 roles, __u64 packed)
{
	s->roles = roles;
	automaton_walk(image, s, text, which * 2, packed);
	automaton_walk(image, s, text, which * 2 + 1, packed);
}

#endif
