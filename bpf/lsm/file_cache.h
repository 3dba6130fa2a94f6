/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that no rule speaks of. An open of one is allowed to anybody, and that answer is remembered: an open of a file
 * that was seen before costs the making of a tag and the search for it in one bucket. Nothing else is remembered: no
 * match, no refusal, nothing that is unknown.
 *
 * A tag is one 64-bit word, a keyed sum of everything that makes the answer valid. It is written and read in one
 * piece, so that no lock is taken and no half-written entry is seen. An entry is never corrected: when what it was made
 * of has changed, nobody asks for that tag any more. The keys are random and odd, and are drawn by the programs: two
 * different files meet in one tag with a chance of about 2^-57, and who does not know the keys can't arrange it.
 *
 * What is in a tag, and what it protects against:
 *
 *   dentry            the name in its directory. While a dentry lives, its name and its place in the tree change only
 *                     under rename_lock (d_move, d_exchange, d_splice_alias).
 *   mount             the same file has another path in another mount. Where a mount hangs changes only under
 *                     mount_lock, and every new one is entered under it (attach, umount, move, propagation, pivot,
 *                     the end of a namespace, clone_mnt, vfs_create_mount), so that an address that is used again, for
 *                     a mount or for the superblock below it, is told from its former owner.
 *   inode number,     a dentry may be freed and its address used for another name. Then it is the same file, under the
 *   ctime             same name, if the inode is the same and its only link was neither made nor removed meanwhile:
 *                     link, unlink and rename set ctime before the new name can be looked up. A deleted file whose
 *                     number is used again has a later ctime.
 *   rename_lock,      nothing was renamed, no mount was changed since the path was walked. Odd while a change is under
 *   mount_lock        way: such a tag is never stored. Read before everything else.
 *   epoch             16,384 ticks of the timer (65 s at 250 Hz). Sequences have 32 bits: within that time nobody can
 *                     make 2^31 renames, to come back to a value that was in use.
 *   generation        another policy.
 *   what is asked     rules about opens and rules about mappings say different things of one file.
 *   cgroup            by its id, and only where rules ask for it: the answer is that none of them concerns this file in
 *                     this cgroup. Such a tag is looked for after the one that holds for everybody.
 *
 * When an answer is stored:
 *
 *   - the path was resolved completely, and both sequences are the same, and even, before the tag and after the walk;
 *   - the inode has one link, or is a directory, and is the dentry's own (overlayfs on 6.1 opens a file of the layer
 *     below under its own path);
 *   - ctime is older than GUARD_FILE_CACHE_SETTLED_NS. The kernel stamps with the time of the last tick: a link and an
 *     unlink in the same tick as the stamp would leave it as it is. The clock that is compared with is TAI, which
 *     is ahead of UTC by 37 s at most where anybody set it, and never behind;
 *   - the file system is one for which the above was checked (ext4, xfs, tmpfs) with stamps of one nanosecond (ext4
 *     with inodes of 128 bytes has whole seconds). Not btrfs (snapshots share number and ctime), not those that
 *     revalidate or whose names change without a rename: casefold (a dentry has the name as it was typed), encrypted
 *     directories (names change when the key comes).
 *
 * A clock that root sets back by just so much that a later change gets the same nanosecond is not covered. What is said
 * of the kernel's locks holds for 6.1 to 6.12. Before a newer kernel is supported, look whether every mount is still
 * made and hung under mount_lock as a writer: a reader that excludes writers does not move the sequence.
 */
#ifndef GUARD_FILE_CACHE_H
#define GUARD_FILE_CACHE_H

#include "account.h"
#include "identity.h"
#include "image_in_force.h"
#include "path.h"

#define GUARD_FILE_CACHE_EPOCH_SHIFT 14
#ifndef GUARD_FILE_CACHE_SETTLED_NS
#define GUARD_FILE_CACHE_SETTLED_NS 60000000000ll
#endif

/* include/linux/fs.h, include/uapi/linux/stat.h */
#define S_ENCRYPTED 0x4000u
#define S_IFMT 0170000
#define S_IFDIR 0040000

/* What is asked of a file. */
#define GUARD_SIGHT_OPEN 0u
#define GUARD_SIGHT_MAPPING 1u

/* What a file was looked for under: to be stored when no rule turns out to speak of it. */
struct file_sight {
	__u64 sequences; /* of rename_lock and mount_lock */
	__u64 ctime;
	__u64 tag;
};

static __always_inline __u64 file_sequences(void)
{
	struct seqcount *rename, *mount;
	__u64 sequences;

	if (!bpf_rdonly_cast)
		return path_sequences();
	rename = bpf_rdonly_cast(&rename_lock, bpf_core_type_id_kernel(struct seqcount));
	mount = bpf_rdonly_cast(&mount_lock, bpf_core_type_id_kernel(struct seqcount));
	sequences = (__u64)rename->sequence << 32 | mount->sequence;
	asm volatile("" : "+r"(sequences) : : "memory");
	return sequences;
}

/* Seconds shifted by 30 bits, and nanoseconds. */
static __always_inline __u64 file_ctime(const struct inode *inode)
{
	const struct inode___split *split = (const struct inode___split *)inode;
	const struct inode___hidden *hidden = (const struct inode___hidden *)inode;

	if (bpf_core_field_exists(split->i_ctime_sec))
		return (__u64)split->i_ctime_sec << 30 | split->i_ctime_nsec;
	if (bpf_core_field_exists(hidden->__i_ctime))
		return (__u64)hidden->__i_ctime.tv_sec << 30 | (__u64)hidden->__i_ctime.tv_nsec;
	return (__u64)inode->i_ctime.tv_sec << 30 | (__u64)inode->i_ctime.tv_nsec;
}

