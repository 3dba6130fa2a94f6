/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that several tasks fill and read without a lock, under a number that is odd while somebody writes. Who finds it
 * odd, or moved when he is done, has read nothing; who would write goes without. Nobody ever waits.
 */
#ifndef GUARD_CELL_H
#define GUARD_CELL_H

#include "kernel_types.h"

/* Before reading, and after it: the compiler moves no other access across. */
static __always_inline __u32 cell_sequence(const __u32 *sequence)
{
	__u32 now;

	asm volatile("" : : : "memory");
	now = *(const volatile __u32 *)sequence;
	asm volatile("" : : : "memory");
	return now;
}

/* After it: what was read since `before` is one piece. */
static __always_inline bool cell_stayed(const __u32 *sequence, __u32 before)
{
	return !(before & 1) && cell_sequence(sequence) == before;
}

/* False: somebody else writes. */
static __always_inline bool cell_take(__u32 *sequence)
{
	__u32 before = cell_sequence(sequence);

	return !(before & 1) && __sync_val_compare_and_swap(sequence, before, before + 1) == before;
}

static __always_inline void cell_give(__u32 *sequence)
{
	__sync_fetch_and_add(sequence, 1);
}

#endif
