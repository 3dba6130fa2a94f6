/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 of files that are executed or mapped for execution. Only a program that may sleep can have a file hashed
 * (bpf_ima_file_hash), and the ones that decide may not: on each of the two hooks a sleeping one runs first, leaves what
 * it found in `digests_now`, and the other takes it from there. The kernel calls the programs of a hook in the order
 * opposite to that in which they were attached (bpf_trampoline_link_prog adds at the head). Should it ever be
 * otherwise, or the first program be missing, the digest is unknown.
 *
 * A digest is made once for each state of a file's contents, and remembered by device, inode number, generation, time
 * of change and size. What that rests on:
 *
 *   - Who writes to a file has it open for writing, and that is counted in i_writecount until the last mapping of it is
 *     gone. While somebody does, a file has no digest that means anything: it is unknown.
 *   - Whoever opened the file afterwards has changed its ctime when the contents changed: write, truncate and fallocate do
 *     it at once, a store through a shared mapping when it first finds the page clean. That is so on ext4 and xfs.
 *     On tmpfs such a store changes no time: digests of files there are never remembered.
 *   - ctime is older than GUARD_FILE_CACHE_SETTLED_NS, for the reason that is given in file_cache.h. A younger file is
 *     hashed anew each time.
 *
 * On an overlay all of it is looked at on the file of the layer. What is not seen: a file that is written to after the
 * verdict. Until 6.10 the kernel refuses to run a file that is open for writing and to write to one that runs; libraries
 * were never protected so.
 */
#ifndef GUARD_DIGEST_H
#define GUARD_DIGEST_H

#include "file_cache.h"
#include "subject.h"

/* include/uapi/linux/hash_info.h */
#define HASH_ALGO_SHA256 4

static __always_inline bool digest_is_asked(const struct guard_image *image, __u32 category)
{
	return category_of(image, category)->fields & 1u << GUARD_FIELD_DIGEST;
}

static __always_inline __u64 ctime_at(const struct inode *inode)
{
	const struct inode___split *split = (const struct inode___split *)inode;
	const struct inode___hidden *hidden = (const struct inode___hidden *)inode;
	struct timespec64 time = {};
	__u32 nanoseconds = 0;

	if (bpf_core_field_exists(split->i_ctime_sec)) {
		READ(time.tv_sec, split->i_ctime_sec);
		READ(nanoseconds, split->i_ctime_nsec);
		return (__u64)time.tv_sec << 30 | nanoseconds;
	}
	if (bpf_core_field_exists(hidden->__i_ctime))
		READ(time, hidden->__i_ctime);
	else
		READ(time, inode->i_ctime);
	return (__u64)time.tv_sec << 30 | (__u64)time.tv_nsec;
}

/* The inode that has the contents of an open file; see identity_of_opened. */
static __always_inline __u64 digest_inode(__u64 file_address)
{
	struct file *file = (struct file *)file_address;
	struct super_block *sb = NULL;
	struct inode *inode = NULL;
	unsigned long magic = 0;
	void *real = NULL;

	READ(inode, file->f_inode);
	READ(sb, inode->i_sb);
	READ(magic, sb->s_magic);
	if (magic == OVERLAYFS_SUPER_MAGIC) {
		READ(real, file->private_data);
		file = real;
		READ(inode, file->f_inode);
	}
	return (__u64)inode;
}

static __always_inline void digest_key_of(struct guard_digest_key *key, __u64 inode_address)
{
	struct inode *inode = (struct inode *)inode_address;
	struct super_block *sb = NULL;

	__builtin_memset(key, 0, sizeof(*key));
	READ(sb, inode->i_sb);
	READ(key->device, sb->s_dev);
	READ(key->inode, inode->i_ino);
	READ(key->generation, inode->i_generation);
	READ(key->size, inode->i_size);
	key->ctime = ctime_at(inode);
}

static __always_inline bool digest_keys_equal(const struct guard_digest_key *a, const struct guard_digest_key *b)
{
	return a->inode == b->inode && a->ctime == b->ctime && a->size == b->size && a->device == b->device &&
	       a->generation == b->generation;
}

static __always_inline bool has_writers(__u64 inode_address)
{
	struct inode *inode = (struct inode *)inode_address;
	int writers = 1;

	READ(writers, inode->i_writecount.counter);
	return writers > 0;
}

/* Whether what a file has been hashed to may be remembered. */
static __always_inline bool digest_is_lasting(const struct guard_digest_key *key, __u64 inode_address)
{
	struct inode *inode = (struct inode *)inode_address;
	struct super_block *sb = NULL;
	unsigned long magic = 0;
	__u32 grain = 0;

	READ(sb, inode->i_sb);
	READ(magic, sb->s_magic);
	READ(grain, sb->s_time_gran);
	return (magic == EXT4_SUPER_MAGIC || magic == XFS_SUPER_MAGIC) && grain == 1 && key->generation &&
	       file_ctime_is_settled(key->ctime);
}

