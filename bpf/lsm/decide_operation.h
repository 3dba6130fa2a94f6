/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of decide.h that is about operations which are neither on the name of a file nor on a socket. As pure as that. */
#ifndef GUARD_DECIDE_OPERATION_H
#define GUARD_DECIDE_OPERATION_H

#include "decide.h"

/* What an operation is about: the file in s->path, then the text, or the program, in s->name. */
static __always_inline void operation_atoms(struct guard_image *image, struct guard_scratch *s, __u32 operation)
{
	__u32 bit = 1u << (operation & (GUARD_OPERATIONS - 1));
	bool on_process = bit & GUARD_OPERATIONS_ON_PROCESSES;

	if (bit & GUARD_OPERATIONS_ON_FILES)
		file_atoms(image, s, GUARD_TEXT_TARGET, GUARD_ROLE_TARGET, GUARD_FIELD_TARGET);
	if (!(bit & (GUARD_OPERATIONS_ON_OBJECTS | GUARD_OPERATIONS_ON_PROCESSES)))
		return;
	if (s->name_cut)
		s->incomplete |= 1u << (on_process ? GUARD_FIELD_TARGET_IMAGE : GUARD_FIELD_OBJECT);
	else
		text_walk(image, s, &s->name, on_process ? GUARD_TEXT_IMAGE : GUARD_TEXT_OBJECT,
			  on_process ? GUARD_ROLE_TARGET_IMAGE : GUARD_ROLE_OBJECT, s->name_length);
	if (on_process)
		identity_holds(image, s, GUARD_ROLE_TARGET_IMAGE);
}

/*
 * Whether any rule can hold for a use of the capability. If none can, nothing is decided: root uses some on nearly every
 * system call.
 */
static __always_inline bool capability_is_asked(const struct guard_image *image, __u32 capability)
{
	const __u32 *asked = image_header(image)->capabilities;

	return capability < GUARD_CAPABILITIES && (asked[0] | (__u64)asked[1] << 32) >> capability & 1;
}

/*
 * The whole decision about the operation s->operation of s->subject. s->identity is its file, or that of the program
 * of the process that it acts on.
 */
static __always_inline void operation_decide(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon)
{
	__u32 operation = s->operation.number >> GUARD_OPERATION_SHIFT;

	decision_begin(s, GUARD_CATEGORY_OPERATION);
	subject_own_hold(s, &s->subject);
	subject_lineage_holds(s, &s->subject);
	operation_atoms(image, s, operation);
	asker_holds(image, s, uid, logon);
	number_holds(image, s, GUARD_NUMBER_SYSTEM_OPERATION, s->operation.number);
	if (s->operation.number == (GUARD_OPERATION_CREDENTIALS << GUARD_OPERATION_SHIFT | GUARD_CREDENTIALS_USER))
		number_holds(image, s, GUARD_NUMBER_NEW_UID, s->operation.new_id);
	else if (s->operation.number ==
		 (GUARD_OPERATION_CREDENTIALS << GUARD_OPERATION_SHIFT | GUARD_CREDENTIALS_GROUP))
		number_holds(image, s, GUARD_NUMBER_NEW_GID, s->operation.new_id);
	decision_end(image, s);
}

#endif
