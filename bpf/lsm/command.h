/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of an exec, through the automata: the arguments with one space between them, without the environment
 * behind them, window by window through s->name. By the page tables of the new address space in the check, by sleeping
 * reads once it is the current one.
 */
#ifndef GUARD_COMMAND_H
#define GUARD_COMMAND_H

#include "arguments.h"
#include "sets.h"
#include "stream.h"

#define GUARD_COMMAND_READING 0u
#define GUARD_COMMAND_WHOLE 1u
#define GUARD_COMMAND_TOO_LONG 2u   /* more than GUARD_COMMAND_MAX */
#define GUARD_COMMAND_UNREADABLE 3u /* not all of it is in memory */

#define GUARD_SCAN_BYTES 32u

static __always_inline void command_rewind(struct guard_scratch *s)
{
	s->command.at = s->command.from;
	s->command.left = s->command.arguments;
	s->command.length = 0;
	s->command.window = 0;
	s->command.outcome = GUARD_COMMAND_READING;
}

static __always_inline void command_of(struct guard_scratch *s, struct linux_binprm *bprm)
{
	__u64 pgd = 0;

	bpf_probe_read_kernel(&pgd, sizeof(pgd), &bprm->mm->pgd);
	s->command.pgd = pgd;
	s->command.from = bprm->p;
	s->command.end = bprm->exec;
	s->command.arguments = bprm->argc;
	command_rewind(s);
}

/* 0x80 in every byte that is zero. */
static __always_inline __u64 zero_bytes(__u64 word)
{
	__u64 low = GUARD_BYTES_OF(0x7f);

	return ~(((word & low) + low) | word | low);
}

/* The place of the left-th zero, counted from 1. */
static __always_inline __u32 zero_place(__u64 zeros, __u32 left)
{
	__u32 place = 7;

	for (__u32 i = 0; i < 8; i++) {
		left -= zeros >> (8 * i + 7) & 1;
		if (!left) {
			place = i;
			break;
		}
	}
	return place;
}

struct scan_context {
	struct guard_scratch *scratch;
};

static __always_inline bool scan_word(struct guard_scratch *s, __u32 position)
{
	__u64 *at = (__u64 *)(s->name.bytes + (position & (GUARD_PATH_MAX - 1)));
	__u64 zeros = zero_bytes(*at);
	__u32 count;

	if (!zeros)
		return false;
	*at |= zeros >> 2;
	count = (zeros >> 7) * GUARD_BYTES_OF(1) >> 56;
	if (s->command.left > count) {
		s->command.left -= count;
		return false;
	}
	s->command.window = position + zero_place(zeros, s->command.left);
	s->command.outcome = GUARD_COMMAND_WHOLE;
	return true;
}

static long scan_step(__u32 index, struct scan_context *context)
{
	__u32 position = index * GUARD_SCAN_BYTES;

	for (__u32 i = 0; i < GUARD_SCAN_BYTES; i += 8) {
		if (scan_word(context->scratch, position + i))
			return 1;
	}
	return 0;
}

/*
 * The first `size` bytes of s->name were read from s->command.at: NULs become spaces, what lies behind the last argument
 * is cut off.
 */
__noinline int command_scan(struct guard_scratch *s, __u32 size)
{
	struct scan_context context = {.scratch = s};
	__u64 length = BOUNDED(size, GUARD_PATH_MAX);

	if (!s)
		return 0;
	/* Not zero: what lies behind the window is no end of an argument. */
	for (__u32 i = 0; i < GUARD_SCAN_BYTES; i += 8)
		*(__u64 *)(s->name.bytes + length + i) = ~0ull;
	s->command.window = length;
	bpf_loop((length + GUARD_SCAN_BYTES - 1) / GUARD_SCAN_BYTES, scan_step, &context, 0);
	length = BOUNDED(s->command.window, GUARD_PATH_MAX);
	*(__u64 *)(s->name.bytes + length) = 0;
	*(__u64 *)(s->name.bytes + length + 8) = 0;
	s->command.at += size;
	s->command.length += length;
	return 0;
}

