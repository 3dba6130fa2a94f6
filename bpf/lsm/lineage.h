/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs say of a process in one generation: of itself, as its parent's program, as one of those above. Read
 * from the kept texts and kept with each program, so that it is read once a generation. Whoever needs it first does
 * that, or guardd after a push; two at once do it both, and one of them keeps it.
 */
#ifndef GUARD_LINEAGE_H
#define GUARD_LINEAGE_H

#include "cell.h"
#include "copy.h"
#include "decide.h"
#include "path.h"
#include "programs.h"

/* A line has at most twice GUARD_LINEAGE_MAX programs and the one that makes it longer, or it is cut. */
#define GUARD_LINEAGE_ROUNDS 4u

/* The first GUARD_SUBJECT_ATOMS_MAX atoms that hold in the decision, as those of a process. */
static __always_inline __u32 atoms_taken(struct guard_scratch *s, __u16 *own, __u32 *flags)
{
	__u32 count = s->match_count;

	if (count > GUARD_SUBJECT_ATOMS_MAX || s->failure)
		*flags |= GUARD_SUBJECT_OWN_UNKNOWN;
	if (count > GUARD_SUBJECT_ATOMS_MAX)
		count = GUARD_SUBJECT_ATOMS_MAX;
	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++) {
		/* Hidden, or the verifier follows every length apart. */
		asm volatile("" : "+r"(count));
		if (i >= count)
			break;
		own[i] = s->matches[i];
	}
	return count;
}

/* What the walks over a program's texts have found, in `atoms`; its ancestors are the caller's. */
__noinline int program_atoms_take(struct guard_scratch *s, struct guard_program_atoms *atoms)
{
	__u32 flags = 0, gives = 0;

	if (!s || !atoms)
		return 0;
	atoms->own_count = atoms_taken(s, atoms->own, &flags);
	list_copy(atoms->as_parent, s->as_parent, s->as_parent_count);
	list_copy(atoms->as_ancestor, s->as_ancestor, s->as_ancestor_count);
	atoms->as_parent_count = s->as_parent_count;
	atoms->as_ancestor_count = s->as_ancestor_count;
	if (s->incomplete & 1u << GUARD_FIELD_IMAGE) {
		flags |= GUARD_SUBJECT_IMAGE_UNKNOWN;
		gives |= GUARD_SUBJECT_PARENT_UNKNOWN | GUARD_SUBJECT_ANCESTOR_UNKNOWN;
	}
	if (s->incomplete & 1u << GUARD_FIELD_INVOKED)
		flags |= GUARD_SUBJECT_INVOKED_UNKNOWN;
	if (s->incomplete & 1u << GUARD_FIELD_COMMAND) {
		flags |= GUARD_SUBJECT_COMMAND_UNKNOWN;
		gives |= GUARD_SUBJECT_PARENT_COMMAND_UNKNOWN | GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN;
	}
	if (s->as_parent_overflow || s->failure)
		gives |= GUARD_SUBJECT_PARENTS_UNKNOWN;
	if (s->as_ancestor_overflow || s->failure)
		gives |= GUARD_SUBJECT_ANCESTORS_UNKNOWN;
	atoms->flags = flags;
	atoms->gives = gives;
	return 0;
}

/* The lists of a program for this generation, into s->atoms. False: nobody has made them yet, or is about to. */
static __always_inline bool program_atoms_kept(struct guard_scratch *s, struct guard_program *program, __u64 generation)
{
	__u32 before = cell_sequence(&program->sequence);

	atoms_copy(&s->atoms, &program->atoms);
	return cell_stayed(&program->sequence, before) && s->atoms.generation == generation;
}

/* s->atoms are kept with their program, unless somebody is at it already. */
static __always_inline void program_atoms_keep(struct guard_scratch *s, struct guard_program *program)
{
	if (!cell_take(&program->sequence))
		return;
	atoms_copy(&program->atoms, &s->atoms);
	cell_give(&program->sequence);
}

/* A kept text goes to s->name, as a walk needs it. */
static __always_inline void name_from(struct guard_scratch *s, const __u8 *text, __u32 room, __u32 length)
{
	__u64 bytes = BOUNDED(length, room);

	bpf_probe_read_kernel(s->name.bytes, bytes, text);
	*(__u64 *)(s->name.bytes + bytes) = 0;
	*(__u64 *)(s->name.bytes + bytes + 8) = 0;
	s->name_length = bytes;
}

/* The file that a task runs now, into s->path and s->identity. False: it runs none (kernel thread, ended). */
__noinline int task_image_path(struct guard_scratch *s, __u64 task_address)
{
	struct task_struct *task = (struct task_struct *)task_address;
	struct mm_struct *mm = NULL;
	struct file *file = NULL;
	struct path path = {};

	if (!s || !task)
		return false;
	READ(mm, task->mm);
	if (!mm)
		return false;
	READ(file, mm->exe_file);
	if (!file)
		return false;
	identity_of_opened(s, (__u64)file);
	READ(path, file->f_path);
	path_resolve_at(s, path.dentry, path.mnt);
	return true;
}