/*
 * Each part has a key of its own, or shares a word with another so that both are in it whole: parts that differ in one
 * word only can't meet.
 */
static __always_inline __u64 file_tag(const __u64 *keys, struct file *file, __u32 asked, __u64 sequences, __u64 ctime,
				      __u64 generation)
{
	__u64 epoch = bpf_jiffies64() >> GUARD_FILE_CACHE_EPOCH_SHIFT;
	__u64 tag;

	tag = address_of(file->f_path.dentry) * keys[0];
	tag += address_of(file->f_path.mnt) * keys[1];
	tag += file->f_inode->i_ino * keys[2];
	tag += ctime * keys[3];
	tag += sequences * keys[4];
	tag += (generation << 24 ^ epoch) * keys[5];
	tag += asked * keys[6];
	/* Never that of an empty place. */
	return tag | 1;
}

/* The same for tasks of one cgroup alone. */
static __always_inline __u64 file_tag_in(const __u64 *keys, __u64 tag, __u64 cgroup_id)
{
	/* The lowest bit of that word is what is asked. */
	return (tag + (cgroup_id << 1) * keys[6]) | 1;
}

/* The upper bits of a sum of products depend on all the others. */
static __always_inline struct guard_file_bucket *file_bucket(struct guard_file_cache *cache, __u64 tag)
{
	return &cache->buckets[tag >> (64 - GUARD_FILE_CACHE_BITS)];
}

static __always_inline bool file_tag_is_stored(struct guard_file_cache *cache, __u64 tag)
{
	struct guard_file_bucket *bucket = file_bucket(cache, tag);

	for (__u32 i = 0; i < GUARD_FILE_CACHE_WAYS; i++) {
		if (bucket->tags[i] == tag)
			return true;
	}
	return false;
}

/* True: no rule speaks of this file in this way. False: `sight` says what to store it under. */
static __always_inline bool file_is_known(const struct guard_image *image, struct file *file, __u32 asked,
					  struct file_sight *sight)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);

	if (!cache)
		return false;
	sight->sequences = file_sequences();
	sight->ctime = file_ctime(file->f_inode);
	sight->tag =
	    file_tag(cache->keys, file, asked, sight->sequences, sight->ctime, image_header(image)->generation);
	return file_tag_is_stored(cache, sight->tag);
}

/* After it was not: whether none that concerns the current task's cgroup speaks of it. */
static __always_inline bool file_is_known_here(const struct guard_category *category, const struct file_sight *sight)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);

	if (!cache || !(category->fields & 1u << GUARD_FIELD_CGROUP))
		return false;
	return file_tag_is_stored(cache, file_tag_in(cache->keys, sight->tag, bpf_get_current_cgroup_id()));
}

/* Both sequences are even and as they were. */
static __always_inline bool sequences_stayed(__u64 sequences)
{
	return !(sequences & GUARD_SEQUENCES_ODD) && file_sequences() == sequences;
}

static __always_inline bool file_ctime_is_settled(__u64 ctime)
{
	__s64 stamp = (__s64)(ctime >> 30) * 1000000000ll + (__s64)(ctime & 0x3fffffff);

	return (__s64)bpf_ktime_get_tai_ns() - stamp > GUARD_FILE_CACHE_SETTLED_NS;
}

static __always_inline bool file_system_is_plain(const struct super_block *sb)
{
	const struct super_block___unicode *encoded = (const struct super_block___unicode *)sb;

	if (!file_system_has_identity(sb->s_magic))
		return false;
	if (bpf_core_field_exists(encoded->s_encoding) && encoded->s_encoding)
		return false;
	return sb->s_time_gran == 1;
}

static __always_inline bool file_has_one_name(struct file *file)
{
	const struct inode *inode = file->f_inode;
	const struct dentry *dentry = file->f_path.dentry;

	if (dentry->d_inode != inode || dentry->d_parent->d_inode->i_flags & S_ENCRYPTED)
		return false;
	return inode->i_nlink == 1 || (inode->i_mode & S_IFMT) == S_IFDIR;
}

/* Draws the keys. They never change afterwards: whoever comes second takes what the first one drew. */
static __always_inline void file_cache_draw_keys(struct guard_file_cache *cache)
{
	for (__u32 i = 0; i < GUARD_FILE_CACHE_KEYS; i++) {
		__u64 key = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32() | 1;

		__sync_val_compare_and_swap(&cache->keys[i], 0, key);
	}
}

/*
 * The open of a file that no rule speaks of, whose path is in s. `here`: none that concerns the cgroup in s->scope, which
 * somebody may have moved the task out of since it was asked for.
 */
static __always_inline void file_remember(const struct guard_scratch *s, struct file *file,
					  const struct file_sight *sight, bool here)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	__u64 tag = sight->tag;

	if (!cache)
		return;
	if (s->walk.flags || !file_ctime_is_settled(sight->ctime) || !file_has_one_name(file) ||
	    !file_system_is_plain(file->f_inode->i_sb) || !sequences_stayed(sight->sequences))
		return;
	if (!cache->keys[GUARD_FILE_CACHE_KEYS - 1]) {
		file_cache_draw_keys(cache);
		return;
	}
	if (here)
		tag = file_tag_in(cache->keys, tag, s->scope.cgroup_id);
	file_bucket(cache, tag)->tags[bpf_get_prandom_u32() & (GUARD_FILE_CACHE_WAYS - 1)] = tag;
}

#endif
