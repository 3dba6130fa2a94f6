/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Directories by the names on their way. What directory_cache.h keeps is found by what the kernel has for a directory, so
 * that each rename and each mount on the machine makes it forget all. The states that automata have behind a path depend on
 * the path and the policy alone: here they stand beside the path itself, and are taken again once the names on the way were
 * compared with it, all of them, each byte. Nothing but equality is relied on: where the directory is in the kernel's memory
 * only says where to look.
 *
 * The names are compared from the directory upwards, across mounts to the root of the namespace, as path.h walks them, under
 * the sequences of rename_lock and mount_lock that the tag of the place was made of: who takes the answer looks whether
 * they stayed. Directories on whose way there is a long name, or too many, are not kept.
 */
#ifndef GUARD_DIRECTORY_NAMES_H
#define GUARD_DIRECTORY_NAMES_H

#include "cell.h"
#include "file_cache.h"
#include "short_name.h"

/* Names and mounts on the way. */
#define GUARD_NAMED_STEPS_MAX 24u

/* What becomes of the names on the way. */
#define GUARD_NAMED_COMPARES 0u
#define GUARD_NAMED_WRITES 1u
#define GUARD_NAMED_MEASURES 2u

struct named_context {
	struct guard_named_directory *entry;
	struct guard_named_walk *walk;
};

/* The entry gets this name at this depth, or has it there. */
static __always_inline bool named_is(struct guard_named_directory *entry, const struct guard_short_name *name,
				     __u32 depth, __u32 way)
{
	struct guard_short_name *slot = &entry->names[depth & (GUARD_NAMED_DEPTH - 1)];
	__u64 differs = 0;

	if (way == GUARD_NAMED_MEASURES)
		return true;
	for (__u32 i = 0; i < GUARD_SHORT_NAME_WORDS; i++) {
		if (way == GUARD_NAMED_WRITES)
			slot->words[i] = name->words[i];
		else
			differs |= slot->words[i] ^ name->words[i];
	}
	return !differs;
}

/* The root was reached. A depth and no empty name says so: a file system of users may offer a name of zeros alone. */
static __always_inline bool named_ends(struct guard_named_directory *entry, __u32 depth, __u32 way)
{
	if (way == GUARD_NAMED_WRITES)
		entry->depth = depth;
	return way == GUARD_NAMED_MEASURES || entry->depth == depth;
}

static long named_step(__u32 index, struct named_context *context)
{
	struct guard_named_walk *walk = context->walk;
	struct guard_short_name name = {};
	__u64 above;

	if (walk->directory == walk->root) {
		if (mount_above(&walk->mount, &walk->directory, &walk->root))
			return 0;
		walk->holds = named_ends(context->entry, walk->depth, walk->way);
		return 1;
	}
	if (walk->depth >= GUARD_NAMED_DEPTH)
		return 1;
	above = short_name_read(&name, walk->directory);
	if (!above || !named_is(context->entry, &name, walk->depth, walk->way))
		return 1;
	walk->depth++;
	walk->directory = above;
	return 0;
}

/*
 * From the directory of s->named up to the root, name by name. 1: the root was reached, and the entry has these names, has
 * them now, or could have them. A global function: verified once a program.
 */
__noinline int named_walk(struct guard_scratch *s, struct guard_named_directory *entry)
{
	struct named_context context = {.entry = entry};
	struct mount *mount;
	__u64 root = 0;

	if (!s || !entry)
		return 0;
	context.walk = &s->named;
	mount = (struct mount *)s->named.mount;
	READ(root, mount->mnt.mnt_root);
	s->named.root = root;
	s->named.depth = 0;
	s->named.holds = 0;
	bpf_loop(GUARD_NAMED_STEPS_MAX, named_step, &context, 0);
	return s->named.holds;
}

static __always_inline bool named_goes(struct guard_scratch *s, struct guard_named_directory *entry,
				       const struct guard_place *place, __u32 way)
{
	s->named.directory = place->directory;
	s->named.mount = mount_at(place->mount);
	s->named.way = way;
	return named_walk(s, entry);
}

static __always_inline struct guard_named_directory *named_entry(struct guard_file_cache *cache,
								 const struct guard_place *place)
{
	__u64 hash = place->directory * cache->keys[0] + place->mount * cache->keys[1];

	return &cache->named[hash >> (64 - GUARD_NAMED_BITS)];
}

/* What the states mean something in. A number alone may be given again, once somebody has emptied the slot of images. */
static __always_inline __u64 named_policy(const struct guard_image *image)
{
	const struct guard_image_header *header = image_header(image);

	return (header->generation ^ *(const __u64 *)header->sha256) | 1;
}

/* The states behind the directory of a place, if they are kept of its path. False: they are not. */
static __always_inline bool named_recalls(struct guard_image *image, struct guard_scratch *s,
					  struct guard_file_cache *cache, const struct guard_place *place,
					  __u64 *states)
{
	struct guard_named_directory *entry = named_entry(cache, place);
	__u32 before = cell_sequence(&entry->sequence);

	if (entry->policy != named_policy(image) || before & 1 || place->sequences & GUARD_SEQUENCES_ODD)
		return false;
	*states = entry->states;
	if (path_mount_flags((struct mount *)mount_at(place->mount)) ||
	    !named_goes(s, entry, place, GUARD_NAMED_COMPARES))
		return false;
	return cell_stayed(&entry->sequence, before) && sequences_stayed(place->sequences);
}

/*
 * Keeps them, in the place of what was there, which is left alone by a way that can't be kept. Whatever moved meanwhile, the
 * path may be another than the one that was read: then nothing is kept.
 */
static __always_inline void named_keeps(struct guard_image *image, struct guard_scratch *s,
					struct guard_file_cache *cache, const struct guard_place *place, __u64 states)
{
	struct guard_named_directory *entry = named_entry(cache, place);

	if (!named_goes(s, entry, place, GUARD_NAMED_MEASURES) || !cell_take(&entry->sequence))
		return;
	entry->policy = 0;
	entry->states = states;
	if (named_goes(s, entry, place, GUARD_NAMED_WRITES) && sequences_stayed(place->sequences))
		entry->policy = named_policy(image);
	cell_give(&entry->sequence);
}

#endif
