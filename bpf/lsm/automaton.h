/* SPDX-License-Identifier: GPL-2.0-only */
/* Walks over one text. One table look-up a byte, whatever the number of patterns. Layout: abi.h. */
#ifndef GUARD_AUTOMATON_H
#define GUARD_AUTOMATON_H

#include "scratch.h"

/* Factors of the hashes by which sets and files are found: odd, with their bits spread evenly. */
#define GUARD_HASH_FIRST 0x9E3779B97F4A7C15ull
#define GUARD_HASH_SECOND 0xC2B2AE3D27D4EB4Full

#define GUARD_CHUNK 16u
/* Bytes that one call of automaton_run reads at most, whole chunks. The verifier goes through every turn of a loop, and
 * through the function once a program: few turns and several calls are verified in a fraction of the time. */
#define GUARD_WINDOW 1024u

/* A length that the verifier knows to be at most `bound`. */
#define BOUNDED(LENGTH, BOUND)                                                                                         \
	({                                                                                                             \
		__u64 bounded_ = (LENGTH);                                                                             \
		asm volatile("" : "+r"(bounded_));                                                                     \
		if (bounded_ > (BOUND))                                                                                \
			bounded_ = (BOUND);                                                                            \
		bounded_;                                                                                              \
	})

static __always_inline __u32 image_u32(const struct guard_image *image, __u32 offset)
{
	return *(const __u32 *)(image->bytes + (offset & GUARD_IMAGE_MASK));
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

/* Adds to a list of bounded length without repetition. False: no room. */
static __always_inline bool atom_kept(__u16 *list, __u32 *length, __u32 atom)
{
	__u32 count = *length;

	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++) {
		/* Hidden, or the verifier follows every length apart. */
		asm volatile("" : "+r"(count));
		if (i >= count)
			break;
		if (list[i] == atom)
			return true;
	}
	if (count >= GUARD_SUBJECT_ATOMS_MAX)
		return false;
	list[count & (GUARD_SUBJECT_ATOMS_MAX - 1)] = atom;
	*length = count + 1;
	return true;
}

/* Atom n would hold for the children, or for all descendants, of the program that is read: apart from this
 * decision. */
static __always_inline void atom_holds_for_others(struct guard_scratch *s, __u32 atom, __u32 roles)
{
	if (roles & GUARD_ROLES_OF_PARENT) {
		if (!atom_kept(s->as_parent, &s->as_parent_count, atom))
			s->as_parent_overflow = 1;
	} else if (!atom_kept(s->as_ancestor, &s->as_ancestor_count, atom)) {
		s->as_ancestor_overflow = 1;
	}
}

/* An automaton is to be run over this text after the walk, once however often it is asked for. */
static __always_inline void confirmation_asked(struct guard_scratch *s, __u32 automaton)
{
	__u32 count = s->candidate_count;

	for (__u32 i = 0; i < GUARD_CANDIDATES_MAX; i++) {
		asm volatile("" : "+r"(count));
		if (i >= count)
			break;
		if (s->candidates[i] == automaton)
			return;
	}
	if (count >= GUARD_CANDIDATES_MAX) {
		decision_fails(s, GUARD_REASON_TOO_MANY_MATCHES);
		return;
	}
	s->candidates[count & (GUARD_CANDIDATES_MAX - 1)] = automaton;
	s->candidate_count = count + 1;
}

/*
 * Whether segment k of a sequence counts: k-1 was seen and ended at or before the start of k. Progress is
 * stamp << 40 | next segment << 32 | where it may begin.
 */
static __always_inline bool segment_completes(struct guard_scratch *s, const struct guard_pattern *pattern,
					      __u32 position)
{
	__u64 *slot = &s->sequences[pattern->sequence & (GUARD_SEQUENCES_MAX - 1)];
	__u64 progress = *slot;
	__u32 next = 0;
	__u64 from = 0;

	if (progress >> 40 == s->stamp) {
		next = (progress >> 32) & 0xff;
		from = progress & 0xffffffff;
	}
	if (pattern->segment != next || position < from + pattern->length)
		return false;
	if (pattern->segment == pattern->last_segment)
		return true;
	*slot = (__u64)s->stamp << 40 | (__u64)(next + 1) << 32 | position;
	return false;
}

