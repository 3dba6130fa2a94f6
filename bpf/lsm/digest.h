/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 of files that are executed or mapped for execution. Only a program that may sleep can have a file hashed
 * (bpf_ima_file_hash), and the ones that decide may not: on each of the two hooks a sleeping one runs first, leaves what
 * it found in `digests_now`, and the other takes it from there. The kernel calls the programs of a hook in the order
 * opposite to that in which they were attached (bpf_trampoline_link_prog adds at the head). Should it ever be
 * otherwise, or the first program be missing, the digest is unknown.
 *
 * Only regular files on file systems whose contents nobody can answer as he likes are hashed: FUSE and network file
 * systems may give one thing to who hashes and another to who runs, or never answer at all, while this program holds up
 * what the kernel frees behind it.
 *
 * A digest is remembered with the inode in memory, for one time of change and size. What that rests on:
 *
 *   - Who writes to a file has it open for writing, and that is counted in i_writecount until the last mapping of it is
 *     gone. While somebody does, a file has no digest that means anything: it is unknown.
 *   - Whoever opened the file afterwards has changed its ctime when the contents changed: write, truncate and fallocate do
 *     it at once, a store through a shared mapping when it first finds the page clean. That is so on ext4 and xfs.
 *     On tmpfs such a store changes no time: digests of files there are never remembered.
 *   - There are ways to change contents without either (pages pinned by a read that is not answered, exchanged extents).
 *     They need write access, so that only files are remembered that root owns and nobody else may write to.
 *   - ctime is older than GUARD_FILE_CACHE_SETTLED_NS, for the reason that is given in file_cache.h. A younger file is
 *     hashed anew each time.
 *   - Another file with the same numbers, as on a device that was written elsewhere, has another inode in memory.
 *
 * On an overlay writers are looked for at the overlay's inode and at that of the layer, and both must have the same ctime and
 * size: after a copy-up they do not, and then what is read may be another file than what is mapped. What is not seen: a file
 * that is written to after the verdict, and root, who sets the clock or writes to the disk below.
 */
#ifndef GUARD_DIGEST_H
#define GUARD_DIGEST_H

#include "cell.h"
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

static __always_inline bool contents_are_plain(unsigned long magic)
{
	return magic == EXT4_SUPER_MAGIC || magic == XFS_SUPER_MAGIC || magic == TMPFS_MAGIC ||
	       magic == BTRFS_SUPER_MAGIC || magic == SQUASHFS_MAGIC || magic == EROFS_SUPER_MAGIC_V1 ||
	       magic == MSDOS_SUPER_MAGIC || magic == ISOFS_SUPER_MAGIC;
}

static __always_inline struct guard_digest_state digest_state(const struct inode *inode)
{
	struct guard_digest_state state = {.ctime = ctime_at(inode)};

	READ(state.size, inode->i_size);
	return state;
}

static __always_inline bool digest_states_equal(const struct guard_digest_state *a, const struct guard_digest_state *b)
{
	return a->ctime == b->ctime && a->size == b->size;
}

static __always_inline bool has_writers(const struct inode *inode)
{
	int writers = 1;

	READ(writers, inode->i_writecount.counter);
	return writers > 0;
}

/* Nobody writes to the file, and it is as it was: `state`. Both inodes are one where there is no overlay. */
static __always_inline bool digest_is_steady(const struct file *file, const struct inode *real,
					     const struct guard_digest_state *state)
{
	struct guard_digest_state now = digest_state(real), shown;
	struct inode *inode = NULL;

	READ(inode, file->f_inode);
	shown = digest_state(inode);
	return digest_states_equal(&now, state) && digest_states_equal(&shown, state) && !has_writers(real) &&
	       !has_writers(inode);
}

static __always_inline bool digest_can_be_made(const struct inode *real)
{
	__u16 mode = 0;

	READ(mode, real->i_mode);
	return (mode & S_IFMT) == S_IFREG && contents_are_plain(magic_at(real));
}

/* Whether what a file has been hashed to may be remembered. */
static __always_inline bool digest_is_lasting(const struct inode *real, const struct guard_digest_state *state)
{
	unsigned long magic = magic_at(real);
	struct super_block *sb = NULL;
	__u32 grain = 0, uid = 1;
	__u16 mode = 0777;

	READ(sb, real->i_sb);
	READ(grain, sb->s_time_gran);
	READ(uid, real->i_uid.val);
	READ(mode, real->i_mode);
	return (magic == EXT4_SUPER_MAGIC || magic == XFS_SUPER_MAGIC) && grain == 1 && !uid && !(mode & 022) &&
	       file_ctime_is_settled(state->ctime);
}

static __always_inline bool digest_recall(const struct guard_digest *kept, const struct guard_digest_state *state,
					  struct guard_digest_now *now)
{
	__u32 before = cell_sequence(&kept->sequence);
	struct guard_digest_state found;

	bpf_probe_read_kernel(&found, sizeof(found), &kept->state);
	bpf_probe_read_kernel(now->sha256, sizeof(now->sha256), kept->sha256);
	return found.ctime && digest_states_equal(&found, state) && cell_stayed(&kept->sequence, before);
}

static __always_inline void digest_remember(struct guard_digest *kept, const struct guard_digest_state *state,
					    const struct guard_digest_now *now)
{
	if (!cell_take(&kept->sequence))
		return;
	bpf_probe_read_kernel(&kept->state, sizeof(kept->state), state);
	bpf_probe_read_kernel(kept->sha256, sizeof(kept->sha256), now->sha256);
	cell_give(&kept->sequence);
}

/* Hashes the file, or remembers what that gave. Gives GUARD_DIGEST_*. */
static __always_inline __u32 digest_make(struct file *file, struct guard_digest_now *now)
{
	struct inode *real = inode_of_opened(file);
	struct guard_digest_state state = digest_state(real);
	struct guard_digest *kept = NULL;

	if (!digest_can_be_made(real))
		return GUARD_DIGEST_ELSEWHERE;
	if (!digest_is_steady(file, real, &state))
		return GUARD_DIGEST_WRITTEN;
	if (digest_is_lasting(real, &state))
		kept = bpf_inode_storage_get(&digests, file->f_inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (kept && digest_recall(kept, &state, now))
		return GUARD_DIGEST_REMEMBERED;
	if (state.size > GUARD_DIGEST_BYTES_MAX)
		return GUARD_DIGEST_TOO_LONG;
	if (bpf_ima_file_hash(file, now->sha256, sizeof(now->sha256)) != HASH_ALGO_SHA256)
		return GUARD_DIGEST_REFUSED;
	if (!digest_is_steady(file, real, &state))
		return GUARD_DIGEST_WRITTEN;
	if (kept)
		digest_remember(kept, &state, now);
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

	s->digest_offered = GUARD_DIGEST_UNKNOWN;
	if (!now)
		return;
	if (now->file != file_address || now->outcome > GUARD_DIGEST_REMEMBERED ||
	    now->generation + 1 < image_header(image)->generation)
		return;
	bpf_probe_read_kernel(s->sha256, sizeof(s->sha256), now->sha256);
	s->digest_offered = GUARD_DIGEST_KNOWN;
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
