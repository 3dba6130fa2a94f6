/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long lists of whole values behind one atom: a hash table in the image. A text is found by 128 bits of a keyed
 * hash and its length; the key comes from the listed values and a secret of the machine, so that a name that
 * collides with a listed one can't be made up.
 */
#ifndef GUARD_SETS_H
#define GUARD_SETS_H

#include "automaton.h"

#define GUARD_BYTES_OF(BYTE) (0x0101010101010101ull * (BYTE))

/* A-Z to a-z in eight bytes at once; bytes above 0x7f stay. */
static __always_inline __u64 fold_word(__u64 word)
{
	__u64 low = word & GUARD_BYTES_OF(0x7f);
	__u64 from_a = low + GUARD_BYTES_OF(0x80 - 'A');
	__u64 past_z = low + GUARD_BYTES_OF(0x7f - 'Z');

	return word | (from_a & ~past_z & ~word & GUARD_BYTES_OF(0x80)) >> 2;
}

static __always_inline const struct guard_set *set_at(const struct guard_image *image, __u32 number)
{
	__u32 offset = image_header(image)->sets_off + number * (__u32)sizeof(struct guard_set);

	return (const struct guard_set *)(image->bytes + (offset & GUARD_IMAGE_MASK));
}

/* The hash of text[from, to), which is followed by zeros, into s->hash. */
static __always_inline void set_hash(const struct guard_image *image, struct guard_scratch *s,
				     const struct guard_text *text, __u32 from, __u32 to)
{
	__u64 length = to - from;
	__u64 first = image_header(image)->set_key[0] ^ length * GUARD_HASH_FIRST;
	__u64 second = image_header(image)->set_key[1] + length;

	for (__u32 i = 0; i <= GUARD_PATH_MAX / 8; i++) {
		__u64 word;

		/* As in automaton_run: the verifier must not relate the bounds. */
		asm volatile("" : "+r"(from));
		if (from >= to || from >= GUARD_PATH_MAX)
			break;
		word = fold_word(*(const __u64 *)(text->bytes + (from & (GUARD_PATH_MAX - 1))));
		first = (first ^ word) * GUARD_HASH_FIRST;
		first ^= first >> 32;
		second = (second + word) * GUARD_HASH_SECOND;
		second ^= second >> 29;
		from += 8;
	}
	/* Buckets are counted by the lower bits, which the last word's upper bytes have not reached yet. */
	first *= GUARD_HASH_SECOND;
	first ^= first >> 32;
	s->hash[0] = first;
	s->hash[1] = second;
}

/* The patterns of the entry for text[from, to), if the set of this text has one. */
__noinline int set_read(struct guard_image *image, struct guard_scratch *s, struct guard_text *text, __u32 number,
			__u64 packed)
{
	__u32 from = (packed >> 32) & (2 * GUARD_PATH_MAX - 1);
	__u32 to = packed & 0xffffffff;
	const struct guard_set *set;

	if (!image || !s || !text)
		return 0;
	set = set_at(image, number);
	if (!set->buckets_off)
		return 0;
	set_hash(image, s, text, from, to);
	for (__u32 i = 0; i < GUARD_SET_PROBES_MAX; i++) {
		__u32 bucket = (s->hash[0] + i) & (set->bucket_count - 1);
		__u32 offset = set->buckets_off + bucket * (__u32)sizeof(struct guard_set_entry);
		const struct guard_set_entry *entry =
		    (const struct guard_set_entry *)(image->bytes + (offset & GUARD_IMAGE_MASK));

		if (!entry->list)
			break;
		if (entry->hash[0] == s->hash[0] && entry->hash[1] == s->hash[1] && entry->length == to - from) {
			patterns_seen(image, s, entry->list, to);
			break;
		}
	}
	return 0;
}

#endif
