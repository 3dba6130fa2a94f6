/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Directories below whose path no rule has said anything yet. A rule may speak of a file in one of them, but
 * only by what its name adds: so the states that the automata of targets have behind "path/" are kept, and the
 * first open of a file reads its last name instead of resolving and reading the whole path. What is found is
 * whether a rule speaks of the file; whenever one does, or anything is in doubt, the open is decided in full.
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
 * are even and unchanged afterwards, dentry, parent and name belonged together. The dentry must be hashed, so
 * that "(deleted)" files are decided in full, and must not be the root of its mount, which has its name
 * elsewhere.
 */
#ifndef GUARD_DIRECTORY_CACHE_H
#define GUARD_DIRECTORY_CACHE_H

#include "file_cache.h"
#include "stream.h"
#include "text.h"

#define GUARD_NAME_MAX 255u

static __always_inline __u64 directory_tag(const __u64 *keys, struct file *file, const struct inode *directory,
					   __u64 sequences, __u64 generation)
{
	__u64 epoch = bpf_jiffies64() >> GUARD_FILE_CACHE_EPOCH_SHIFT;
	const struct dentry *at = file->f_path.dentry->d_parent;
	__u64 tag;

	tag = file_address(at) * keys[0];
	tag += file_address(file->f_path.mnt) * keys[1];
	tag += directory->i_ino * keys[2];
	tag += ((__u64)directory->i_generation << 32 | at->d_name.hash) * keys[3];
	tag += sequences * keys[4];
	tag += (generation << 24 ^ epoch) * keys[5];
	tag += file_address(at->d_parent) * keys[6];
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

/* The file has a name of its own in the directory that d_parent is, and is what the name says. */
static __always_inline bool directory_has(struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;

	return dentry->d_parent != dentry && dentry != file->f_path.mnt->mnt_root && dentry->d_hash.pprev &&
	       dentry->d_inode == file->f_inode && dentry->d_name.len <= GUARD_NAME_MAX;
}

static __always_inline bool directories_are_kept(const struct guard_image *image)
{
	return !set_at(image, GUARD_TEXT_TARGET)->buckets_off;
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

/* The file's name into s->name. */
static __always_inline __u32 directory_name(struct guard_scratch *s, const struct dentry *dentry)
{
	__u64 length = BOUNDED(dentry->d_name.len, GUARD_NAME_MAX);

	bpf_probe_read_kernel(s->name.bytes, length, dentry->d_name.name);
	*(__u64 *)(s->name.bytes + length) = 0;
	*(__u64 *)(s->name.bytes + length + 8) = 0;
	return length;
}

/* True: no rule speaks of this file, whose directory is known. False: nothing is said. */
static __always_inline bool directory_answers(struct guard_image *image, struct guard_scratch *s,
					      struct file *file, const struct file_sight *sight)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	const struct guard_directory *entry;
	__u64 tag, states;
	__u32 length;

	if (!cache || !directories_are_kept(image) || !directory_has(file))
		return false;
	tag = directory_tag(cache->keys, file, file->f_path.dentry->d_parent->d_inode, sight->sequences,
			    image_header(image)->generation);
	entry = directory_entry(cache, tag);
	states = entry->states;
	if (entry->check != directory_check(tag, states))
		return false;
	s->failure = GUARD_REASON_NONE;
	s->reported = 0;
	s->roles = GUARD_ROLE_TARGET;
	s->base = 0;
	directory_lane(image, s, 0, states);
	directory_lane(image, s, 1, states >> 32);
	length = directory_name(s, file->f_path.dentry);
	stream_feed(image, s, length);
	stream_end(image, s, 1);
	identity_holds(image, s, GUARD_ROLE_TARGET);
	/* What file_remember asks the walk for. */
	s->walk.flags = 0;
	return !s->reported && !s->failure && file_stayed(sight);
}

/* The state of automaton i behind s->path up to `end`; 0: there is none. */
static __always_inline __u32 directory_state(struct guard_image *image, struct guard_scratch *s, __u32 i,
					     __u64 end)
{
	__u32 number = 2 * GUARD_TEXT_TARGET + i;

	if (!automaton_begin(image, s, number, false))
		return 0;
	automaton_read(image, s, &s->path, number, (__u64)s->walk.position << 32 | end);
	return s->state & GUARD_IMAGE_MASK;
}

/* After an open that no rule speaks of: its directory, from the path in s, which this destroys. */
static __always_inline void directory_remember(struct guard_image *image, struct guard_scratch *s,
					       struct file *file, const struct file_sight *sight)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	const struct inode *directory = file->f_path.dentry->d_parent->d_inode;
	__u64 end = GUARD_PATH_MAX - BOUNDED(file->f_path.dentry->d_name.len, GUARD_NAME_MAX);
	struct guard_directory *entry;
	__u64 tag, states;

	/* Room for the longest name, or some file of it has a path that is too long. */
	if (!cache || !directories_are_kept(image) || s->walk.flags || !directory_has(file) ||
	    s->walk.position < GUARD_NAME_MAX || end <= s->walk.position || directory->i_flags & S_ENCRYPTED ||
	    !file_system_is_plain(file->f_inode->i_sb) || !cache->keys[GUARD_FILE_CACHE_KEYS - 1])
		return;
	*(__u64 *)(s->path.bytes + end) = 0;
	*(__u64 *)(s->path.bytes + end + 8) = 0;
	s->reported = 0;
	states = directory_state(image, s, 0, end);
	states |= (__u64)directory_state(image, s, 1, end) << 32;
	if (s->reported || s->failure || !file_stayed(sight))
		return;
	tag = directory_tag(cache->keys, file, directory, sight->sequences, image_header(image)->generation);
	entry = directory_entry(cache, tag);
	entry->states = states;
	entry->check = directory_check(tag, states);
}

#endif