static __always_inline void program_identity(struct guard_scratch *s, const struct guard_program *program)
{
	s->identity.inode = program->inode;
	s->identity.device = program->device;
	s->identity.generation = program->generation;
}

/*
 * s->identity is the file that the program was executed from. A process with CAP_SYS_RESOURCE can have the kernel take
 * another file for it (PR_SET_MM_EXE_FILE, PR_SET_MM_MAP).
 */
static __always_inline bool program_is_of_file(const struct guard_scratch *s, const struct guard_program *program)
{
	return program->generation && s->identity.inode == program->inode && s->identity.device == program->device &&
	       s->identity.generation == program->generation;
}

/*
 * The image of a program. A text that was cut at its end is not read at all, `endswith` would match at the cut; what
 * s->task runs itself is resolved again, or a long path would be a way out of every exclusion. False: only who runs
 * it can say more.
 */
static __always_inline bool image_reread(struct guard_image *image, struct guard_scratch *s,
					 struct guard_program *program)
{
	if (!(program->flags & GUARD_PROGRAM_IMAGE_CUT)) {
		name_from(s, program->image, GUARD_SUBJECT_IMAGE_MAX, program->image_length);
		text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_PATH, s->name_length);
		return true;
	}
	if (program->exec_id != s->subject.exec_id || !task_image_path(s, s->task) || !program_is_of_file(s, program)) {
		s->incomplete |= 1u << GUARD_FIELD_IMAGE;
		return false;
	}
	if (!(s->walk.flags & GUARD_EVENT_PATH_UNRESOLVED))
		text_walk(image, s, &s->path, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_PATH, path_packed(s));
	if (path_is_incomplete(s))
		s->incomplete |= 1u << GUARD_FIELD_IMAGE;
	return true;
}

static __always_inline void invoked_reread(struct guard_image *image, struct guard_scratch *s,
					   struct guard_program *program)
{
	if (program->flags & GUARD_PROGRAM_INVOKED_CUT) {
		s->incomplete |= 1u << GUARD_FIELD_INVOKED;
		return;
	}
	name_from(s, program->invoked, GUARD_SUBJECT_INVOKED_MAX, program->invoked_length);
	text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_NAME, s->name_length);
}

/* What is kept of arguments is their beginning: what matches in it matches, cut or not. */
static __always_inline void command_reread(struct guard_image *image, struct guard_scratch *s,
					   struct guard_program *program)
{
	__u32 whole = !(program->flags & GUARD_PROGRAM_COMMAND_CUT);

	if (!text_is_read(image, GUARD_TEXT_COMMAND))
		return;
	if (!whole)
		s->incomplete |= 1u << GUARD_FIELD_COMMAND;
	name_from(s, program->command, GUARD_SUBJECT_COMMAND_MAX, program->command_length);
	stream_begin(image, s, GUARD_TEXT_COMMAND, GUARD_ROLES_OF_COMMAND);
	stream_feed(image, s, s->name_length);
	stream_end(image, s, whole);
	for (__u32 i = 0; i < GUARD_CANDIDATES_MAX; i++) {
		if (i >= s->candidate_count)
			break;
		stream_confirm(image, s, i);
		stream_feed(image, s, s->name_length);
		stream_end(image, s, whole);
	}
}

/* The lists of a program into s->atoms, from its texts, below what s->subject has as its ancestors. */
static __always_inline void program_reread(struct guard_image *image, struct guard_scratch *s,
					   struct guard_program *program)
{
	bool final;

	decision_begin(s, GUARD_CATEGORY_EXEC);
	final = image_reread(image, s, program);
	program_identity(s, program);
	identity_holds(image, s, GUARD_ROLES_OF_PATH);
	invoked_reread(image, s, program);
	command_reread(image, s, program);
	program_atoms_take(s, &s->atoms);
	list_copy(s->atoms.ancestor, s->subject.ancestor, s->subject.ancestor_count);
	s->atoms.ancestor_count = s->subject.ancestor_count;
	s->atoms.flags |= s->subject.flags & GUARD_SUBJECT_ANCESTORS_UNKNOWN;
	s->atoms.generation = image_header(image)->generation;
	if (final)
		program_atoms_keep(s, program);
	COUNT(subjects_rebuilt);
}

/* The lists of one program into s->atoms, from what is kept or from its texts. False: it is not known. */
__noinline int program_level(struct guard_image *image, struct guard_scratch *s, __u64 exec_id)
{
	struct guard_program *program = program_find(exec_id);

	if (!image || !s || !program)
		return false;
	if (!program_atoms_kept(s, program, image_header(image)->generation))
		program_reread(image, s, program);
	/* A line that is cut (lineage_cut) may let it go meanwhile, and its memory be another program's. */
	return *(volatile __u64 *)&program->exec_id == exec_id;
}

struct lineage_context {
	struct guard_scratch *scratch;
	__u32 count;
};

