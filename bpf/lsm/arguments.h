/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The argument vector of an exec. Read where nobody else can change it: in the check from the pages of the
 * address space that is being built (by a walk of its page tables: it is not the current one), once the exec
 * can't fail from the program's own, before anybody else can reach that. Here for its record, into s->out.
 */
#ifndef GUARD_ARGUMENTS_H
#define GUARD_ARGUMENTS_H

#include "path.h"

#define GUARD_ARGUMENTS_MAX 1024u
#define GUARD_PAGE 4096u

/* arch/x86: entries of page tables (Intel SDM 3A, 4.5). */
#define PAGE_PRESENT 0x1ull
#define PAGE_LEAF 0x80ull
#define PAGE_FRAME 0x000ffffffffff000ull

extern const void page_offset_base GUARD_LOCK_SYMBOLS;
extern const void __pgtable_l5_enabled __ksym __weak;
extern const void sme_me_mask __ksym __weak;

/* What an entry points to, in the kernel's direct map; 0 when nothing is there or it is no table. */
static __always_inline __u64 page_table_next(__u64 table, __u64 address, __u32 shift, __u64 base, __u64 frame)
{
	__u64 entry = 0;

	if (!table)
		return 0;
	bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(table + ((address >> shift) & 511) * 8));
	if (!(entry & PAGE_PRESENT) || (shift != 12 && entry & PAGE_LEAF))
		return 0;
	return base + (entry & frame);
}

/* The kernel's address of a user page of another address space; 0 when it is not in memory. x86-64. */
__noinline __u64 user_page(__u64 pgd, __u64 address)
{
	__u64 base = 0, encryption = 0, table = pgd, frame;
	__u32 five_levels = 0;

	bpf_probe_read_kernel(&base, sizeof(base), &page_offset_base);
	if (&__pgtable_l5_enabled)
		bpf_probe_read_kernel(&five_levels, sizeof(five_levels), &__pgtable_l5_enabled);
	if (&sme_me_mask)
		bpf_probe_read_kernel(&encryption, sizeof(encryption), &sme_me_mask);
	frame = PAGE_FRAME & ~encryption;
	if (five_levels)
		table = page_table_next(table, address, 48, base, frame);
	table = page_table_next(table, address, 39, base, frame);
	table = page_table_next(table, address, 30, base, frame);
	table = page_table_next(table, address, 21, base, frame);
	return page_table_next(table, address, 12, base, frame);
}

struct args_context {
	struct guard_scratch *scratch;
	__u32 length; /* bytes of complete arguments so far */
	__u32 room;
};

static long args_step(__u32 index, struct args_context *context)
{
	struct guard_scratch *s = context->scratch;
	__u64 at = context->length;
	long length;

	asm volatile("" : "+r"(at));
	if (at >= context->room || at >= GUARD_ARGS_MAX)
		return 1;
	/* Only the length is wanted: the upper half of s->out takes the copy. */
	length = bpf_probe_read_kernel_str(s->out + GUARD_ARGS_MAX, GUARD_ARGS_MAX, s->out + at);
	if (length <= 0)
		return 1;
	context->length += length;
	return 0;
}

/*
 * The strings after bprm->p are the arguments and then the environment: keeps the first argc of what was read,
 * so that no environment leaves the kernel.
 */
static __always_inline void args_count(struct guard_scratch *s, __u32 argc, __u64 read, __u64 total)
{
	struct args_context context = {.scratch = s, .room = read};

	bpf_loop(argc < GUARD_ARGUMENTS_MAX ? argc : GUARD_ARGUMENTS_MAX, args_step, &context, 0);
	s->event.args_length = BOUNDED(context.length, GUARD_ARGS_MAX);
	s->event.args_total = context.length;
	if (context.length >= GUARD_ARGS_MAX || argc > GUARD_ARGUMENTS_MAX) {
		s->event.args_total = total;
		s->event.flags |= GUARD_EVENT_ARGS_TRUNCATED;
	}
}

/*
 * `length` bytes, a page at most, from the address space of this page table. False: not all are in memory. Each
 * page is looked for again afterwards: it may have been swapped out meanwhile, and its frame have become
 * somebody else's.
 */
static __always_inline bool user_read(__u8 *to, __u64 pgd, __u64 from, __u64 length)
{
	__u64 offset = from & (GUARD_PAGE - 1);
	__u64 first = BOUNDED(GUARD_PAGE - offset, length), rest, page;

	first = BOUNDED(first, GUARD_PAGE);
	page = user_page(pgd, from);
	if (!page || bpf_probe_read_kernel(to, first, (void *)(page + offset)) || user_page(pgd, from) != page)
		return false;
	rest = BOUNDED(length - first, GUARD_PAGE);
	if (!rest)
		return true;
	page = user_page(pgd, from + first);
	return page && !bpf_probe_read_kernel(to + first, rest, (void *)page) && user_page(pgd, from + first) == page;
}

/* In bprm_check_security. A page that was swapped out can't be brought in here: said, not guessed. */
static __always_inline void args_of_new_program(struct guard_scratch *s, struct linux_binprm *bprm)
{
	__u64 total = bprm->exec - bprm->p;
	__u64 read = BOUNDED(total, GUARD_ARGS_MAX);
	__u64 pgd = 0;

	/* Through memory, because a global function takes numbers and no kernel pointers. */
	bpf_probe_read_kernel(&pgd, sizeof(pgd), &bprm->mm->pgd);
	if (user_read(s->out, pgd, bprm->p, read))
		args_count(s, bprm->argc, read, total);
	else
		s->event.flags |= GUARD_EVENT_ARGS_UNREADABLE;
}

/* In the sleepable bprm_committed_creds: the new address space is this task's own; swapped pages are brought
 * in. */
static __always_inline void args_of_this_program(struct guard_scratch *s, struct linux_binprm *bprm)
{
	__u64 total = bprm->exec - bprm->p;
	__u64 read = BOUNDED(total, GUARD_ARGS_MAX);

	if (bpf_copy_from_user(s->out, read, (const void *)bprm->p))
		s->event.flags |= GUARD_EVENT_ARGS_UNREADABLE;
	else
		args_count(s, bprm->argc, read, total);
}

#endif
