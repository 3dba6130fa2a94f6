/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file is whatever it is called: device, inode number and generation, which tells it from a later file with the
 * same number. Only where that is an identity: on ext4, xfs and tmpfs the generation is random for each inode. Btrfs gives
 * a snapshot the same three numbers as its source, and overlayfs has no generation: files there are known by their names
 * alone. An open through overlayfs opens the file below as well, which has its own identity.
 */
#ifndef GUARD_IDENTITY_H
#define GUARD_IDENTITY_H

#include "address.h"
#include "automaton.h"

static __always_inline bool file_system_has_identity(unsigned long magic)
{
	return magic == EXT4_SUPER_MAGIC || magic == XFS_SUPER_MAGIC || magic == TMPFS_MAGIC;
}

/* s->identity of nothing that could be found. */
static __always_inline void identity_none(struct guard_scratch *s)
{
	s->identity.generation = 0;
}

/* Nothing, where there is no inode. */
static __always_inline void identity_fill(struct guard_identity *identity, const struct inode *inode)
{
	identity->generation = 0;
	/* By its number as well: kernels from 6.4 to 6.15 let the verifier believe that no dentry is without an inode. */
	if (!address_of(inode) || !inode || !file_system_has_identity(inode->i_sb->s_magic))
		return;
	identity->inode = inode->i_ino;
	identity->device = inode->i_sb->s_dev;
	identity->generation = inode->i_generation;
}

static __always_inline void identity_of(struct guard_scratch *s, const struct inode *inode)
{
	identity_fill(&s->identity, inode);
}

/* The same by an address, which is only probed. */
static __always_inline void identity_at(struct guard_scratch *s, __u64 inode_address)
{
	struct inode *inode = (struct inode *)inode_address;
	unsigned long number = 0, magic = 0;
	struct super_block *sb = NULL;
	__u32 generation = 0, device = 0;

	identity_none(s);
	if (!inode)
		return;
	bpf_probe_read_kernel(&sb, sizeof(sb), &inode->i_sb);
	bpf_probe_read_kernel(&magic, sizeof(magic), &sb->s_magic);
	if (!file_system_has_identity(magic))
		return;
	bpf_probe_read_kernel(&number, sizeof(number), &inode->i_ino);
	bpf_probe_read_kernel(&device, sizeof(device), &sb->s_dev);
	bpf_probe_read_kernel(&generation, sizeof(generation), &inode->i_generation);
	s->identity.inode = number;
	s->identity.device = device;
	s->identity.generation = generation;
}

static __always_inline unsigned long magic_at(const struct inode *inode)
{
	struct super_block *sb = NULL;
	unsigned long magic = 0;

	bpf_probe_read_kernel(&sb, sizeof(sb), &inode->i_sb);
	bpf_probe_read_kernel(&magic, sizeof(magic), &sb->s_magic);
	return magic;
}

/* Overlays on overlays (FILESYSTEM_MAX_STACK_DEPTH, include/linux/fs.h). */
#define GUARD_OVERLAYS_MAX 2

/*
 * The inode that has the contents of an open file. On an overlay that is the one of the layer, which
 * file->private_data is opened from once the open is done (up to 6.12); the layer may be an overlay again.
 */
static __always_inline struct inode *inode_of_opened(const struct file *file)
{
	struct inode *inode = NULL;

	for (int i = 0; i <= GUARD_OVERLAYS_MAX; i++) {
		inode = NULL;
		bpf_probe_read_kernel(&inode, sizeof(inode), &file->f_inode);
		if (magic_at(inode) != OVERLAYFS_SUPER_MAGIC)
			break;
		bpf_probe_read_kernel(&file, sizeof(file), &file->private_data);
	}
	return inode;
}

/* What an open file is. */
__noinline int identity_of_opened(struct guard_scratch *s, __u64 file_address)
{
	if (s)
		identity_at(s, (__u64)inode_of_opened((const struct file *)file_address));
	return 0;
}

/* FileIdentities.cs has the same. */
static __always_inline __u32 identity_hash(__u64 inode, __u32 device, __u32 generation)
{
	__u64 hash = (inode * GUARD_HASH_FIRST) ^ (((__u64)device << 32 | generation) * GUARD_HASH_SECOND);

	return hash >> 32;
}

/* The patterns that name the file s->identity, read in s->roles. A file that was named in two ways has two entries. */
__noinline int identity_read(struct guard_image *image, struct guard_scratch *s)
{
	const struct guard_image_header *header;
	__u32 hash;

	if (!image || !s)
		return 0;
	header = image_header(image);
	hash = identity_hash(s->identity.inode, s->identity.device, s->identity.generation);
	for (__u32 i = 0; i < GUARD_IDENTITY_PROBES_MAX; i++) {
		__u32 bucket = (hash + i) & (header->identity_buckets - 1);
		__u32 offset = header->identities_off + bucket * (__u32)sizeof(struct guard_identity);
		const struct guard_identity *entry =
		    (const struct guard_identity *)(image->bytes + (offset & GUARD_IMAGE_MASK));

		if (!entry->list)
			break;
		if (entry->inode == s->identity.inode && entry->device == s->identity.device &&
		    entry->generation == s->identity.generation)
			patterns_seen(image, s, entry->list, 0);
	}
	return 0;
}

/* What the policy says of the file s->identity in these roles. */
static __always_inline void identity_holds(struct guard_image *image, struct guard_scratch *s, __u32 roles)
{
	if (!image_header(image)->identity_buckets || !s->identity.generation)
		return;
	s->roles = roles;
	identity_read(image, s);
}

#endif