static __always_inline void pattern_seen(const struct guard_image *image, struct guard_scratch *s, __u32 number,
					 __u32 position)
{
	__u32 offset = image_header(image)->patterns_off + number * (__u32)sizeof(struct guard_pattern);
	const struct guard_pattern *pattern =
	    (const struct guard_pattern *)(image->bytes + (offset & GUARD_IMAGE_MASK));
	__u32 roles = pattern->roles;

	if (!(roles & s->roles))
		return;
	if (pattern->kind == GUARD_PATTERN_CANDIDATE) {
		confirmation_asked(s, pattern->atom);
		return;
	}
	if (pattern->kind == GUARD_PATTERN_SEGMENT && !segment_completes(s, pattern, position))
		return;
	if (roles & (GUARD_ROLES_OF_PARENT | GUARD_ROLES_OF_ANCESTOR))
		atom_holds_for_others(s, pattern->atom, roles);
	else
		atom_holds(s, pattern->atom);
}

/* Entries of the list at this offset; 0 where there is none. */
static __always_inline __u32 list_count(const struct guard_image *image, struct guard_scratch *s, __u32 list,
					__u32 bound)
{
	__u32 count = list ? image_u32(image, list) : 0;

	if (count <= bound)
		return count;
	decision_fails(s, GUARD_REASON_BAD_IMAGE);
	return 0;
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

	if (!image || !s)
		return 0;
	s->reported++;
	bpf_loop(list_count(image, s, list, GUARD_LIST_MAX), pattern_list_step, &context, 0);
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
			patterns_seen(image, s, image_u32(image, state + s->stride), s->base + position + i + 1);
	}
	return 0;
}

/*
 * One step in eight instructions that map one to one to x86: class of the byte, add to the row, mask (this also
 * drops the flags), load the next row. The mask is what lets the verifier accept the load.
 */
#define GUARD_STEP(K)                                                                                                  \
	asm volatile("%[r] = *(u8 *)(%[p] + " #K ")\n"                                                                 \
		     "%[r] <<= 1\n"                                                                                    \
		     "%[r] += %[classes]\n"                                                                            \
		     "%[r] = *(u16 *)(%[r] + 0)\n"                                                                     \
		     "%[state] += %[r]\n"                                                                              \
		     "%[state] &= %[mask]\n"                                                                           \
		     "%[state] += %[table]\n"                                                                          \
		     "%[state] = *(u32 *)(%[state] + 0)\n"                                                             \
		     "%[seen] |= %[state]\n"                                                                           \
		     : [state] "+r"(state), [seen] "+r"(seen), [r] "=&r"(register_)                                    \
		     : [p] "r"(bytes), [classes] "r"(class_table), [table] "r"(table), [mask] "i"(GUARD_IMAGE_MASK))

/* Half of a chunk: the last names of paths are short. */
#define GUARD_STEPS_FIRST                                                                                              \
	do {                                                                                                           \
		GUARD_STEP(0);                                                                                         \
		GUARD_STEP(1);                                                                                         \
		GUARD_STEP(2);                                                                                         \
		GUARD_STEP(3);                                                                                         \
		GUARD_STEP(4);                                                                                         \
		GUARD_STEP(5);                                                                                         \
		GUARD_STEP(6);                                                                                         \
		GUARD_STEP(7);                                                                                         \
	} while (0)

#define GUARD_STEPS_SECOND                                                                                             \
	do {                                                                                                           \
		GUARD_STEP(8);                                                                                         \
		GUARD_STEP(9);                                                                                         \
		GUARD_STEP(10);                                                                                        \
		GUARD_STEP(11);                                                                                        \
		GUARD_STEP(12);                                                                                        \
		GUARD_STEP(13);                                                                                        \
		GUARD_STEP(14);                                                                                        \
		GUARD_STEP(15);                                                                                        \
	} while (0)

static __always_inline const struct guard_automaton *automaton_at(const struct guard_image *image, __u32 number)
{
	__u32 offset = image_header(image)->automata_off + number * (__u32)sizeof(struct guard_automaton);

	return (const struct guard_automaton *)(image->bytes + (offset & GUARD_IMAGE_MASK));
}

/*
 * Runs automaton `number` from s->state over text[from, to), at most GUARD_WINDOW bytes; packed = from << 32 | to. Leaves
 * the state in s->state. A global function: verified once a program.
 */
