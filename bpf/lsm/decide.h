/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that decides. Pure: an image, scratch memory and what is known of the operation go in, a
 * verdict comes out; no map and no helper but bpf_loop, so that the same code runs natively under
 * BPF_PROG_TEST_RUN and is compared with the C# simulator (Guard.Policies/Simulation/ImageSimulator.cs), which
 * follows the same order:
 *
 *   1. atoms of the process (exec: of the program to be run, then of its directory; program that is mapped: of that
 * one; else: of the running one), then of its parent, then of its ancestors,
 *   2. open, mapping: atoms of the target, by its path and then by what file it is (as for a program); operation: the
 * same of its file, then atoms of its object, or of the program of the process that it acts on,
 *   3. atoms of the uid, of the login uid, of the group, of the mount namespace, of the cgroup, then of the kinds of
 * access, of the properties of the program, or of the operation and of the new uid,
 *   4. rules triggered by each atom in the order in which they came to hold, then the rules that nothing
 * triggers, then, if a field is incomplete, the rules that deny on unknown.
 */
#ifndef GUARD_DECIDE_H
#define GUARD_DECIDE_H

#include "condition.h"
#include "identity.h"
#include "stream.h"
#include "text.h"

static __always_inline void decision_begin(struct guard_scratch *s, __u32 category)
{
	s->category = category;
	s->incomplete = 0;
	s->failure = GUARD_REASON_NONE;
	s->evaluations = 0;
	s->verdict = GUARD_VERDICT_ALLOW;
	s->from_unknown = 0;
	s->more_rules = 0;
	s->rule_count = 0;
	s->match_count = 0;
	s->as_parent_count = 0;
	s->as_parent_overflow = 0;
	s->as_ancestor_count = 0;
	s->as_ancestor_overflow = 0;
	s->digest_known = 0;
	for (__u32 i = 0; i < GUARD_TOUCHED_WORDS; i++)
		s->touched[i] = 0;
}

struct kept_atoms {
	struct guard_scratch *scratch;
	const __u16 *list;
};

static long kept_atom_step(__u32 index, struct kept_atoms *context)
{
	atom_holds(context->scratch, context->list[index & (GUARD_SUBJECT_ATOMS_MAX - 1)]);
	return 0;
}

/* Atoms of a list that was made when the process was. */
static __always_inline void kept_hold(struct guard_scratch *s, const __u16 *list, __u32 count)
{
	struct kept_atoms context = {.scratch = s, .list = list};

	if (count)
		bpf_loop(count, kept_atom_step, &context, 0);
}

static __always_inline void field_unknown(struct guard_scratch *s, __u32 flags, __u32 flag, __u32 field)
{
	if (flags & flag)
		s->incomplete |= 1u << field;
}

/* Atoms that were computed at exec: of the process itself. */
__noinline int subject_own_hold(struct guard_scratch *s, struct guard_subject *who)
{
	if (!s || !who)
		return 0;
	field_unknown(s, who->flags, GUARD_SUBJECT_IMAGE_UNKNOWN, GUARD_FIELD_IMAGE);
	field_unknown(s, who->flags, GUARD_SUBJECT_INVOKED_UNKNOWN, GUARD_FIELD_INVOKED);
	field_unknown(s, who->flags, GUARD_SUBJECT_COMMAND_UNKNOWN, GUARD_FIELD_COMMAND);
	kept_hold(s, who->own, who->own_count);
	return 0;
}

/* Of its parent, and of all from whom it descends. */
__noinline int subject_lineage_holds(struct guard_scratch *s, struct guard_subject *who)
{
	if (!s || !who)
		return 0;
	field_unknown(s, who->flags, GUARD_SUBJECT_PARENT_UNKNOWN, GUARD_FIELD_PARENT);
	field_unknown(s, who->flags, GUARD_SUBJECT_PARENT_COMMAND_UNKNOWN, GUARD_FIELD_PARENT_COMMAND);
	field_unknown(s, who->flags, GUARD_SUBJECT_ANCESTOR_UNKNOWN, GUARD_FIELD_ANCESTOR);
	field_unknown(s, who->flags, GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN, GUARD_FIELD_ANCESTOR_COMMAND);
	kept_hold(s, who->parent, who->parent_count);
	kept_hold(s, who->ancestor, who->ancestor_count);
	return 0;
}

