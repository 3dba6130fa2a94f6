// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision core under BPF_PROG_TEST_RUN: one request in, one decision out, through the very headers that
 * the hooks include. Guard.Abi.Tests compares it with the C# simulator.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "network.h"
#include "scope.h"
#include "decide_operation.h"
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
/* Arguments are known from the first on: cut, their end is missing. */
#define TEST_COMMAND_TRUNCATED 256u
#define TEST_COMMAND_ABSENT 512u
#define TEST_PARENT_COMMAND_TRUNCATED 1024u
#define TEST_PARENT_COMMAND_ABSENT 2048u
#define TEST_DIRECTORY_TRUNCATED 4096u
#define TEST_DIRECTORY_ABSENT 8192u
/* Some ancestor is not known at all. */
#define TEST_ANCESTORS_ABSENT 16384u
#define TEST_CGROUP_TRUNCATED 32768u
#define TEST_CGROUP_ABSENT 65536u
#define TEST_GROUP_ABSENT 131072u
#define TEST_NAMESPACE_ABSENT 262144u
#define TEST_OBJECT_ABSENT 524288u
#define TEST_TARGET_IMAGE_ABSENT 1048576u
#define TEST_OTHER_NAME_ABSENT 2097152u
#define TEST_RENAMES_DIRECTORY 4194304u

#define TEST_ANCESTORS_MAX 4u

struct test_text {
	__u32 length;
	__u32 pad;
	__u8 bytes[GUARD_PATH_MAX];
};

struct test_ancestor {
	struct test_text image;
	struct test_text invoked;
	struct test_text command;
};

struct test_file {
	__u64 inode;
	__u32 device;
	__u32 generation; /* 0: none */
};

struct test_request {
	__u32 category;
	__u32 uid;
	__u32 logon;
	__u32 access;
	__u32 flags;	      /* TEST_* */
	__u32 ancestor_count; /* of those above the parent, nearest first; their texts are complete */
	__u32 group;
	__u32 mount_namespace;
	__u32 system_operation; /* as GUARD_NUMBER_SYSTEM_OPERATION */
	__u32 new_uid;
	__u32 digest_known;
	__u32 properties; /* bits of GUARD_PROPERTY_* */
	__u8 sha256[GUARD_DIGEST_BYTES];
	struct test_file image_file;
	struct test_file parent_file;
	struct test_file target_file;
	struct test_file target_image_file;
	struct guard_endpoint endpoint;
	struct test_text image;
	struct test_text invoked;
	struct test_text command;
	struct test_text directory;
	struct test_text parent_image;
	struct test_text parent_invoked;
	struct test_text parent_command;
	struct test_text target;
	struct test_text cgroup;
	struct test_text object;
	struct test_text target_image;
	struct test_text other;
	struct test_ancestor ancestors[TEST_ANCESTORS_MAX];
};

