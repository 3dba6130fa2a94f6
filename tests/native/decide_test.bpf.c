// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision core under BPF_PROG_TEST_RUN: one request in, one decision out, through the very headers that the
 * hooks include. Guard.Abi.Tests compares it with the C# simulator.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "subject.h"

char LICENSE[] SEC("license") = "GPL";

#define TEST_IMAGE_TRUNCATED 1u
#define TEST_IMAGE_ABSENT 2u
#define TEST_TARGET_TRUNCATED 4u
#define TEST_TARGET_ABSENT 8u
#define TEST_PARENT_TRUNCATED 16u
#define TEST_PARENT_ABSENT 32u
#define TEST_INVOKED_ABSENT 64u
#define TEST_PARENT_INVOKED_ABSENT 128u

struct test_text {
	__u32 length;
	__u32 pad;
	__u8 bytes[GUARD_PATH_MAX];
};

struct test_request {
	__u32 category;
	__u32 uid;
	__u32 access;
	__u32 flags; /* TEST_* */
	struct test_text image;
	struct test_text invoked;
	struct test_text parent_image;
	struct test_text parent_invoked;
	struct test_text target;
};

struct test_result {
	__u32 verdict;
	__u32 failure;
	__u32 from_unknown;
	__u32 more_rules;
	__u32 rule_count;
	__u32 match_count;
	__u32 rules[GUARD_EVENT_RULES_MAX];
};

#define ONE(NAME, TYPE)                                                                                        \
	struct {                                                                                               \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                              \
		__uint(max_entries, 1);                                                                        \
		__type(key, __u32);                                                                            \
		__type(value, TYPE);                                                                           \
	} NAME SEC(".maps")

ONE(test_image, struct guard_image);
ONE(test_request, struct test_request);
ONE(test_result, struct test_result);

/* A text to s->name, from 0, with its padding. */
static __always_inline void to_name(struct guard_scratch *s, struct test_text *text, bool absent)
{
	__u64 length = BOUNDED(text->length, GUARD_PATH_MAX - 1);

	bpf_probe_read_kernel(s->name.bytes, length, text->bytes);
	*(__u64 *)(s->name.bytes + length) = 0;
	*(__u64 *)(s->name.bytes + length + 8) = 0;
	s->name_length = length;
	s->name_cut = absent;
}

/* A text to s->path, to its end, as path_resolve leaves it. */
static __always_inline void to_path(struct guard_scratch *s, struct test_text *text, bool truncated, bool absent)
{
	__u64 length = BOUNDED(text->length, GUARD_PATH_MAX - 1);
	__u32 position = GUARD_PATH_MAX - length;

	bpf_probe_read_kernel(s->path.bytes + (position & (GUARD_PATH_MAX - 1)), length ? length : 0, text->bytes);
	s->walk.position = position;
	s->walk.flags = truncated ? GUARD_EVENT_PATH_TRUNCATED : 0;
	if (absent)
		s->walk.flags |= GUARD_EVENT_PATH_UNRESOLVED;
}

/* What the parent left with its child: what its own exec said about it as a parent. */
static __always_inline void parent_of(struct guard_image *image, struct guard_scratch *s, struct test_request *request)
{
	decision_begin(s, GUARD_CATEGORY_EXEC);
	to_path(s, &request->parent_image, request->flags & TEST_PARENT_TRUNCATED, request->flags & TEST_PARENT_ABSENT);
	to_name(s, &request->parent_invoked, request->flags & TEST_PARENT_INVOKED_ABSENT);
	exec_atoms(image, s);
	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++)
		s->subject.parent[i] = s->as_parent[i];
	s->subject.parent_count = s->as_parent_count;
	if (s->as_parent_overflow || path_is_incomplete(s) || s->name_cut)
		s->subject.flags |= GUARD_SUBJECT_PARENT_UNKNOWN;
}

static __always_inline void program_of(struct guard_image *image, struct guard_scratch *s, struct test_request *request)
{
	decision_begin(s, GUARD_CATEGORY_EXEC);
	to_path(s, &request->image, request->flags & TEST_IMAGE_TRUNCATED, request->flags & TEST_IMAGE_ABSENT);
	to_name(s, &request->invoked, request->flags & TEST_INVOKED_ABSENT);
	exec_atoms(image, s);
}

SEC("syscall")
int decide(void *ctx)
{
	struct test_request *request = bpf_map_lookup_elem(&test_request, &zero);
	struct guard_image *image = bpf_map_lookup_elem(&test_image, &zero);
	struct test_result *result = bpf_map_lookup_elem(&test_result, &zero);
	struct guard_scratch *s = bpf_map_lookup_elem(&scratch_slots, &zero);

	if (!request || !image || !result || !s)
		return 1;
	s->subject.flags = 0;
	parent_of(image, s, request);
	program_of(image, s, request);
	if (request->category == GUARD_CATEGORY_FILE) {
		subject_take_atoms(s, &s->subject);
		if (path_is_incomplete(s))
			s->subject.flags |= GUARD_SUBJECT_IMAGE_UNKNOWN;
		if (s->name_cut)
			s->subject.flags |= GUARD_SUBJECT_INVOKED_UNKNOWN;
		to_path(s, &request->target, request->flags & TEST_TARGET_TRUNCATED,
			request->flags & TEST_TARGET_ABSENT);
		open_decide(image, s, request->uid, request->access);
	} else {
		exec_decide(image, s, request->uid);
	}
	/* What the hooks make of a failure. */
	if (decision_failed(s)) {
		s->verdict = GUARD_VERDICT_ALLOW;
		s->from_unknown = 0;
		s->more_rules = 0;
		s->rule_count = 0;
	}
	result->verdict = s->verdict;
	result->failure = s->failure;
	result->from_unknown = s->from_unknown;
	result->more_rules = s->more_rules;
	result->rule_count = s->rule_count;
	result->match_count = s->match_count;
	bpf_probe_read_kernel(result->rules, sizeof(result->rules), s->rules);
	return 0;
}