struct more_ancestors {
	struct guard_scratch *scratch;
	struct guard_subject *who;
	__u32 count;
	__u32 overflow;
};

static long more_ancestors_step(__u32 index, struct more_ancestors *context)
{
	__u32 atom = context->scratch->as_ancestor[index & (GUARD_SUBJECT_ATOMS_MAX - 1)];

	if (!atom_kept(context->who->ancestor, &context->count, atom))
		context->overflow = 1;
	return 0;
}

/* What the program that was read last gives to its descendants joins the list of one of them. */
__noinline int ancestors_add(struct guard_scratch *s, struct guard_subject *who)
{
	struct more_ancestors context = {.scratch = s, .who = who};

	if (!s || !who)
		return 0;
	context.count = who->ancestor_count;
	context.overflow = s->as_ancestor_overflow;
	if (s->as_ancestor_count)
		bpf_loop(s->as_ancestor_count, more_ancestors_step, &context, 0);
	who->ancestor_count = context.count;
	if (context.overflow)
		who->flags |= GUARD_SUBJECT_ANCESTOR_UNKNOWN | GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN;
	return 0;
}

struct atom_list {
	struct guard_image *image;
	struct guard_scratch *scratch;
	__u32 list;
};

static long atom_list_step(__u32 index, struct atom_list *context)
{
	atom_holds(context->scratch, image_u32(context->image, context->list + 4 + index * 4));
	return 0;
}

/* All atoms of a list of the image. */
__noinline int atoms_hold(struct guard_image *image, struct guard_scratch *s, __u32 list)
{
	struct atom_list context = {.image = image, .scratch = s, .list = list};

	if (!image || !s)
		return 0;
	bpf_loop(list_count(image, s, list, GUARD_LIST_MAX), atom_list_step, &context, 0);
	return 0;
}

/*
 * Atoms of a number: the last range that does not begin above it, by binary search; 15 steps cover
 * GUARD_RANGES_MAX. The bounds live in memory, where the verifier does not relate them to each other (in
 * registers: 430,000 instructions to verify instead of 400).
 */
__noinline int number_holds(struct guard_image *image, struct guard_scratch *s, __u32 which, __u32 value)
{
	__u32 ranges;

	if (!image || !s)
		return 0;
	which &= GUARD_NUMBERS - 1;
	ranges = image_header(image)->ranges_off[which];
	s->low = 0;
	s->high = image_header(image)->range_count[which];
	if (!s->high)
		return 0;
	for (__u32 i = 0; i < 15; i++) {
		__u32 middle = (s->low + s->high) / 2;

		if (s->low + 1 >= s->high)
			break;
		if (image_u32(image, ranges + middle * (__u32)sizeof(struct guard_range)) <= value)
			s->low = middle;
		else
			s->high = middle;
	}
	atoms_hold(image, s, image_u32(image, ranges + s->low * (__u32)sizeof(struct guard_range) + 4));
	return 0;
}

/*
 * Where s->scope says that the process is. What no rule of the category asks for is not there (see scope_load), and no
 * condition of the category speaks of it.
 */
__noinline int scope_holds(struct guard_image *image, struct guard_scratch *s)
{
	if (!image || !s)
		return 0;
	if (!(s->scope.unknown & 1u << GUARD_FIELD_GROUP))
		number_holds(image, s, GUARD_NUMBER_GROUP, s->scope.group);
	if (!(s->scope.unknown & 1u << GUARD_FIELD_MOUNT_NAMESPACE))
		number_holds(image, s, GUARD_NUMBER_MOUNT_NAMESPACE, s->scope.mount_namespace);
	kept_hold(s, s->scope.cgroup, s->scope.cgroup_count);
	s->incomplete |= s->scope.unknown;
	return 0;
}

/* Step 3 for everything: as whom it is done, and where. */
static __always_inline void asker_holds(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon)
{
	number_holds(image, s, GUARD_NUMBER_UID, uid);
	number_holds(image, s, GUARD_NUMBER_LOGON, logon);
	scope_holds(image, s);
}