struct test_result {
	__u32 verdict;
	__u32 failure;
	__u32 from_unknown;
	__u32 more_rules;
	__u32 rule_count;
	__u32 match_count;
	__u32 settled; /* target and cgroup alone said that nobody is refused or recorded */
	__u32 pad;
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
static __always_inline void to_path(struct guard_scratch *s, struct test_text *text, bool truncated,
				    bool absent)
{
	__u64 length = BOUNDED(text->length, GUARD_PATH_MAX - 1);
	__u32 position = GUARD_PATH_MAX - length;

	bpf_probe_read_kernel(s->path.bytes + (position & (GUARD_PATH_MAX - 1)), length ? length : 0,
			      text->bytes);
	s->walk.position = position;
	s->walk.flags = truncated ? GUARD_EVENT_PATH_TRUNCATED : 0;
	if (absent)
		s->walk.flags |= GUARD_EVENT_PATH_UNRESOLVED;
}

/* The other name of the file that is decided about. */
static __always_inline void to_other(struct guard_scratch *s, struct test_request *request)
{
	__u64 length = BOUNDED(request->other.length, GUARD_OTHER_NAME_MAX);

	bpf_probe_read_kernel(s->other, length, request->other.bytes);
	*(__u64 *)(s->other + length) = 0;
	*(__u64 *)(s->other + length + 8) = 0;
	s->other_length = length;
	s->other_cut = request->flags & TEST_OTHER_NAME_ABSENT ? 1 : 0;
}

static __always_inline void to_identity(struct guard_scratch *s, const struct test_file *file)
{
	s->identity.inode = file->inode;
	s->identity.device = file->device;
	s->identity.generation = file->generation;
}

/* One window of a command line to s->name. */
static __always_inline void to_window(struct guard_scratch *s, struct test_text *text, __u64 from, __u64 length)
{
	length = BOUNDED(length, GUARD_PATH_MAX - 1);
	from = BOUNDED(from, GUARD_PATH_MAX - 1);
	if (from + length > GUARD_PATH_MAX)
		return;
	bpf_probe_read_kernel(s->name.bytes, length, text->bytes + from);
	*(__u64 *)(s->name.bytes + length) = 0;
	*(__u64 *)(s->name.bytes + length + 8) = 0;
}

/* In two windows, as arguments that do not fit into memory go. */
__noinline int feed_command(struct guard_image *image, struct guard_scratch *s, struct test_text *text,
			    __u32 complete)
{
	__u32 length, first;

	if (!image || !s || !text)
		return 0;
	length = text->length;
	first = length / 2 & ~(GUARD_CHUNK - 1);
	if (first) {
		to_window(s, text, 0, first);
		stream_feed(image, s, first);
	}
	to_window(s, text, first, length - first);
	stream_feed(image, s, length - first);
	return stream_end(image, s, complete);
}

__noinline int read_command(struct guard_image *image, struct guard_scratch *s, struct test_text *text,
			    __u32 complete)
{
	if (!image || !s || !text)
		return 0;
	stream_begin(image, s, GUARD_TEXT_COMMAND, GUARD_ROLES_OF_COMMAND);
	feed_command(image, s, text, complete);
	for (__u32 i = 0; i < GUARD_CANDIDATES_MAX; i++) {
		if (i >= s->candidate_count)
			break;
		stream_confirm(image, s, i);
		feed_command(image, s, text, complete);
	}
	return 0;
}

/* A program's arguments, unless they are not known; true when they are known to their end. */
static __always_inline bool command_of(struct guard_image *image, struct guard_scratch *s,
				       struct test_text *text, bool truncated, bool absent)
{
	if (!absent)
		read_command(image, s, text, !truncated);
	return !truncated && !absent;
}

/* What the parent left with its child: what its own exec said about it as a parent, and as an ancestor. */
static __always_inline void parent_of(struct guard_image *image, struct guard_scratch *s,
				      struct test_request *request)
{
	bool incomplete;

	decision_begin(s, GUARD_CATEGORY_EXEC);
	to_path(s, &request->parent_image, request->flags & TEST_PARENT_TRUNCATED,
		request->flags & TEST_PARENT_ABSENT);
	to_name(s, &request->parent_invoked, request->flags & TEST_PARENT_INVOKED_ABSENT);
	to_identity(s, &request->parent_file);
	s->other_length = 0;
	s->other_cut = 0;
	exec_atoms(image, s);
	incomplete = path_is_incomplete(s) || s->name_cut;
	if (!command_of(image, s, &request->parent_command, request->flags & TEST_PARENT_COMMAND_TRUNCATED,
			request->flags & TEST_PARENT_COMMAND_ABSENT))
		s->subject.flags |=
		    GUARD_SUBJECT_PARENT_COMMAND_UNKNOWN | GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN;
	for (__u32 i = 0; i < GUARD_SUBJECT_ATOMS_MAX; i++)
		s->subject.parent[i] = s->as_parent[i];
	s->subject.parent_count = s->as_parent_count;
	if (s->as_parent_overflow)
		s->subject.flags |= GUARD_SUBJECT_PARENT_UNKNOWN | GUARD_SUBJECT_PARENT_COMMAND_UNKNOWN;
	if (incomplete)
		s->subject.flags |= GUARD_SUBJECT_PARENT_UNKNOWN | GUARD_SUBJECT_ANCESTOR_UNKNOWN;
	ancestors_add(s, &s->subject);
}

static __always_inline void ancestor_of(struct guard_image *image, struct guard_scratch *s,
					struct test_ancestor *ancestor)
{
	decision_begin(s, GUARD_CATEGORY_EXEC);
	to_path(s, &ancestor->image, false, false);
	to_name(s, &ancestor->invoked, false);
	identity_none(s);
	exec_atoms(image, s);
	read_command(image, s, &ancestor->command, true);
	ancestors_add(s, &s->subject);
}

static __always_inline void program_of(struct guard_image *image, struct guard_scratch *s,
				       struct test_request *request)
{
	decision_begin(s, GUARD_CATEGORY_EXEC);
	to_path(s, &request->image, request->flags & TEST_IMAGE_TRUNCATED, request->flags & TEST_IMAGE_ABSENT);
	to_name(s, &request->invoked, request->flags & TEST_INVOKED_ABSENT);
	to_identity(s, &request->image_file);
	s->other_length = 0;
	s->other_cut = 0;
	if (request->category == GUARD_CATEGORY_EXEC)
		to_other(s, request);
	exec_atoms(image, s);
	if (!command_of(image, s, &request->command, request->flags & TEST_COMMAND_TRUNCATED,
			request->flags & TEST_COMMAND_ABSENT))
		s->incomplete |= 1u << GUARD_FIELD_COMMAND;
}

/* What scope_load finds: the path is read as the hooks read it, from where the walk leaves it. */
static __always_inline void scope_of(struct guard_image *image, struct guard_scratch *s,
				     struct test_request *request)
{
	__u64 length = BOUNDED(request->cgroup.length, GUARD_PATH_MAX - 1);
	__u32 position = GUARD_PATH_MAX - length;

