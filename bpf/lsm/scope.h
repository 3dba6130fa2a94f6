/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a process is, besides what it runs: its cgroup (systemd units and containers are names of cgroups), its group,
 * its mount namespace. Nothing is asked for that no rule of the category speaks of.
 *
 * The cgroup is the one of cgroup v2, by its path up to the root of the hierarchy and not to that of a cgroup namespace.
 * What rules say of a path is remembered by the cgroup's id and the generation: the directory of a cgroup can't be
 * renamed, and its id is not given to another one while the kernel runs. Who moves to another cgroup is there at once.
 */
#ifndef GUARD_SCOPE_H
#define GUARD_SCOPE_H

#include "cell.h"
#include "image_in_force.h"
#include "lineage.h"
#include "text.h"

#define GUARD_CGROUP_TRIES 4u
#define GUARD_CGROUP_STEPS_MAX 2200u
/* Where in s->out a name is read to; the text is below. */
#define GUARD_CGROUP_NAME_AT 4608u

_Static_assert(GUARD_CGROUP_NAME_AT >= sizeof(struct guard_text), "the name is behind the text");
_Static_assert(GUARD_CGROUP_NAME_AT + GUARD_CGROUP_NAME_MAX <= 2 * GUARD_PATH_MAX, "the name fits");

extern const void init_pid_ns GUARD_LOCK_SYMBOLS;

static __always_inline __u64 cgroup_parent(__u64 node)
{
	struct kernfs_node___shared *shared = (struct kernfs_node___shared *)node;
	struct kernfs_node *directory = (struct kernfs_node *)node, *parent = NULL;

	if (bpf_core_field_exists(shared->__parent))
		READ(parent, shared->__parent);
	else
		READ(parent, directory->parent);
	return (__u64)parent;
}

/* The name of s->cgroup_walk.node before what is in s->out, and on to its parent. The root has none. */
static long cgroup_step(__u32 index, struct path_context *context)
{
	struct guard_scratch *s = context->scratch;
	struct guard_cgroup_walk *walk = &s->cgroup_walk;
	struct kernfs_node *directory = (struct kernfs_node *)walk->node;
	__u8 *name = s->out + GUARD_CGROUP_NAME_AT;
	__u64 parent = cgroup_parent(walk->node);
	__u32 position = walk->position;
	const char *where = NULL;
	__u64 bytes;
	long length;

	if (!parent) {
		walk->done = 1;
		return 1;
	}
	READ(where, directory->name);
	length = bpf_probe_read_kernel_str(name, GUARD_CGROUP_NAME_MAX, where);
	bytes = length > 0 ? length - 1 : 0;
	bytes = BOUNDED(bytes, GUARD_CGROUP_NAME_MAX - 1);
	if (!bytes || position < bytes + 1) {
		walk->cut = 1;
		walk->done = 1;
		return 1;
	}
	position -= bytes;
	bpf_probe_read_kernel(s->out + (position & (GUARD_PATH_MAX - 1)), bytes, name);
	position--;
	s->out[position & (GUARD_PATH_MAX - 1)] = '/';
	walk->position = position;
	walk->node = parent;
	return 0;
}

/* The directory of a task's cgroup. */
static __always_inline __u64 cgroup_directory(const struct task_struct *task)
{
	struct kernfs_node *directory = NULL;
	struct cgroup *cgroup = NULL;
	struct css_set *set = NULL;

	READ(set, task->cgroups);
	READ(cgroup, set->dfl_cgrp);
	READ(directory, cgroup->kn);
	return (__u64)directory;
}

static __always_inline __u64 cgroup_id_of(__u64 directory)
{
	struct kernfs_node *node = (struct kernfs_node *)directory;
	__u64 id = 0;

	READ(id, node->id);
	return id;
}

static __always_inline __u64 cgroup_of(const struct task_struct *task)
{
	return cgroup_id_of(cgroup_directory(task));
}

/* The directory of the task whose scope is asked for. */
static __always_inline __u64 cgroup_directory_in(const struct guard_scratch *s)
{
	return cgroup_directory((const struct task_struct *)s->scope.task);
}

/*
 * The path of the task's cgroup into s->out, right-aligned, and its id into s->scope. Others may move the task
 * meanwhile, and the cgroup may then go away: what was read counts if the task is still there afterwards. False: it
 * never was.
 */
__noinline int cgroup_resolve(struct guard_scratch *s)
{
	struct path_context context = {.scratch = s};

	if (!s)
		return 0;
	for (__u32 i = 0; i < GUARD_CGROUP_TRIES; i++) {
		__u64 directory = cgroup_directory_in(s);
		__u64 id = cgroup_id_of(directory);

		s->scope.cgroup_id = id;
		s->cgroup_walk.node = directory;
		s->cgroup_walk.position = GUARD_PATH_MAX;
		s->cgroup_walk.done = 0;
		s->cgroup_walk.cut = 0;
		*(__u64 *)(s->out + GUARD_PATH_MAX) = 0;
		*(__u64 *)(s->out + GUARD_PATH_MAX + 8) = 0;
		bpf_loop(GUARD_CGROUP_STEPS_MAX, cgroup_step, &context, 0);
		if (id && cgroup_directory_in(s) == directory && cgroup_id_of(directory) == id)
			goto resolved;
	}
	return 0;
resolved:
	if (!s->cgroup_walk.done)
		s->cgroup_walk.cut = 1;
	if (s->cgroup_walk.position == GUARD_PATH_MAX) {
		s->cgroup_walk.position = GUARD_PATH_MAX - 1;
		s->out[GUARD_PATH_MAX - 1] = '/';
	}
	return 1;
}