static long lineage_add_step(__u32 index, struct lineage_context *context)
{
	struct guard_scratch *s = context->scratch;

	if (!atom_kept(s->subject.ancestor, &context->count,
		       s->atoms.as_ancestor[index & (GUARD_SUBJECT_ATOMS_MAX - 1)]))
		s->subject.flags |= GUARD_SUBJECT_ANCESTORS_UNKNOWN;
	return 0;
}

/* The program in s->atoms is the parent of s->subject, and those above it are its other ancestors. */
__noinline int lineage_add(struct guard_scratch *s)
{
	struct lineage_context context = {.scratch = s};
	__u32 flags;

	if (!s)
		return 0;
	flags = s->subject.flags & ~GUARD_SUBJECT_LINEAGE_UNKNOWN;
	flags |= s->atoms.gives & GUARD_SUBJECT_LINEAGE_UNKNOWN;
	s->subject.flags = flags | (s->atoms.flags & GUARD_SUBJECT_ANCESTORS_UNKNOWN);
	s->subject.parent_count = s->atoms.as_parent_count;
	list_copy(s->subject.parent, s->atoms.as_parent, s->atoms.as_parent_count);
	list_copy(s->subject.ancestor, s->atoms.ancestor, s->atoms.ancestor_count);
	context.count = s->atoms.ancestor_count;
	if (s->atoms.as_ancestor_count)
		bpf_loop(s->atoms.as_ancestor_count, lineage_add_step, &context, 0);
	s->subject.ancestor_count = context.count;
	return 0;
}

/* s->subject has no parent; unknown: it had one that is not known. */
static __always_inline void lineage_none(struct guard_scratch *s, bool unknown)
{
	s->subject.flags &= ~GUARD_SUBJECT_LINEAGE_UNKNOWN;
	if (unknown)
		s->subject.flags |= GUARD_SUBJECT_LINEAGE_UNKNOWN;
	s->subject.parent_count = 0;
	s->subject.ancestor_count = 0;
}

struct chain_context {
	struct guard_scratch *scratch;
	__u64 generation;
	__u64 at;
	__u32 count;
	__u32 unknown;
};

/* One level up, until a program that is of this generation. */
static long chain_step(__u32 index, struct chain_context *context)
{
	struct guard_scratch *s = context->scratch;
	struct guard_program *program = program_find(context->at);

	if (!program)
		return 1;
	s->chain[index & (GUARD_LINEAGE_MAX - 1)] = context->at;
	context->count = index + 1;
	if (program_atoms_kept(s, program, context->generation))
		return 1;
	context->at = program->parent_exec_id;
	if (context->at)
		return 0;
	context->unknown = program->flags & GUARD_PROGRAM_LINEAGE_CUT;
	return 1;
}

/*
 * Parent and ancestors of s->subject, from the program that forked it: upwards to what is of this generation, then
 * down again, program by program. A line that is longer than s->chain takes several rounds, each of which leaves its
 * upper end behind. True: s->atoms are those of that program.
 */
__noinline int lineage_read(struct guard_image *image, struct guard_scratch *s)
{
	struct chain_context context = {.scratch = s};
	bool known = false;
	__u32 count;

	if (!image || !s)
		return false;
	context.generation = image_header(image)->generation;
	for (__u32 round = 0; round < GUARD_LINEAGE_ROUNDS; round++) {
		context.at = s->subject.parent_exec_id;
		context.count = 0;
		context.unknown = context.at != 0;
		if (context.at)
			bpf_loop(GUARD_LINEAGE_MAX * GUARD_LINEAGE_ROUNDS, chain_step, &context, 0);
		lineage_none(s, context.unknown);
		count = context.count;
		for (__u32 i = 0; i < GUARD_LINEAGE_MAX; i++) {
			asm volatile("" : "+r"(count));
			if (!count)
				break;
			count--;
			known = program_level(image, s, s->chain[count & (GUARD_LINEAGE_MAX - 1)]);
			if (known)
				lineage_add(s);
			else
				lineage_none(s, true);
		}
		if (!count)
			return known;
	}
	lineage_none(s, true);
	return false;
}

/* s->subject for the generation of this image. What is not known any more is unknown. */
static __always_inline void subject_renew(struct guard_image *image, struct guard_scratch *s)
{
	bool known = lineage_read(image, s);
	__u32 flags;

	/* Who was forked and has not exec'ed runs what its parent runs. */
	if (s->subject.exec_id != s->subject.parent_exec_id)
		known = program_level(image, s, s->subject.exec_id);
	flags = s->subject.flags & ~GUARD_SUBJECT_OWN_UNKNOWN;
	if (known) {
		list_copy(s->subject.own, s->atoms.own, s->atoms.own_count);
		s->subject.own_count = s->atoms.own_count;
		flags |= s->atoms.flags & GUARD_SUBJECT_OWN_UNKNOWN;
	} else {
		s->subject.own_count = 0;
		flags |= GUARD_SUBJECT_OWN_UNKNOWN;
	}
	s->subject.flags = flags;
	s->subject.generation = image_header(image)->generation;
}

#endif