static __always_inline __u64 command_window(const struct guard_scratch *s, __u64 most)
{
	__u64 rest = s->command.end - s->command.at;

	return BOUNDED(rest, most);
}

static __always_inline void command_windowed(struct guard_scratch *s, bool read, __u64 size)
{
	if (read && size)
		command_scan(s, size);
	/* The kernel ends the last argument before `end`. */
	if (!read || (s->command.outcome == GUARD_COMMAND_READING && size < GUARD_PAGE))
		s->command.outcome = GUARD_COMMAND_UNREADABLE;
}

__noinline int window_by_pages(struct guard_scratch *s)
{
	__u64 size;

	if (!s)
		return 0;
	size = command_window(s, GUARD_PAGE);
	command_windowed(s, size && user_read(s->name.bytes, s->command.pgd, s->command.at, size), size);
	return 0;
}

/* Only for sleepable programs whose current address space it is. */
__noinline int window_by_sleeping(struct guard_scratch *s)
{
	__u64 size;

	if (!s)
		return 0;
	size = command_window(s, GUARD_PAGE);
	command_windowed(s, size && !bpf_copy_from_user(s->name.bytes, size, (void *)s->command.at), size);
	return 0;
}

/* The whole text once through what stream_begin or stream_confirm has opened. */
#define COMMAND_PASS(WINDOW)                                                                                           \
	do {                                                                                                           \
		command_rewind(s);                                                                                     \
		for (__u32 i = 0; i < GUARD_COMMAND_MAX / GUARD_PAGE; i++) {                                           \
			WINDOW(s);                                                                                     \
			if (s->command.outcome == GUARD_COMMAND_UNREADABLE)                                            \
				break;                                                                                 \
			stream_feed(image, s, s->command.window);                                                      \
			if (s->command.outcome == GUARD_COMMAND_WHOLE)                                                 \
				break;                                                                                 \
		}                                                                                                      \
		if (s->command.outcome == GUARD_COMMAND_READING)                                                       \
			s->command.outcome = GUARD_COMMAND_TOO_LONG;                                                   \
		stream_end(image, s, s->command.outcome == GUARD_COMMAND_WHOLE);                                       \
	} while (0)

#define COMMAND_READ(PASS)                                                                                             \
	do {                                                                                                           \
		stream_begin(image, s, GUARD_TEXT_COMMAND, GUARD_ROLES_OF_COMMAND);                                    \
		PASS(image, s);                                                                                        \
		for (__u32 i = 0; i < GUARD_CANDIDATES_MAX; i++) {                                                     \
			if (i >= s->candidate_count)                                                                   \
				break;                                                                                 \
			stream_confirm(image, s, i);                                                                   \
			PASS(image, s);                                                                                \
		}                                                                                                      \
		if (s->command.outcome != GUARD_COMMAND_WHOLE)                                                         \
			s->incomplete |= 1u << GUARD_FIELD_COMMAND;                                                    \
	} while (0)

__noinline int pass_by_pages(struct guard_image *image, struct guard_scratch *s)
{
	if (!image || !s)
		return 0;
	COMMAND_PASS(window_by_pages);
	return 0;
}

__noinline int pass_by_sleeping(struct guard_image *image, struct guard_scratch *s)
{
	if (!image || !s)
		return 0;
	COMMAND_PASS(window_by_sleeping);
	return 0;
}

/* The command line of the exec in s->command, in the check. s->command.outcome says how much of it was read. */
__noinline int command_by_pages(struct guard_image *image, struct guard_scratch *s)
{
	if (!image || !s)
		return 0;
	COMMAND_READ(pass_by_pages);
	return 0;
}

/* The same in the sleepable bprm_committed_creds, which brings in what was swapped out. */
__noinline int command_by_sleeping(struct guard_image *image, struct guard_scratch *s)
{
	if (!image || !s)
		return 0;
	COMMAND_READ(pass_by_sleeping);
	return 0;
}

#endif