	s->scope.unknown = 0;
	s->scope.cgroup_count = 0;
	s->scope.group = request->group;
	s->scope.mount_namespace = request->mount_namespace;
	if (request->flags & TEST_GROUP_ABSENT)
		s->scope.unknown |= 1u << GUARD_FIELD_GROUP;
	if (request->flags & TEST_NAMESPACE_ABSENT)
		s->scope.unknown |= 1u << GUARD_FIELD_MOUNT_NAMESPACE;
	if (request->flags & TEST_CGROUP_ABSENT) {
		s->scope.unknown |= 1u << GUARD_FIELD_CGROUP;
		return;
	}
	bpf_probe_read_kernel(s->out + (position & (GUARD_PATH_MAX - 1)), length, request->cgroup.bytes);
	*(__u64 *)(s->out + GUARD_PATH_MAX) = 0;
	*(__u64 *)(s->out + GUARD_PATH_MAX + 8) = 0;
	s->cgroup_walk.position = position;
	s->cgroup_walk.cut = request->flags & TEST_CGROUP_TRUNCATED ? 1 : 0;
	cgroup_read(image, s);
}

/* What program_of has read is what the process that acts runs. */
static __always_inline void program_runs(struct guard_scratch *s)
{
	__u32 incomplete = s->incomplete;
	__u32 flags = 0;

	s->subject.own_count = atoms_taken(s, s->subject.own, &flags);
	s->subject.flags |= flags;
	if (incomplete & 1u << GUARD_FIELD_IMAGE)
		s->subject.flags |= GUARD_SUBJECT_IMAGE_UNKNOWN;
	if (incomplete & 1u << GUARD_FIELD_INVOKED)
		s->subject.flags |= GUARD_SUBJECT_INVOKED_UNKNOWN;
	if (incomplete & 1u << GUARD_FIELD_COMMAND)
		s->subject.flags |= GUARD_SUBJECT_COMMAND_UNKNOWN;
}

static __always_inline __u32 target_roles(const struct test_request *request)
{
	return request->flags & TEST_RENAMES_DIRECTORY ? GUARD_ROLES_OF_RENAMED : GUARD_ROLE_TARGET;
}

static __always_inline void decide_open(struct guard_image *image, struct guard_scratch *s,
					struct test_request *request)
{
	program_runs(s);
	to_path(s, &request->target, request->flags & TEST_TARGET_TRUNCATED,
		request->flags & TEST_TARGET_ABSENT);
	to_identity(s, &request->target_file);
	to_other(s, request);
	if (request->category == GUARD_CATEGORY_LOAD)
		load_decide(image, s, request->uid, request->logon);
	else
		open_decide(image, s, request->uid, request->logon, request->access, target_roles(request));
}

static __always_inline void decide_mapped(struct guard_image *image, struct guard_scratch *s,
					  struct test_request *request)
{
	to_path(s, &request->target, request->flags & TEST_TARGET_TRUNCATED,
		request->flags & TEST_TARGET_ABSENT);
	to_identity(s, &request->target_file);
	to_other(s, request);
	mapped_decide(image, s, request->uid, request->logon);
}

/* As the hooks ask before they ask who opens. */
static __always_inline bool open_is_settled(struct guard_image *image, struct guard_scratch *s,
					    struct test_request *request)
{
	const struct guard_category *category = &image_header(image)->categories[GUARD_CATEGORY_FILE];

