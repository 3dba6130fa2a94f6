/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions of rules over the atoms that hold. */
#ifndef GUARD_CONDITION_H
#define GUARD_CONDITION_H

#include "automaton.h"

#define GUARD_OPS_WINDOW 32u

/*
 * A condition in Kleene's logic, on two stacks of bits: `yes` has a one where a value is true, `no` where it is
 * false; neither means unknown. and, or and not are two or three instructions on the top bits. At most GUARD_OPS_WINDOW
 * operations; the stacks are in s, so that a longer condition takes several calls (see GUARD_WINDOW).
 */
__noinline int condition_part(struct guard_image *image, struct guard_scratch *s, __u32 ops, __u32 count)
{
	__u64 yes, no;

	if (!image || !s)
		return 0;
	yes = s->yes;
	no = s->no;
	for (__u32 i = 0; i < GUARD_OPS_WINDOW; i++) {
		__u32 op, kind;
		__u64 y, n;

		asm volatile("" : "+r"(count));
		if (i >= count)
			break;
		op = image_u32(image, ops + i * 4);
		kind = op >> GUARD_OP_SHIFT;
		if (kind == GUARD_OP_ATOM) {
			__u32 field = (op >> GUARD_OP_FIELD_SHIFT) & GUARD_OP_FIELD_MASK;

			y = atom_is_set(s, op & GUARD_OP_ATOM_MASK);
			n = !y && !(s->incomplete >> (field & (GUARD_FIELDS - 1)) & 1);
			yes = yes << 1 | y;
			no = no << 1 | n;
		} else if (kind == GUARD_OP_AND) {
			y = yes & (yes >> 1) & 1;
			n = (no | no >> 1) & 1;
			yes = (yes >> 2) << 1 | y;
			no = (no >> 2) << 1 | n;
		} else if (kind == GUARD_OP_OR) {
			y = (yes | yes >> 1) & 1;
			n = no & (no >> 1) & 1;
			yes = (yes >> 2) << 1 | y;
			no = (no >> 2) << 1 | n;
		} else if (kind == GUARD_OP_NOT) {
			y = no & 1;
			n = yes & 1;
			yes = (yes & ~1ull) | y;
			no = (no & ~1ull) | n;
		} else {
			yes = yes << 1 | (kind == GUARD_OP_TRUE);
			no = no << 1 | (kind == GUARD_OP_FALSE);
		}
	}
	s->yes = yes;
	s->no = no;
	return 0;
}

/* 1: true, 2: false, 0: unknown. */
static __always_inline int condition_value(struct guard_image *image, struct guard_scratch *s, __u32 ops, __u32 count)
{
	s->yes = 0;
	s->no = 0;
	for (__u32 i = 0; i < GUARD_RULE_OPS_MAX / GUARD_OPS_WINDOW; i++) {
		__u32 part = count < GUARD_OPS_WINDOW ? count : GUARD_OPS_WINDOW;

		condition_part(image, s, ops, part);
		count -= part;
		if (!count)
			break;
		ops += part * 4;
	}
	return (int)((s->yes & 1) | (s->no & 1) << 1);
}

#endif