/* Atoms of what is given as bits: the header has a list for each, from `lists` on. */
__noinline int kinds_hold(struct guard_image *image, struct guard_scratch *s, __u32 lists, __u32 kinds)
{
	if (!image || !s)
		return 0;
	for (__u32 i = 0; i < GUARD_ACCESSES; i++) {
		if (kinds & (1u << i))
			atoms_hold(image, s, image_u32(image, lists + i * 4));
	}
	return 0;
}

static __always_inline void access_holds(struct guard_image *image, struct guard_scratch *s, __u32 access)
{
	kinds_hold(image, s, __builtin_offsetof(struct guard_image_header, access_list), access);
}

/*
 * A rule matched: the strictest action wins, of equal ones what is certain over what decides on unknown, and the
 * first such rule is named first.
 */
static __always_inline void rule_matched(struct guard_scratch *s, __u32 number, __u32 action, bool unknown)
{
	__u32 count = s->rule_count;
	__u32 first;

	for (__u32 i = 0; i < GUARD_EVENT_RULES_MAX; i++) {
		if (i < count && s->rules[i] == number)
			return;
	}
	if (count < GUARD_EVENT_RULES_MAX) {
		s->rules[count & (GUARD_EVENT_RULES_MAX - 1)] = number;
		s->rule_count = count + 1;
	} else {
		s->more_rules = 1;
	}
	if (action * 2 + !unknown <= s->verdict * 2 + !s->from_unknown)
		return;
	s->verdict = action;
	s->from_unknown = unknown;
	if (count) {
		first = s->rules[0];
		s->rules[0] = number;
		if (count < GUARD_EVENT_RULES_MAX)
			s->rules[count & (GUARD_EVENT_RULES_MAX - 1)] = first;
	}
}

struct rule_list {
	struct guard_image *image;
	struct guard_scratch *scratch;
	__u32 list;
};

/* In a sweep, which hashes nothing: every library would be found. */
static __always_inline bool leaves_out(const struct guard_scratch *s, const struct guard_rule *rule)
{
	return s->digest_offered == GUARD_DIGEST_LEFT_OUT && rule->fields & 1u << GUARD_FIELD_DIGEST;
}

static long rule_list_step(__u32 index, struct rule_list *context)
{
	struct guard_image *image = context->image;
	struct guard_scratch *s = context->scratch;
	__u32 number = image_u32(image, context->list + 4 + index * 4);
	__u32 offset = image_header(image)->rules_off + number * (__u32)sizeof(struct guard_rule);
	const struct guard_rule *rule = (const struct guard_rule *)(image->bytes + (offset & GUARD_IMAGE_MASK));
	int value;

	if (s->evaluations >= GUARD_EVALUATIONS_MAX) {
		decision_fails(s, GUARD_REASON_TOO_MANY_RULES);
		return 1;
	}
	s->evaluations++;
	value = condition_value(image, s, rule->ops_off, rule->op_count);
	s->open_rules += value != 2;
	if (value == 1)
		rule_matched(s, number, rule->action, false);
	else if (value == 0 && rule->on_unknown == GUARD_ON_UNKNOWN_DENY && !leaves_out(s, rule))
		rule_matched(s, number, rule->action, true);
	return 0;
}

__noinline int rules_evaluate(struct guard_image *image, struct guard_scratch *s, __u32 list)
{
	struct rule_list context = {.image = image, .scratch = s, .list = list};

	if (!image || !s || !list)
		return 0;
	bpf_loop(list_count(image, s, list, GUARD_RULES_MAX), rule_list_step, &context, 0);
	return 0;
}

static long trigger_step(__u32 index, struct rule_list *context)
{
	struct guard_image *image = context->image;
	struct guard_scratch *s = context->scratch;
	__u32 atom = s->matches[index & (GUARD_MATCHES_MAX - 1)];
	__u32 offset = image_header(image)->atoms_off + atom * (__u32)sizeof(struct guard_atom);
	const struct guard_atom *entry = (const struct guard_atom *)(image->bytes + (offset & GUARD_IMAGE_MASK));

	rules_evaluate(image, s, entry->triggers[s->category & (GUARD_CATEGORIES - 1)]);
	return 0;
}