/* Where a digest is remembered; NULL: nowhere yet. Nobody who does not know the keys can choose a cell. */
static __always_inline struct guard_digest *digest_cell(const struct guard_digest_key *key)
{
	struct guard_file_cache *cache = bpf_map_lookup_elem(&file_cache, &zero);
	struct guard_digests *table = bpf_map_lookup_elem(&digests, &zero);
	__u64 place;

	if (!cache || !table)
		return NULL;
	if (!cache->keys[GUARD_FILE_CACHE_KEYS - 1])
		file_cache_draw_keys(cache);
	place = key->inode * cache->keys[0] + key->ctime * cache->keys[1] + key->size * cache->keys[2];
	place += ((__u64)key->device << 32 | key->generation) * cache->keys[3];
	return &table->cells[place >> (64 - GUARD_DIGESTS_BITS)];
}

static __always_inline bool digest_recall(const struct guard_digest *cell, const struct guard_digest_key *key,
					  struct guard_digest_now *now)
{
	__u32 before = *(volatile __u32 *)&cell->sequence;
	struct guard_digest_key found;

	if (before & 1)
		return false;
	bpf_probe_read_kernel(&found, sizeof(found), &cell->key);
	bpf_probe_read_kernel(now->sha256, sizeof(now->sha256), cell->sha256);
	return digest_keys_equal(&found, key) && *(volatile __u32 *)&cell->sequence == before;
}

static __always_inline void digest_remember(struct guard_digest *cell, const struct guard_digest_key *key,
					    const struct guard_digest_now *now)
{
	__u32 before = *(volatile __u32 *)&cell->sequence;

	if (before & 1 || __sync_val_compare_and_swap(&cell->sequence, before, before + 1) != before)
		return;
	bpf_probe_read_kernel(&cell->key, sizeof(cell->key), key);
	bpf_probe_read_kernel(cell->sha256, sizeof(cell->sha256), now->sha256);
	__sync_fetch_and_add(&cell->sequence, 1);
}

/* Hashes the file, or remembers what that gave. Gives GUARD_DIGEST_*. */
static __always_inline __u32 digest_make(struct file *file, struct guard_digest_now *now)
{
	struct guard_digest_key before, after;
	__u64 inode = digest_inode(now->file);
	struct guard_digest *cell;

	digest_key_of(&before, inode);
	if (has_writers(inode))
		return GUARD_DIGEST_WRITTEN;
	cell = digest_is_lasting(&before, inode) ? digest_cell(&before) : NULL;
	if (cell && digest_recall(cell, &before, now))
		return GUARD_DIGEST_REMEMBERED;
	if (before.size > GUARD_DIGEST_BYTES_MAX)
		return GUARD_DIGEST_TOO_LONG;
	if (bpf_ima_file_hash(file, now->sha256, sizeof(now->sha256)) != HASH_ALGO_SHA256)
		return GUARD_DIGEST_REFUSED;
	digest_key_of(&after, inode);
	if (has_writers(inode) || !digest_keys_equal(&before, &after))
		return GUARD_DIGEST_WRITTEN;
	if (cell)
		digest_remember(cell, &before, now);
	return GUARD_DIGEST_MADE;
}

/* For the decision about this file that follows in the same call. */
static __always_inline void digest_prepare(const struct guard_image *image, struct file *file)
{
	__u64 task = address_of(bpf_get_current_task_btf());
	struct guard_digest_now now = {
	    .file = address_of(file),
	    .generation = image_header(image)->generation,
	};

	now.outcome = digest_make(file, &now);
	COUNT(digests[now.outcome & (GUARD_DIGESTS - 1)]);
	if (bpf_map_update_elem(&digests_now, &task, &now, BPF_ANY)) {
		bpf_map_delete_elem(&digests_now, &task);
		COUNT(digests[GUARD_DIGEST_NO_ROOM]);
	}
}

/*
 * What was prepared for the decision about this file into s->sha256. A policy may have come into force in between: then
 * it was prepared for the one before, if that asked as well. What an earlier call left is older than that.
 */
static __always_inline void digest_offer(const struct guard_image *image, struct guard_scratch *s, __u64 file_address)
{
	__u64 task = address_of(bpf_get_current_task_btf());
	struct guard_digest_now *now = bpf_map_lookup_elem(&digests_now, &task);

	s->digest_offered = 0;
	if (!now)
		return;
	if (now->file != file_address || now->outcome > GUARD_DIGEST_REMEMBERED ||
	    now->generation + 1 < image_header(image)->generation)
		return;
	bpf_probe_read_kernel(s->sha256, sizeof(s->sha256), now->sha256);
	s->digest_offered = 1;
}

/* What is decided, or will never be, needs no digest any more. */
static __always_inline void digest_done(const struct guard_image *image, __u64 task_address)
{
	if (text_is_read(image, GUARD_TEXT_DIGEST))
		bpf_map_delete_elem(&digests_now, &task_address);
}

static __always_inline int prepare_exec(struct linux_binprm *bprm)
{
	struct guard_image *image = image_in_force();

	if (image && digest_is_asked(image, GUARD_CATEGORY_EXEC))
		digest_prepare(image, bprm->file);
	return 0;
}

#endif