__noinline int automaton_run(struct guard_image *image, struct guard_scratch *s, struct guard_text *text, __u32 number,
			     __u64 packed)
{
	const struct guard_automaton *automaton;
	const __u8 *table, *class_table, *bytes;
	__u64 state, seen, before, register_;
	__u32 position = (packed >> 32) & (2 * GUARD_PATH_MAX - 1);
	__u32 end = packed & 0xffffffff;

	if (!image || !s || !text)
		return 0;
	automaton = automaton_at(image, number);
	state = s->state;
	table = image->bytes;
	class_table = image->bytes + (automaton->classes_off & GUARD_IMAGE_MASK);
	for (__u32 i = 0; i < GUARD_WINDOW / GUARD_CHUNK; i++) {
		/* Hidden from the verifier, which would otherwise narrow `position` every turn and never merge
		 * states. */
		asm volatile("" : "+r"(position));
		if (position + GUARD_CHUNK / 2 >= end || position >= GUARD_PATH_MAX)
			break;
		bytes = text->bytes + (position & (GUARD_PATH_MAX - 1));
		before = state;
		seen = 0;
		GUARD_STEPS_FIRST;
		GUARD_STEPS_SECOND;
		if (seen & GUARD_TRANSITION_OUTPUT)
			chunk_again(image, s, text, before, (__u64)automaton->classes_off << 32 | position);
		position += GUARD_CHUNK;
	}
	asm volatile("" : "+r"(position));
	if (position < end && position < GUARD_PATH_MAX) {
		bytes = text->bytes + (position & (GUARD_PATH_MAX - 1));
		before = state;
		seen = 0;
		GUARD_STEPS_FIRST;
		/* What follows is zeros, on which nothing ends. */
		if (seen & GUARD_TRANSITION_OUTPUT)
			chunk_again(image, s, text, before, (__u64)automaton->classes_off << 32 | position);
	}
	s->state = state;
	return 0;
}

/* The same over all of text[from, to). */
static __always_inline void automaton_read(struct guard_image *image, struct guard_scratch *s, struct guard_text *text,
					   __u32 number, __u64 packed)
{
	__u32 from = (packed >> 32) & (2 * GUARD_PATH_MAX - 1);
	__u32 to = packed & 0xffffffff;

	for (__u32 i = 0; i <= GUARD_PATH_MAX / GUARD_WINDOW; i++) {
		__u32 end;

		/* As in automaton_run. */
		asm volatile("" : "+r"(from), "+r"(to));
		end = to;
		if (to > from + GUARD_WINDOW)
			end = from + GUARD_WINDOW;
		asm volatile("" : "+r"(end));
		automaton_run(image, s, text, number, (__u64)from << 32 | end);
		if (end == to)
			break;
		from = end;
	}
}

/* Progress of sequences belongs to one walk: an older stamp means none. 24 bits of it, so all is cleared on a
 * wrap. */
__noinline int stamp_renew(struct guard_scratch *s)
{
	if (!s)
		return 0;
	s->stamp = (s->stamp + 1) & 0xffffff;
	if (s->stamp)
		return 0;
	for (__u32 i = 0; i < GUARD_SEQUENCES_MAX; i++) {
		s->sequences[i] = 0;
		/* Or the compiler makes a call to memset of it, which there is none of. */
		asm volatile("" ::: "memory");
	}
	s->stamp = 1;
	return 0;
}

/* The state before the first byte, and what holds there already. False: this automaton is absent. */
static __always_inline bool automaton_begin(struct guard_image *image, struct guard_scratch *s, __u32 number,
					    bool floating)
{
	const struct guard_automaton *automaton = automaton_at(image, number);
	__u32 list;

	if (!automaton->classes_off)
		return false;
	stamp_renew(s);
	s->stride = automaton->class_count * 4;
	s->state = floating ? automaton->floating_row : automaton->anchored_row;
	if (automaton->start_list)
		patterns_seen(image, s, automaton->start_list, 0);
	/* An expression that matches nothing at all holds before the first byte: no transition says so. */
	list = image_u32(image, (__u32)s->state + s->stride);
	if (list)
		patterns_seen(image, s, list, 0);
	return true;
}

/* What holds because the text ends here. */
static __always_inline void automaton_end(struct guard_image *image, struct guard_scratch *s, __u32 position)
{
	__u32 list = image_u32(image, (__u32)s->state + s->stride + 4);

	if (list)
		patterns_seen(image, s, list, position);
}

/* packed as for automaton_read, with GUARD_WALK_FLOATING when the beginning of the text is cut. */
#define GUARD_WALK_FLOATING (1ull << 63)

static __always_inline void automaton_walk(struct guard_image *image, struct guard_scratch *s, struct guard_text *text,
					   __u32 number, __u64 packed)
{
	if (!automaton_begin(image, s, number, packed & GUARD_WALK_FLOATING))
		return;
	automaton_read(image, s, text, number, packed);
	automaton_end(image, s, packed & 0xffffffff);
}

#endif
