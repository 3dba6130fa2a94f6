/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a program is known. Holders of an entry of `programs`: every thread that runs the program, the thread whose
 * exec of it is under way, and every program whose parent it is. Who has seen the last one go removes the entry. So:
 *
 *   - A thread holds the program it runs; that one, or it itself, is what forked the thread; and it holds its parent.
 *     From one's own thread upwards, everything is there as long as one looks.
 *   - A program that somebody else holds may go at any moment, and its memory be used again at once: it is held with
 *     program_hold_foreign before it is read.
 *   - A line that only goes down (each forks the next and ends) would never be freed: it is cut.
 */
#ifndef GUARD_PROGRAMS_H
#define GUARD_PROGRAMS_H

#include "account.h"

/* Of the table, what root alone may take: one user could have processes that fill it. */
#define GUARD_PROGRAMS_OF_ROOT (GUARD_PROGRAMS_MAX / 8)

static __always_inline struct guard_program *program_find(__u64 exec_id)
{
	return exec_id ? bpf_map_lookup_elem(&programs, &exec_id) : NULL;
}

/* More programs in the table. */
static __always_inline void programs_count(__s64 more)
{
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);

	if (known)
		__sync_fetch_and_add(&known->programs, more);
}

/* The current process may have one more. The effective uid is the host's: root of a user namespace is none. */
static __always_inline bool programs_have_room(void)
{
	struct guard_learned *known = bpf_map_lookup_elem(&learned, &zero);

	return !known || known->programs < GUARD_PROGRAMS_MAX - GUARD_PROGRAMS_OF_ROOT ||
	       !bpf_get_current_task_btf()->real_cred->euid.val;
}

struct holding {
	__u64 exec_id;
};

static long program_let_go_step(__u32 index, struct holding *holding)
{
	__u64 exec_id = holding->exec_id;
	struct guard_program *program = bpf_map_lookup_elem(&programs, &exec_id);
	__u64 parent;

	if (!program || __sync_fetch_and_sub(&program->holders, 1) != 1)
		return 1;
	parent = __sync_lock_test_and_set(&program->parent_exec_id, 0);
	if (bpf_map_delete_elem(&programs, &exec_id))
		COUNT(programs_left);
	else
		programs_count(-1);
	holding->exec_id = parent;
	return !parent;
}

/* One holder less; the last one takes what held nothing but this, its parents, along. */
__noinline int program_let_go(__u64 exec_id)
{
	struct holding holding = {.exec_id = exec_id};

	if (exec_id)
		bpf_loop(GUARD_PROGRAMS_MAX, program_let_go_step, &holding, 0);
	return 0;
}

/* One holder more, of a program that somebody holds who can't let go meanwhile. */
static __always_inline struct guard_program *program_hold(__u64 exec_id)
{
	struct guard_program *program = program_find(exec_id);

	if (program)
		__sync_fetch_and_add(&program->holders, 1);
	return program;
}

/*
 * The same for a program that may go at any moment. False: it is not there. What was freed has no holder and is not
 * taken; what has been used again meanwhile has another number and is let go.
 */
__noinline int program_hold_foreign(__u64 exec_id)
{
	struct guard_program *program = program_find(exec_id);
	__u64 found;

	if (!program)
		return false;
	for (__u32 i = 0; i < 64; i++) {
		__u32 holders = *(volatile __u32 *)&program->holders;

		if (!holders)
			return false;
		if (__sync_val_compare_and_swap(&program->holders, holders, holders + 1) != holders)
			continue;
		found = *(volatile __u64 *)&program->exec_id;
		if (found == exec_id)
			return true;
		program_let_go(found);
		return false;
	}
	return false;
}

/* Numbers of programs grow with time; the lowest bit is set for what ran before Guard. */
static __always_inline __u64 exec_id_new(bool before_guard)
{
	return bpf_ktime_get_boot_ns() << 10 | (bpf_get_smp_processor_id() & 511) << 1 | before_guard;
}

/* As events have it: 0 for what ran before Guard. */
static __always_inline __u64 exec_id_told(__u64 exec_id)
{
	return exec_id & 1 ? 0 : exec_id;
}

struct ascent {
	__u64 exec_id;
	__u32 levels;
};

static long ascend_step(__u32 index, struct ascent *ascent)
{
	struct guard_program *program = program_find(ascent->exec_id);
	__u64 parent = program ? program->parent_exec_id : 0;

	if (!parent)
		return 1;
	ascent->exec_id = parent;
	ascent->levels = index + 1;
	return 0;
}

/* Lets go of what is more than GUARD_LINEAGE_MAX levels above a program, and says how many are left. */
__noinline int lineage_cut(__u64 exec_id)
{
	struct ascent ascent = {.exec_id = exec_id};
	struct guard_program *last;
	__u64 parent;

	bpf_loop(GUARD_LINEAGE_MAX, ascend_step, &ascent, 0);
	last = program_find(ascent.exec_id);
	if (!last || ascent.levels < GUARD_LINEAGE_MAX)
		return ascent.levels;
	__sync_fetch_and_or(&last->flags, GUARD_PROGRAM_LINEAGE_CUT);
	parent = __sync_lock_test_and_set(&last->parent_exec_id, 0);
	program_let_go(parent);
	return ascent.levels;
}

/*
 * s->program becomes an entry under a new number, with one holder: the caller. Its parent must be held by somebody.
 * False: there is no room. No global function: 6.1 takes no value for a map from the memory of one.
 */
static __noinline int program_insert(struct guard_scratch *s, __u32 before_guard)
{
	struct guard_program *parent;
	__u64 exec_id;

	parent = program_hold(s->program.parent_exec_id);
	s->program.depth = parent ? parent->depth + 1 : 0;
	if (s->program.depth > 2 * GUARD_LINEAGE_MAX)
		s->program.depth = lineage_cut(s->program.parent_exec_id) + 1;
	s->program.holders = 1;
	s->program.sequence = 0;
	for (__u32 i = 0; i < 2 && programs_have_room(); i++) {
		exec_id = exec_id_new(before_guard);
		s->program.exec_id = exec_id;
		if (!bpf_map_update_elem(&programs, &exec_id, &s->program, BPF_NOEXIST)) {
			programs_count(1);
			return true;
		}
	}
	program_let_go(s->program.parent_exec_id);
	COUNT(programs_refused);
	return false;
}

#endif