/* Step 4. The verdict is in s. */
__noinline int decision_end(struct guard_image *image, struct guard_scratch *s)
{
	struct rule_list context = {.image = image, .scratch = s, .list = 0};
	const struct guard_category *category;

	if (!image || !s)
		return 0;
	category = &image_header(image)->categories[s->category & (GUARD_CATEGORIES - 1)];
	if (s->match_count)
		bpf_loop(s->match_count, trigger_step, &context, 0);
	rules_evaluate(image, s, category->always_list);
	if (s->incomplete)
		rules_evaluate(image, s, category->unknown_list);
	return 0;
}

/*
 * Whether the target, whose atoms hold, and the cgroup in s->scope settle that nobody is refused or recorded, whoever he
 * is and whatever he does: every rule that they trigger is false with all else unknown. For categories whose rules have
 * no other triggers (GUARD_DECIDES_*).
 */
__noinline int place_settles(struct guard_image *image, struct guard_scratch *s)
{
	struct rule_list context = {.image = image, .scratch = s, .list = 0};
	const __u32 known = 1u << GUARD_FIELD_TARGET | 1u << GUARD_FIELD_CGROUP;

	if (!image || !s)
		return 0;
	if (s->scope.unknown & 1u << GUARD_FIELD_CGROUP)
		return 0;
	kept_hold(s, s->scope.cgroup, s->scope.cgroup_count);
	s->incomplete = ~known;
	s->open_rules = 0;
	if (s->match_count)
		bpf_loop(s->match_count, trigger_step, &context, 0);
	return !s->failure && !s->open_rules;
}

/*
 * The engine could not decide, and the failure mode has to. A rule that blocks was evaluated on what is true,
 * so that more matches or more rules can't take it back: such a verdict stands.
 */
static __always_inline bool decision_failed(const struct guard_scratch *s)
{
	return s->failure && s->verdict != GUARD_VERDICT_BLOCK;
}

/* What the policy says of the other name of a file: items that are no exclusion, which have one of these roles. */
static __always_inline void other_name_holds(struct guard_image *image, struct guard_scratch *s, __u32 text,
					     __u32 roles)
{
	if (s->other_length)
		text_walk(image, s, (struct guard_text *)s->other, text, roles,
			  BOUNDED(s->other_length, GUARD_OTHER_NAME_MAX));
}

/*
 * Step 1 for an exec: what the program in s->path, called as s->name, from the file s->identity, is for itself and
 * for its children. A path that was not resolved is not matched by what was read of it, nor is a name that could
 * not be read.
 */
static __always_inline void exec_atoms(struct guard_image *image, struct guard_scratch *s)
{
	if (!(s->walk.flags & GUARD_EVENT_PATH_UNRESOLVED))
		text_walk(image, s, &s->path, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_PATH, path_packed(s));
	identity_holds(image, s, GUARD_ROLES_OF_PATH);
	if (s->name_cut)
		s->incomplete |= 1u << GUARD_FIELD_INVOKED;
	else
		text_walk(image, s, &s->name, GUARD_TEXT_IMAGE, GUARD_ROLES_OF_NAME, s->name_length);
	other_name_holds(image, s, GUARD_TEXT_IMAGE, GUARD_ROLE_INVOKED);
	if (path_is_incomplete(s) || s->other_cut)
		s->incomplete |= 1u << GUARD_FIELD_IMAGE;
}

/* The directory in s->path that the process is in. */
static __always_inline void directory_atoms(struct guard_image *image, struct guard_scratch *s)
{
	if (!(s->walk.flags & GUARD_EVENT_PATH_UNRESOLVED))
		text_walk(image, s, &s->path, GUARD_TEXT_DIRECTORY, GUARD_ROLE_DIRECTORY, path_packed(s));
	if (path_is_incomplete(s))
		s->incomplete |= 1u << GUARD_FIELD_DIRECTORY;
}

/* Digits of the number that a nibble is, in lower case. */
static __always_inline __u8 digit_of(__u8 nibble)
{
	return nibble < 10 ? '0' + nibble : 'a' + nibble - 10;
}

/*
 * What the policy says of the digest in s->sha256, if the category asks for one. It goes through s->name: the name by
 * which a program was called has been read.
 */
