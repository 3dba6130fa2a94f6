/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Directories below whose path no rule has said anything yet. A rule may speak of a file in one of them, but
 * only by what its name adds: so the states that the automata of targets have behind "path/" are kept, and the
 * first open of a file, and each operation on a name, reads the last name instead of resolving and reading the
 * whole path. What is found is whether a rule speaks of the file; whenever one does, or anything is in doubt, it is
 * decided in full. Where nothing is kept, the whole path is read in the same two steps, and the states are kept.
 *
 * An entry is two words, a check and the states; the check is the directory's tag (file_cache.h says what a tag
 * is and what its parts protect against) together with the states, so that halves of two entries are taken for
 * none.
 *
 * What differs from the tag of a file: a directory has one name, so that in place of ctime, which moves with
 * each of its entries, there are its own name's hash, the directory above, and the inode's generation, which
 * tells it from a later one with the same number; its owner can choose that one on some ext4, and can't choose
 * the others. Rules that ask sets for the whole target are not kept: a hash has no state behind "path/" that is
 * worth keeping.
 *
 * The name is read from the dentry, under the same sequences of rename_lock and mount_lock as the tag: if both
 * are even and unchanged afterwards, dentry, parent and name belonged together. In an operation on a name the
 * directory is locked besides. The dentry must be hashed, so
 * that "(deleted)" files are decided in full, and must not be the root of its mount, which has its name
 * elsewhere.
 */
#ifndef GUARD_DIRECTORY_CACHE_H
#define GUARD_DIRECTORY_CACHE_H

#include "directory_names.h"
#include "other_name.h"
#include "stream.h"
#include "text.h"

#define GUARD_NAME_MAX 255u

static __always_inline __u64 directory_tag(const __u64 *keys, const struct vfsmount *mount, const struct dentry *at,
					   const struct inode *directory, __u64 sequences, __u64 generation)
{
	__u64 epoch = bpf_jiffies64() >> GUARD_FILE_CACHE_EPOCH_SHIFT;
	__u64 tag;

	tag = address_of(at) * keys[0];
	tag += address_of(mount) * keys[1];
	tag += directory->i_ino * keys[2];
	tag += ((__u64)directory->i_generation << 32 | at->d_name.hash) * keys[3];
	tag += sequences * keys[4];
	tag += (generation << 24 ^ epoch) * keys[5];
	tag += address_of(at->d_parent) * keys[6];
	return tag | 1;
}

static __always_inline struct guard_directory *directory_entry(struct guard_file_cache *cache, __u64 tag)
{
	return &cache->directories[tag >> (64 - GUARD_DIRECTORY_BITS)];
}

/* The factor is odd: other states give another check. */
static __always_inline __u64 directory_check(__u64 tag, __u64 states)
{
	return tag ^ states * 0x9e3779b97f4a7c15ull;
}

static __always_inline void directory_keeps(struct guard_file_cache *cache, const struct guard_place *place,
					    __u64 states)
{
	struct guard_directory *entry = directory_entry(cache, place->tag);

	entry->states = states;
	entry->check = directory_check(place->tag, states);
}

/* The dentry has a name of its own in the directory that d_parent is, on a file system of which something is kept. */
static __always_inline bool directory_has(const struct vfsmount *mount, const struct dentry *dentry)
{
	const struct dentry *at = dentry->d_parent;

	return at != dentry && dentry != mount->mnt_root && dentry->d_hash.pprev &&
	       dentry->d_name.len <= GUARD_NAME_MAX && file_system_is_plain(dentry->d_sb) &&
	       !(at->d_inode->i_flags & S_ENCRYPTED);
}

/*
 * Name number `at` of the operation, and where to look for what is kept of its directory. An answer is to be had only
 * where rules ask for the target first (GUARD_DECIDES_TARGET).
 */
static __always_inline void place_see(const struct guard_image *image, struct guard_scratch *s, __u32 at,
				      const struct vfsmount *mount, const struct dentry *dentry, __u64 sequences)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	struct guard_place *place = &s->names[at].place;

	place->tag = 0;
	/* A hash of the whole target has no state behind "path/" that is worth keeping. */
	if (!cache || !cache->keys[GUARD_FILE_CACHE_KEYS - 1] ||
	    category_of(image, GUARD_CATEGORY_FILE)->target_decides != GUARD_DECIDES_TARGET ||
	    set_at(image, GUARD_TEXT_TARGET)->buckets_off || !directory_has(mount, dentry))
		return;
	place->sequences = sequences;
	place->directory = address_of(dentry->d_parent);
	place->mount = address_of(mount);
	place->length = dentry->d_name.len;
	place->name = address_of(dentry->d_name.name);
	place->is_short = short_name_of(&place->word, dentry);
	place->tag = directory_tag(cache->keys, mount, dentry->d_parent, dentry->d_parent->d_inode, sequences,
				   image_header(image)->generation);
}

