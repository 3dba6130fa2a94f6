/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every map: who writes, who reads, what happens when it is full. All are pinned under
 * /sys/fs/bpf/guard/<object>/map_<name>, so that enforcement and accounting outlive guardd.
 */
#ifndef GUARD_MAPS_H
#define GUARD_MAPS_H

#include "digest_types.h"
#include "file_cache_types.h"
#include "scratch.h"
#include "subject_types.h"

/*
 * The policy in force: one slot that holds an array of one image. guardd fills a fresh inner map, freezes it,
 * reads it back, and puts it here: that one write is the flip of the generation. Programs look it up once per
 * decision and use that pointer to the end.
 */
struct guard_image_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, GUARD_IMAGE_BYTES + GUARD_IMAGE_SLACK);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, struct guard_image_map);
} images SEC(".maps");

/* guardd writes, programs read. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_config);
} config SEC(".maps");

/* Programs add, guardd sums over the CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_counters);
} counters SEC(".maps");

/* Verdicts and failures. Full: counted in lost[], the verdict is not touched. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4u << 20);
} ring_decisions SEC(".maps");

/* What is only observed. A flood here can't push a verdict out of the other ring. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4u << 20);
} ring_observed SEC(".maps");

/* What is known of each thread: inherited in task_alloc, changed at exec, freed with the task. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct guard_subject);
} subjects SEC(".maps");

/*
 * Threads whose storage could not be reached when they changed: on 6.1 with preempt=full the helper gives NULL when
 * another task was preempted inside it on the same CPU. Keyed by the address of the task, removed when the storage can
 * be reached again or the task is freed. Full: a fork is refused with EAGAIN and counted, because a child without its
 * parent's bits would be a way out.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct guard_subject);
} orphans SEC(".maps");

/*
 * Every program that somebody runs or descends from, by its exec_id: what it was called with, who forked it, and what
 * that says in the generation in force. Made in the check of an exec, freed with the last thread and program that need
 * it (programs.h). At most 128 MiB, of which a server with 1,000 processes uses 2; the last eighth is root's. Full: the exec goes on, its program
 * is not known after the next push, nor to its children; counted in programs_refused. Nothing is ever evicted: whoever
 * could fill the map would choose what is forgotten.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, GUARD_PROGRAMS_MAX);
	__type(key, __u64);
	__type(value, struct guard_program);
} programs SEC(".maps");

/* Programs write, programs read: digests of files, see digest.h. Freed with the inode. No memory: not remembered. */
struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct guard_digest);
} digests SEC(".maps");

/*
 * What the program that may sleep has found for the one that decides, by the address of the task: made and taken in one
 * system call, and all there at once, because sleeping programs of 6.1 use nothing else. Full: the digest is unknown,
 * counted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GUARD_DIGESTS_NOW_MAX);
	__type(key, __u64);
	__type(value, struct guard_digest_now);
} digests_now SEC(".maps");

/*
 * Programs write, programs read: credentials that io_uring lends, by address, from a request that asks for them until they
 * are freed. Full: the request is refused where a rule on capabilities refuses. What was freed while no policy had rules on
 * capabilities stays, and makes whatever has its address count as lent.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GUARD_LENT_MAX);
	__type(key, __u64);
	__type(value, __u32);
} lent SEC(".maps");

/* Programs write, programs read: what rules say of cgroups, see scope.h. Full: a cell is overwritten. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_cgroups);
} cgroups SEC(".maps");

/* Programs write, programs read: what they learned about this kernel. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_learned);
} learned SEC(".maps");

/*
 * Files that no rule speaks of, see file_cache.h. Written and read by the programs alone. Full: a bucket's older tags
 * are overwritten.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_file_cache);
} file_cache SEC(".maps");

/* Working memory of a decision: a few slots per CPU, taken with a compare-and-swap. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GUARD_SCRATCH_SLOTS);
	__type(key, __u32);
	__type(value, struct guard_scratch);
} scratch_slots SEC(".maps");

/*
 * The same when every slot of the CPU is held by tasks that were preempted in a decision (any user with some
 * hundred processes can bring that about). Full: GUARD_REASON_NO_SCRATCH.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, struct guard_scratch_key);
	__type(value, struct guard_scratch);
} scratch_table SEC(".maps");

#endif
