/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies of what is kept of tasks and programs. Its lists of atoms are mostly empty, and are copied only as far as they are
 * filled: every fork and exec copies several of them. What stands behind a list's count means nothing.
 */
#ifndef GUARD_COPY_H
#define GUARD_COPY_H

#include "automaton.h"

/* `from` may be an address that is only probed. */
static __always_inline long list_copy(__u16 *to, const __u16 *from, __u32 count)
{
	__u64 size = BOUNDED(count * sizeof(*to), GUARD_SUBJECT_ATOMS_MAX * sizeof(*to));

	return size ? bpf_probe_read_kernel(to, size, from) : 0;
}

/* After what stands before them, their lengths among it. False: they can't be read. */
static __always_inline bool subject_lists_copy(struct guard_subject *to, const struct guard_subject *from)
{
	return !list_copy(to->own, from->own, to->own_count) &&
	       !list_copy(to->parent, from->parent, to->parent_count) &&
	       !list_copy(to->ancestor, from->ancestor, to->ancestor_count);
}

static __always_inline void subject_copy(struct guard_subject *to, const struct guard_subject *from)
{
	__builtin_memcpy(to, from, __builtin_offsetof(struct guard_subject, own));
	subject_lists_copy(to, from);
}

/* The same from memory that is only probed. False: it can't be read. */
static __always_inline bool subject_probe(struct guard_subject *to, __u64 address)
{
	const struct guard_subject *from = (const struct guard_subject *)address;

	return !bpf_probe_read_kernel(to, __builtin_offsetof(struct guard_subject, own), from) &&
	       subject_lists_copy(to, from);
}

static __always_inline void atoms_copy(struct guard_program_atoms *to, const struct guard_program_atoms *from)
{
	__builtin_memcpy(to, from, __builtin_offsetof(struct guard_program_atoms, own));
	list_copy(to->own, from->own, to->own_count);
	list_copy(to->as_parent, from->as_parent, to->as_parent_count);
	list_copy(to->as_ancestor, from->as_ancestor, to->as_ancestor_count);
	list_copy(to->ancestor, from->ancestor, to->ancestor_count);
}

#endif
