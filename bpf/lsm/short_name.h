/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that stand in their dentries, read without going byte by byte. Behind the end of one there may be anything. */
#ifndef GUARD_SHORT_NAME_H
#define GUARD_SHORT_NAME_H

#include "path.h"

/* What of word I belongs to a name of LENGTH bytes. */
#define GUARD_NAME_MASK(LENGTH, I)                                                                                     \
	((LENGTH) >= 8 * (I) + 8 ? ~0ull : (LENGTH) <= 8 * (I) ? 0ull : (1ull << ((LENGTH)&7) * 8) - 1)
#define GUARD_NAME_MASKS(LENGTH)                                                                                       \
	{                                                                                                              \
		{                                                                                                      \
			GUARD_NAME_MASK(LENGTH, 0), GUARD_NAME_MASK(LENGTH, 1), GUARD_NAME_MASK(LENGTH, 2),            \
			    GUARD_NAME_MASK(LENGTH, 3)                                                                 \
		}                                                                                                      \
	}
#define GUARD_NAME_MASKS_OF_FOUR(LENGTH)                                                                               \
	GUARD_NAME_MASKS(LENGTH), GUARD_NAME_MASKS(LENGTH + 1), GUARD_NAME_MASKS(LENGTH + 2),                          \
	    GUARD_NAME_MASKS(LENGTH + 3)

/* By length. Looked up and not computed: no branch that the verifier would follow. */
static const struct guard_short_name short_name_masks[GUARD_SHORT_NAME_MAX + 1] = {
    GUARD_NAME_MASKS_OF_FOUR(0),  GUARD_NAME_MASKS_OF_FOUR(4),	GUARD_NAME_MASKS_OF_FOUR(8),
    GUARD_NAME_MASKS_OF_FOUR(12), GUARD_NAME_MASKS_OF_FOUR(16), GUARD_NAME_MASKS_OF_FOUR(20),
    GUARD_NAME_MASKS_OF_FOUR(24), GUARD_NAME_MASKS_OF_FOUR(28),
};

/* Hidden, or it becomes part of a load, which would have to be of as many bytes as the field. */
static __always_inline __u64 short_name_offset(void)
{
	__u64 offset = bpf_core_field_offset(struct dentry, d_iname);

	asm volatile("" : "+r"(offset));
	return offset;
}

static __always_inline void short_name_trim(struct guard_short_name *name, __u32 length)
{
	const struct guard_short_name *masks = &short_name_masks[length & GUARD_SHORT_NAME_MAX];

	for (__u32 i = 0; i < GUARD_SHORT_NAME_WORDS; i++)
		name->words[i] &= masks->words[i];
}

/* The name of a dentry of which a hook has the pointer. False: it is a long one. */
static __always_inline bool short_name_of(struct guard_short_name *name, const struct dentry *dentry)
{
	__u32 length = dentry->d_name.len;
	const __u64 *words;
	__u64 offset;

	/* Another field from 6.14 on. */
	if (!bpf_core_field_exists(dentry->d_iname))
		return false;
	offset = short_name_offset();
	words = (const __u64 *)((const char *)dentry + offset);
	if (length > GUARD_SHORT_NAME_MAX || address_of(dentry->d_name.name) != address_of(dentry) + offset)
		return false;
	for (__u32 i = 0; i < GUARD_SHORT_NAME_WORDS; i++)
		name->words[i] = words[i];
	short_name_trim(name, length);
	return true;
}

/* What kernels before 6.2 have in a row in a dentry (include/linux/dcache.h): one helper call reads it. */
struct dentry_window {
	__u64 d_parent;
	__u32 hash;
	__u32 length;
	__u64 name;
	__u64 d_inode;
	struct guard_short_name d_iname;
};

#define GUARD_DENTRY_HAS_AT(FIELD, PLACE)                                                                              \
	(bpf_core_field_offset(struct dentry, FIELD) ==                                                                \
	 bpf_core_field_offset(struct dentry, d_parent) + __builtin_offsetof(struct dentry_window, PLACE))

/* The same by an address. A kernel with another layout has no short names: that costs time, never an answer. */
static __always_inline __u64 short_name_probe(struct guard_short_name *name, __u64 address)
{
	const struct dentry *at = (const struct dentry *)address;
	struct dentry_window window = {};

	if (!bpf_core_field_exists(at->d_iname) || !GUARD_DENTRY_HAS_AT(d_name, hash) ||
	    !GUARD_DENTRY_HAS_AT(d_iname, d_iname))
		return 0;
	bpf_probe_read_kernel(&window, sizeof(window), &at->d_parent);
	if (window.length > GUARD_SHORT_NAME_MAX || window.name != address + short_name_offset() ||
	    window.d_parent == address)
		return 0;
	*name = window.d_iname;
	short_name_trim(name, window.length);
	return window.d_parent;
}

/* The name of the dentry at an address, and the address of the one above. 0: it has no short name in a directory. */
static __always_inline __u64 short_name_read(struct guard_short_name *name, __u64 address)
{
	const struct dentry *at;
	__u64 above;

	if (!bpf_rdonly_cast)
		return short_name_probe(name, address);
	at = bpf_rdonly_cast((const void *)address, bpf_core_type_id_kernel(struct dentry));
	above = address_of(at->d_parent);
	return short_name_of(name, at) && above != address ? above : 0;
}

#endif