__noinline int digest_holds(struct guard_image *image, struct guard_scratch *s)
{
	const struct guard_category *category;

	if (!image || !s)
		return 0;
	category = &image_header(image)->categories[s->category & (GUARD_CATEGORIES - 1)];
	if (!(category->fields & 1u << GUARD_FIELD_DIGEST))
		return 0;
	if (s->digest_offered != GUARD_DIGEST_KNOWN) {
		s->incomplete |= 1u << GUARD_FIELD_DIGEST;
		return 0;
	}
	s->digest_known = 1;
	for (__u32 i = 0; i < GUARD_DIGEST_BYTES; i++) {
		s->name.bytes[2 * i] = digit_of(s->sha256[i] >> 4);
		s->name.bytes[2 * i + 1] = digit_of(s->sha256[i] & 15);
	}
	*(__u64 *)(s->name.bytes + 2 * GUARD_DIGEST_BYTES) = 0;
	*(__u64 *)(s->name.bytes + 2 * GUARD_DIGEST_BYTES + 8) = 0;
	text_walk(image, s, &s->name, GUARD_TEXT_DIGEST, GUARD_ROLE_OBJECT, 2 * GUARD_DIGEST_BYTES);
	return 0;
}

/* The rest of the decision about an exec, after exec_atoms and the command line. s->subject is who asks; s->properties are
 * those of the program. */
static __always_inline void exec_decide(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon)
{
	digest_holds(image, s);
	subject_lineage_holds(s, &s->subject);
	asker_holds(image, s, uid, logon);
	kinds_hold(image, s, __builtin_offsetof(struct guard_image_header, property_list), s->properties);
	decision_end(image, s);
}

/* What the policy says of the file in s->path, also called s->other, which is s->identity, as `field`. */
static __always_inline void file_atoms(struct guard_image *image, struct guard_scratch *s, __u32 text, __u32 roles,
				       __u32 field)
{
	__u32 named = roles == GUARD_ROLE_IMAGE ? GUARD_ROLE_INVOKED : GUARD_ROLE_NAMED;

	if (!(s->walk.flags & GUARD_EVENT_PATH_UNRESOLVED))
		text_walk(image, s, &s->path, text, roles, path_packed(s));
	identity_holds(image, s, roles);
	other_name_holds(image, s, text, named | (roles & GUARD_ROLE_OBJECT));
	if (path_is_incomplete(s) || s->other_cut)
		s->incomplete |= 1u << field;
}

/*
 * The whole decision about what s->subject does to the file in s->path, which is s->identity and whose path is read in these
 * roles.
 */
static __always_inline void open_decide(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon,
					__u32 access, __u32 roles)
{
	decision_begin(s, GUARD_CATEGORY_FILE);
	subject_own_hold(s, &s->subject);
	subject_lineage_holds(s, &s->subject);
	file_atoms(image, s, GUARD_TEXT_TARGET, roles, GUARD_FIELD_TARGET);
	asker_holds(image, s, uid, logon);
	access_holds(image, s, access);
	decision_end(image, s);
}

/* The whole decision about the same file, which s->subject maps for execution. */
static __always_inline void load_decide(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon)
{
	decision_begin(s, GUARD_CATEGORY_LOAD);
	subject_own_hold(s, &s->subject);
	subject_lineage_holds(s, &s->subject);
	file_atoms(image, s, GUARD_TEXT_IMAGE, GUARD_ROLE_LOADED, GUARD_FIELD_LOADED);
	digest_holds(image, s);
	asker_holds(image, s, uid, logon);
	decision_end(image, s);
}

/* The whole decision about the same file as if s->subject had run it, see GUARD_CATEGORY_MAPPED. */
static __always_inline void mapped_decide(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon)
{
	decision_begin(s, GUARD_CATEGORY_MAPPED);
	s->incomplete |= 1u << GUARD_FIELD_COMMAND | 1u << GUARD_FIELD_DIRECTORY | 1u << GUARD_FIELD_PROPERTIES;
	file_atoms(image, s, GUARD_TEXT_IMAGE, GUARD_ROLE_IMAGE, GUARD_FIELD_IMAGE);
	digest_holds(image, s);
	subject_lineage_holds(s, &s->subject);
	asker_holds(image, s, uid, logon);
	decision_end(image, s);
}

#endif