static __always_inline struct guard_cgroup *cgroup_cell(__u64 id)
{
	struct guard_cgroups *table = bpf_map_lookup_elem(&cgroups, &zero);

	return table ? &table->cells[id * 0x9e3779b97f4a7c15ull >> (64 - GUARD_CGROUPS_BITS)] : NULL;
}

/* What is remembered of a cgroup, into s->scope. False: nothing is, or somebody writes there. */
static __always_inline bool cgroup_known(struct guard_scratch *s, struct guard_cgroup *cell, __u64 id, __u64 generation)
{
	__u32 before = cell_sequence(&cell->sequence);

	if (*(volatile __u64 *)&cell->id != id || *(volatile __u64 *)&cell->generation != generation)
		return false;
	s->scope.cgroup_id = id;
	s->scope.cgroup_count = *(volatile __u16 *)&cell->count;
	if (*(volatile __u16 *)&cell->unknown)
		s->scope.unknown |= 1u << GUARD_FIELD_CGROUP;
	list_copy(s->scope.cgroup, cell->atoms, s->scope.cgroup_count);
	if (cell_stayed(&cell->sequence, before))
		return true;
	s->scope.unknown &= ~(1u << GUARD_FIELD_CGROUP);
	return false;
}

static __always_inline void cgroup_remember(const struct guard_scratch *s, struct guard_cgroup *cell, __u64 generation)
{
	if (!cell_take(&cell->sequence))
		return;
	cell->id = s->scope.cgroup_id;
	cell->generation = generation;
	cell->unknown = s->scope.unknown >> GUARD_FIELD_CGROUP & 1;
	cell->count = s->scope.cgroup_count;
	list_copy(cell->atoms, s->scope.cgroup, s->scope.cgroup_count);
	cell_give(&cell->sequence);
}

/* What rules say of the path in s->out, into s->scope. */
static __always_inline void cgroup_read(struct guard_image *image, struct guard_scratch *s)
{
	__u64 packed = (__u64)s->cgroup_walk.position << 32 | GUARD_PATH_MAX;
	__u32 flags = 0;

	if (s->cgroup_walk.cut)
		packed |= GUARD_WALK_FLOATING;
	decision_begin(s, s->category);
	text_walk(image, s, (struct guard_text *)s->out, GUARD_TEXT_CGROUP, GUARD_ROLE_CGROUP, packed);
	s->scope.cgroup_count = atoms_taken(s, s->scope.cgroup, &flags);
	if (flags || s->cgroup_walk.cut)
		s->scope.unknown |= 1u << GUARD_FIELD_CGROUP;
}

/* `id`: of the task's cgroup. */
static __always_inline void cgroup_load(struct guard_image *image, struct guard_scratch *s, __u64 id)
{
	__u64 generation = image_header(image)->generation;
	struct guard_cgroup *cell = cgroup_cell(id);

	if (cell && cgroup_known(s, cell, id, generation))
		return;
	if (!cgroup_resolve(s)) {
		s->scope.unknown |= 1u << GUARD_FIELD_CGROUP;
		s->scope.cgroup_count = 0;
		return;
	}
	cgroup_read(image, s);
	cell = cgroup_cell(s->scope.cgroup_id);
	if (cell)
		cgroup_remember(s, cell, generation);
}

/* The mount namespace of a task; 0: it is ending, and has none. */
static __always_inline __u64 mount_namespace_of(const struct task_struct *task)
{
	struct mnt_namespace *namespace = NULL;
	struct nsproxy *proxy = NULL;

	READ(proxy, task->nsproxy);
	if (proxy)
		READ(namespace, proxy->mnt_ns);
	return (__u64) namespace;
}

/* As GUARD_NUMBER_MOUNT_NAMESPACE, into s->scope. The host's is that of PID 1. */
static __always_inline void mount_namespace_load(struct guard_scratch *s, const struct task_struct *task)
{
	struct pid_namespace *first = (struct pid_namespace *)&init_pid_ns;
	__u64 namespace = mount_namespace_of(task);
	struct task_struct *init = NULL;
	__u32 number = 0;

	READ(init, first->child_reaper);
	if (namespace && namespace != mount_namespace_of(init)) {
		READ(number, ((struct mnt_namespace *)namespace)->ns.inum);
		namespace = number;
	}
	s->scope.mount_namespace = number;
	if (!namespace)
		s->scope.unknown |= 1u << GUARD_FIELD_MOUNT_NAMESPACE;
}

/* What scope_load gives, of a task that the caller holds, and whose cgroup has this id. */
static __always_inline void scope_load_of(struct guard_image *image, struct guard_scratch *s, __u32 category,
					  const struct task_struct *task, __u64 cgroup_id)
{
	__u32 fields = category_of(image, category)->fields;

	s->scope.unknown = 0;
	s->scope.cgroup_count = 0;
	s->scope.mount_namespace = 0;
	s->scope.group = task->real_cred->egid.val;
	if (fields & 1u << GUARD_FIELD_MOUNT_NAMESPACE)
		mount_namespace_load(s, task);
	if (fields & 1u << GUARD_FIELD_CGROUP) {
		bpf_probe_read_kernel(&s->scope.task, sizeof(s->scope.task), &task);
		cgroup_load(image, s, cgroup_id);
	}
}

/*
 * What rules of the category may ask of where the current task is, into s->scope. To be called before the decision
 * begins, by every hook that decides: `scope_holds` is the other half. Takes s->out and what walks over a text take.
 */
static __always_inline void scope_load(struct guard_image *image, struct guard_scratch *s, __u32 category)
{
	scope_load_of(image, s, category, bpf_get_current_task_btf(), bpf_get_current_cgroup_id());
}

#endif