	to_path(s, &request->target, request->flags & TEST_TARGET_TRUNCATED, request->flags & TEST_TARGET_ABSENT);
	to_identity(s, &request->target_file);
	to_other(s, request);
	if (!category->target_decides || path_is_incomplete(s) || s->other_cut)
		return false;
	decision_begin(s, GUARD_CATEGORY_FILE);
	text_walk(image, s, &s->path, GUARD_TEXT_TARGET, target_roles(request), path_packed(s));
	identity_holds(image, s, GUARD_ROLE_TARGET);
	other_name_holds(image, s, GUARD_TEXT_TARGET, GUARD_ROLE_NAMED | (target_roles(request) & GUARD_ROLE_OBJECT));
	return !s->failure && place_settles(image, s);
}

static __always_inline void decide_network(struct guard_image *image, struct guard_scratch *s,
					   struct test_request *request)
{
	program_runs(s);
	decision_begin(s, GUARD_CATEGORY_NETWORK);
	if (network_is_asked(image, request->endpoint.operation))
		network_decide(image, s, request->uid, request->logon, &request->endpoint);
}

static __always_inline void decide_operation(struct guard_image *image, struct guard_scratch *s,
					     struct test_request *request)
{
	__u32 bit = 1u << (request->system_operation >> GUARD_OPERATION_SHIFT & (GUARD_OPERATIONS - 1));

	program_runs(s);
	to_path(s, &request->target, request->flags & TEST_TARGET_TRUNCATED,
		request->flags & TEST_TARGET_ABSENT);
	if (bit & GUARD_OPERATIONS_ON_PROCESSES) {
		to_name(s, &request->target_image, request->flags & TEST_TARGET_IMAGE_ABSENT);
		to_identity(s, &request->target_image_file);
	} else {
		to_name(s, &request->object, request->flags & TEST_OBJECT_ABSENT);
		to_identity(s, &request->target_file);
	}
	to_other(s, request);
	s->operation.number = request->system_operation;
	s->operation.new_id = request->new_uid;
	operation_decide(image, s, request->uid, request->logon);
}

static __always_inline void decide_exec(struct guard_image *image, struct guard_scratch *s,
					struct test_request *request)
{
	to_path(s, &request->directory, request->flags & TEST_DIRECTORY_TRUNCATED,
		request->flags & TEST_DIRECTORY_ABSENT);
	directory_atoms(image, s);
	s->properties = request->properties;
	exec_decide(image, s, request->uid, request->logon);
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
	s->subject.flags = request->flags & TEST_ANCESTORS_ABSENT
			       ? GUARD_SUBJECT_ANCESTOR_UNKNOWN | GUARD_SUBJECT_ANCESTOR_COMMAND_UNKNOWN
			       : 0;
	s->subject.ancestor_count = 0;
	scope_of(image, s, request);
	result->settled = request->category == GUARD_CATEGORY_FILE && open_is_settled(image, s, request);
	s->digest_offered = request->digest_known;
	bpf_probe_read_kernel(s->sha256, sizeof(s->sha256), request->sha256);
	parent_of(image, s, request);
	for (__u32 i = 0; i < TEST_ANCESTORS_MAX; i++) {
		if (i >= request->ancestor_count)
			break;
		ancestor_of(image, s, &request->ancestors[i]);
	}
	program_of(image, s, request);
	if (request->category == GUARD_CATEGORY_MAPPED)
		decide_mapped(image, s, request);
	else if (request->category == GUARD_CATEGORY_NETWORK)
		decide_network(image, s, request);
	else if (request->category == GUARD_CATEGORY_OPERATION)
		decide_operation(image, s, request);
	else if (request->category != GUARD_CATEGORY_EXEC)
		decide_open(image, s, request);
	else
		decide_exec(image, s, request);
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