/* Lane i goes on behind the directory. */
static __always_inline void directory_lane(const struct guard_image *image, struct guard_scratch *s, __u32 i,
					   __u32 state)
{
	const struct guard_automaton *automaton = automaton_at(image, 2 * GUARD_TEXT_TARGET + i);
	struct guard_stream *stream = &s->streams[i & (GUARD_STREAMS - 1)];

	stream->number = 2 * GUARD_TEXT_TARGET + i;
	stream->present = automaton->classes_off != 0;
	stream->stride = automaton->class_count * 4;
	stream->state = state;
}

/* The name into s->name. */
static __always_inline __u32 place_name(struct guard_scratch *s, const struct guard_place *place)
{
	__u64 length = BOUNDED(place->length, GUARD_NAME_MAX);

	if (place->is_short) {
		*(struct guard_short_name *)s->name.bytes = place->word;
		return length;
	}
	bpf_probe_read_kernel(s->name.bytes, length, (void *)place->name);
	*(__u64 *)(s->name.bytes + length) = 0;
	*(__u64 *)(s->name.bytes + length + 8) = 0;
	return length;
}

/* True: no rule speaks of the file s->identity in a directory behind which the automata have these states. */
static __always_inline bool place_is_unspoken(struct guard_image *image, struct guard_scratch *s,
					      const struct guard_place *place, __u64 states)
{
	s->failure = GUARD_REASON_NONE;
	s->reported = 0;
	s->roles = GUARD_ROLE_TARGET;
	s->base = 0;
	directory_lane(image, s, 0, states);
	directory_lane(image, s, 1, states >> 32);
	stream_feed(image, s, place_name(s, place));
	stream_end(image, s, 1);
	identity_holds(image, s, GUARD_ROLE_TARGET);
	return !s->reported && !s->failure && sequences_stayed(place->sequences);
}

/* True: no rule speaks of name number `at`, whose directory is known. False: nothing is said. */
static __always_inline bool place_answers(struct guard_image *image, struct guard_scratch *s, __u32 at)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	const struct guard_place *place = &s->names[at].place;
	const struct guard_directory *entry;
	__u64 states;

	if (!cache || !place->tag)
		return false;
	entry = directory_entry(cache, place->tag);
	states = entry->states;
	if (entry->check != directory_check(place->tag, states)) {
		/* Known by its names or not: it may have others now. */
		if (mount_may_be_second(mount_at(place->mount)) || !named_recalls(image, s, cache, place, &states))
			return false;
		directory_keeps(cache, place, states);
	}
	/* What file_remember asks the walk for. */
	s->walk.flags = 0;
	return place_is_unspoken(image, s, place, states);
}

/* The state of automaton i behind s->path up to `end`; 0: there is none. */
static __always_inline __u64 directory_state(struct guard_image *image, struct guard_scratch *s, __u32 i, __u64 end)
{
	__u32 number = 2 * GUARD_TEXT_TARGET + i;

	if (!automaton_begin(image, s, number, false))
		return 0;
	automaton_read(image, s, &s->path, number, (__u64)s->walk.position << 32 | end);
	return s->state & GUARD_IMAGE_MASK;
}

/* Both, behind the directory of s->path. Something in it may have been reported. */
static __always_inline __u64 directory_states(struct guard_image *image, struct guard_scratch *s, __u64 end)
{
	__u64 *behind = (__u64 *)(s->path.bytes + end);
	__u64 first = behind[0], second = behind[1], states;

	/* What is behind a text has to be zero. */
	behind[0] = 0;
	behind[1] = 0;
	s->roles = GUARD_ROLE_TARGET;
	states = directory_state(image, s, 0, end);
	states |= directory_state(image, s, 1, end) << 32;
	behind[0] = first;
	behind[1] = second;
	return states;
}

/* Makes a directory known by the path in s, which stays. 0: it can't be. A function: it takes the stack of another. */
__noinline int place_learns(struct guard_image *image, struct guard_scratch *s, __u32 at)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	const struct guard_place *place;
	__u64 end, states;

	if (!image || !s || !cache)
		return 0;
	place = &s->names[at & (GUARD_NAMES - 1)].place;
	end = GUARD_PATH_MAX - BOUNDED(place->length, GUARD_NAME_MAX);
	/* Room for the longest name, or some file of it has a path that is too long. */
	if (!place->tag || !other_name_is_none(s) || s->walk.flags || s->walk.position < GUARD_NAME_MAX ||
	    end <= s->walk.position)
		return 0;
	s->failure = GUARD_REASON_NONE;
	s->reported = 0;
	states = directory_states(image, s, end);
	if (s->reported || s->failure || !sequences_stayed(place->sequences))
		return 0;
	directory_keeps(cache, place, states);
	named_keeps(image, s, cache, place, states);
	return 1;
}

#endif
