/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between the kernel programs and guardd.
 *
 * Rules of layout: fixed-width types only, little endian, natural alignment, explicit padding that is zero,
 * no enum, size_t or pointer in storage. A change of any layout or meaning raises GUARD_ABI_VERSION.
 * The C# mirror (Guard.Policies/Image, Guard.Engine/Kernel/Abi) is proved against this file by Guard.Abi.Tests:
 * a struct guard_x here is the managed struct GuardX there, field by field, snake_case to PascalCase.
 *
 * Policy image
 * ------------
 * One value of GUARD_IMAGE_BYTES. All offsets are bytes from its start and multiples of 4. The header is at 0.
 *
 *   text       what an automaton reads. Texts below GUARD_TEXTS are the kernel's; those above are fields of events and
 *              exist only in images for offline evaluation, which no kernel is given. Text t has automaton 2t for
 *              literals, 2t+1 for what must be looked for always, and set t. Automata from 2 * text_count on are
 *              confirmations: each decides one or a few patterns that are too costly to be looked for always, and is
 *              run over the same text, in the same roles, once a literal factor of such a pattern was seen in it.
 *   automaton  classes: u16[256], byte -> class * 4. Rows: class_count transitions, then the offset of the list
 *              of patterns that end in this state (0 = none), then that of the patterns that end in it only if
 *              the text ends here. A transition is the offset of the next row | TRANSITION_OUTPUT when that row
 *              has a list | TRANSITION_END when it has an end list. Class 0 is NUL: every state goes to itself
 *              on it, without TRANSITION_OUTPUT, so that zero padding keeps the state.
 *              A walk starts at anchored_row, or at floating_row when the text's beginning is not known.
 *   list       u32 count, then count entries of u32 (pattern, atom or rule numbers, as its owner says).
 *   pattern    what a list of an automaton names. Simple: the atom holds. Segment: the text between two `*` of a
 *              pattern; segment k counts if segment k-1 was seen and ended at or before the start of k; the last
 *              one makes the atom hold. Candidate: automaton number `atom` must be run over this text after the walk
 *              (confirmations name simple patterns only).
 *   set        the values of long lists that are compared as a whole: buckets of a power of two, linear probing from
 *              hash & (buckets - 1), at most GUARD_SET_PROBES_MAX of them. An entry is found by both words of the
 *              keyed hash (see set_hash in sets.h) and the text's length, and names a list of patterns.
 *   identity   a file that a pattern of an equals item names, as it was when the policy was put in force: the pattern
 *              holds for that file under every other name, too. Buckets as in a set, found by identity_hash
 *              (identity.h). The compiler leaves them empty; guardd, which can ask the kernel, fills them.
 *   ranges     numbers: ascending `from`, the first is 0; a value belongs to the last entry that is not above it.
 *   addresses  the same of 128 bits. IPv4 is ::ffff:a.b.c.d, here and wherever else an address stands in storage.
 *   atom       one selection item. Holds or not; unknown when its field is incomplete and nothing matched.
 *   rule       a condition in postfix over atoms, in Kleene's three-valued logic, and what to do.
 */
#ifndef GUARD_ABI_H
#define GUARD_ABI_H

#include "abi_hooks.h"
#include "abi_kinds.h"
#include "limits.h"

#define GUARD_ABI_VERSION 6u
#define GUARD_IMAGE_MAGIC 0x474d4947u /* "GIMG" */

/* Texts that automata read. */
#define GUARD_TEXT_IMAGE 0u   /* path of an executable: Image, ImageInvoked, ParentImage, AncestorImage, ImageLoaded */
#define GUARD_TEXT_TARGET 1u  /* TargetFilename */
#define GUARD_TEXT_COMMAND 2u /* arguments joined by one space: CommandLine, ParentCommandLine, AncestorCommandLine */
#define GUARD_TEXT_DIRECTORY 3u /* CurrentDirectory */
#define GUARD_TEXT_DIGEST 4u /* SHA-256 of a file that is executed or mapped for execution: 64 digits in lower case */
#define GUARD_TEXT_CGROUP 5u /* CgroupPath: of the process, in the hierarchy of cgroup v2 */
#define GUARD_TEXT_OBJECT 6u /* what else an operation is about: FilesystemType */
#define GUARD_TEXTS 8u
#define GUARD_AUTOMATA (2u * GUARD_TEXTS)

/* Who a pattern speaks of: a walk carries the set of roles in which the text is read. */
#define GUARD_ROLE_IMAGE 1u	      /* the program itself, resolved path */
#define GUARD_ROLE_INVOKED 2u	      /* the program itself, as it was called */
#define GUARD_ROLE_PARENT 4u	      /* as the parent of another, resolved path */
#define GUARD_ROLE_PARENT_INVOKED 8u  /* as the parent of another, as it was called */
#define GUARD_ROLE_TARGET 16u	      /* the file that is acted on */
#define GUARD_ROLE_COMMAND 32u	      /* the program's own arguments */
#define GUARD_ROLE_PARENT_COMMAND 64u /* as the parent of another */
#define GUARD_ROLE_DIRECTORY 128u     /* where the process is */
#define GUARD_ROLE_ANCESTOR 256u      /* as the parent of another, or its parent, and so on; resolved path */
#define GUARD_ROLE_ANCESTOR_INVOKED 512u
#define GUARD_ROLE_ANCESTOR_COMMAND 1024u
/* No text is read in this role. An item over TargetFilename that has it is no exclusion: what it names is meant under
 * every name (see identity). */
#define GUARD_ROLE_NAMED 2048u
#define GUARD_ROLE_LOADED 4096u /* a file that is mapped for execution */
#define GUARD_ROLE_CGROUP 8192u /* the cgroup that the process is in */
/* What else an operation is about; of the text of digests, the only role; of targets: a directory that is renamed, for
 * items over what is below it. */
#define GUARD_ROLE_OBJECT 16384u
#define GUARD_ROLE_TARGET_IMAGE 32768u /* the program of the process that is acted on, resolved path */
/* What a program's resolved path, the name it was called by and its arguments are read as, all at once. */
#define GUARD_ROLES_OF_PATH (GUARD_ROLE_IMAGE | GUARD_ROLE_PARENT | GUARD_ROLE_ANCESTOR)
#define GUARD_ROLES_OF_NAME (GUARD_ROLE_INVOKED | GUARD_ROLE_PARENT_INVOKED | GUARD_ROLE_ANCESTOR_INVOKED)
#define GUARD_ROLES_OF_COMMAND (GUARD_ROLE_COMMAND | GUARD_ROLE_PARENT_COMMAND | GUARD_ROLE_ANCESTOR_COMMAND)
/* The same of the path of a directory that is renamed. */
#define GUARD_ROLES_OF_RENAMED (GUARD_ROLE_TARGET | GUARD_ROLE_OBJECT)
/* Roles whose atoms are kept apart from the decision, for the program's children ... */
#define GUARD_ROLES_OF_PARENT (GUARD_ROLE_PARENT | GUARD_ROLE_PARENT_INVOKED | GUARD_ROLE_PARENT_COMMAND)
/* ... and for all that descend from it. */
#define GUARD_ROLES_OF_ANCESTOR (GUARD_ROLE_ANCESTOR | GUARD_ROLE_ANCESTOR_INVOKED | GUARD_ROLE_ANCESTOR_COMMAND)

/* Fields, for the set of those that are not known completely in a decision. */
#define GUARD_FIELD_IMAGE 0u
#define GUARD_FIELD_INVOKED 1u
#define GUARD_FIELD_PARENT 2u /* ParentImage by either name */
#define GUARD_FIELD_USER 3u
#define GUARD_FIELD_TARGET 4u
#define GUARD_FIELD_ACCESS 5u
#define GUARD_FIELD_COMMAND 6u
#define GUARD_FIELD_PARENT_COMMAND 7u
#define GUARD_FIELD_DIRECTORY 8u
#define GUARD_FIELD_LOGON 9u	 /* LogonId: the login uid */
#define GUARD_FIELD_ANCESTOR 10u /* AncestorImage by either name */
#define GUARD_FIELD_ANCESTOR_COMMAND 11u
#define GUARD_FIELD_LOADED 12u /* ImageLoaded */
#define GUARD_FIELD_DESTINATION_IP 16u
#define GUARD_FIELD_DESTINATION_PORT 17u
#define GUARD_FIELD_SOURCE_IP 18u
#define GUARD_FIELD_SOURCE_PORT 19u
#define GUARD_FIELD_PROTOCOL 20u
#define GUARD_FIELD_ADDRESS_FAMILY 21u
#define GUARD_FIELD_OPERATION 22u /* Operation, Initiated */
#define GUARD_FIELD_TARGET_IMAGE 13u
#define GUARD_FIELD_OBJECT 14u /* FilesystemType */
#define GUARD_FIELD_EVENT 15u  /* any field of an event, in images for offline evaluation */
#define GUARD_FIELD_CGROUP 23u
#define GUARD_FIELD_GROUP 24u
#define GUARD_FIELD_MOUNT_NAMESPACE 25u
#define GUARD_FIELD_SYSTEM_OPERATION 26u /* which operation, and in what way */
#define GUARD_FIELD_NEW_UID 27u		 /* NewUid: the effective uid that a process gives itself */
#define GUARD_FIELD_DIGEST 28u		 /* Hashes, sha256 */
#define GUARD_FIELD_NEW_GID 29u		 /* NewGid: the same of the group */
#define GUARD_FIELD_PROPERTIES 30u	 /* ImageProperties */
#define GUARD_FIELDS 32u

/* Numbers that ranges are kept of. */
#define GUARD_NUMBER_UID 0u	  /* effective uid: User, Uid */
#define GUARD_NUMBER_LOGON 1u	  /* login uid; 4294967295 = not set */
#define GUARD_NUMBER_OPERATION 2u /* GUARD_NETWORK_* */
#define GUARD_NUMBER_DESTINATION_PORT 3u
#define GUARD_NUMBER_SOURCE_PORT 4u
#define GUARD_NUMBER_PROTOCOL 5u /* IPPROTO_* */
#define GUARD_NUMBER_FAMILY 6u	 /* AF_* */
#define GUARD_NUMBER_GROUP 7u	 /* effective gid: Group, Gid */
/* 0: the mount namespace of PID 1; else the inode number of the task's */
#define GUARD_NUMBER_MOUNT_NAMESPACE 8u
#define GUARD_NUMBER_SYSTEM_OPERATION 9u /* GUARD_OPERATION_* << GUARD_OPERATION_SHIFT | in what way */
#define GUARD_NUMBER_NEW_UID 10u
#define GUARD_NUMBER_NEW_GID 11u
#define GUARD_NUMBERS 16u

/* Addresses that ranges are kept of. */
#define GUARD_ADDRESS_DESTINATION 0u
#define GUARD_ADDRESS_SOURCE 1u
#define GUARD_ADDRESSES 2u

/* Categories of rules: what is decided. */
#define GUARD_CATEGORY_EXEC 0u	  /* process_creation */
#define GUARD_CATEGORY_FILE 1u	  /* file_access, file_event */
#define GUARD_CATEGORY_NETWORK 2u /* network_connection */
#define GUARD_CATEGORY_EVENT 3u	  /* any log source, offline */
#define GUARD_CATEGORY_LOAD 4u	  /* image_load */
/* What blocking rules of process_creation that need a certain Image say of a program that is mapped for execution and
 * not run: `ld.so PROGRAM` runs it all the same. Image is the mapped file; the process is what would have called
 * execve; it is called by no name, and its arguments, directory and properties are not known. */
#define GUARD_CATEGORY_MAPPED 6u
#define GUARD_CATEGORY_OPERATION 5u /* driver_load, mount, process_access and their like: GUARD_OPERATION_* */
#define GUARD_CATEGORIES 8u

/* Every rule of the category is triggered by its target alone: one for which no atom holds is allowed whatever is unknown. */
#define GUARD_DECIDES_TARGET 1u
/* Every rule is triggered by its target or by the cgroup: the same for a target and a cgroup of which no atom holds. */
#define GUARD_DECIDES_PLACE 2u
/* Every rule is triggered by the process: the same for one for which no atom holds. Of sockets and operations. */
#define GUARD_DECIDES_SUBJECT 3u

#define GUARD_TRANSITION_OUTPUT 1u
#define GUARD_TRANSITION_END 2u

#define GUARD_PATTERN_SIMPLE 0u
#define GUARD_PATTERN_SEGMENT 1u
#define GUARD_PATTERN_CANDIDATE 2u

#define GUARD_OP_ATOM 1u /* push the atom */
#define GUARD_OP_AND 2u	 /* pop two, push one */
#define GUARD_OP_OR 3u
#define GUARD_OP_NOT 4u
#define GUARD_OP_TRUE 5u
#define GUARD_OP_FALSE 6u
/* An operation is op << 28 | field << 22 | atom. */
#define GUARD_OP_SHIFT 28u
#define GUARD_OP_FIELD_SHIFT 22u
#define GUARD_OP_FIELD_MASK 63u
#define GUARD_OP_ATOM_MASK 0x3fffffu

#define GUARD_ACTION_AUDIT 1u
#define GUARD_ACTION_BLOCK 2u

#define GUARD_VERDICT_ALLOW 0u /* no rule matched */
#define GUARD_VERDICT_AUDIT 1u /* allowed and recorded */
#define GUARD_VERDICT_BLOCK 2u /* refused with -EPERM and recorded */
#define GUARD_VERDICT_KILL 3u  /* could not be refused any more: killed before its first instruction, and recorded */

/* on_unknown of a rule, and the failure mode of the engine. */
#define GUARD_ON_UNKNOWN_ALLOW 0u
#define GUARD_ON_UNKNOWN_DENY 1u
#define GUARD_FAILURE_OPEN 0u
#define GUARD_FAILURE_CLOSED 1u

/* Flags of an image: what its bundle says of what the engine can't decide, at most one of them. Neither: guard_config
 * does. */
#define GUARD_IMAGE_FAILURE_OPEN 1u
#define GUARD_IMAGE_FAILURE_CLOSED 2u

struct guard_automaton {
	__u32 classes_off; /* 0: this automaton is absent */
	__u32 anchored_row;
	__u32 floating_row;
	__u32 start_list; /* patterns that hold before the first byte (`*`, contains ''); 0 = none */
	__u32 class_count;
	__u32 state_count;
	__u32 rows_off;
	__u32 rows_bytes;
};

struct guard_category {
	__u32 rule_count;
	__u32 block_count;	/* of user_rules, those that block: without any, a failure never denies */
	__u32 always_list;	/* rules to evaluate whatever matched; 0 = none */
	__u32 unknown_list;	/* rules with on_unknown deny, to evaluate when a field is incomplete; 0 = none */
	__u32 subject_triggers; /* not 0: some rule is triggered by what the process is alone */
	__u32 user_rules;	/* rule_count without the engine's own self-test */
	__u32 target_decides;	/* GUARD_DECIDES_*; 0: neither */
	__u32 fields;		/* bit f: some rule of the category speaks of field f */
};

struct guard_image_header {
	__u32 magic;
	__u32 abi_version;
	__u32 total_bytes;	  /* header included; a multiple of 4 */
	__u32 flags;		  /* GUARD_IMAGE_* */
	__u64 generation;	  /* written by the installer; zero in the hash */
	__u32 operations;	  /* bit o: some rule is about GUARD_OPERATION o; the others are not looked at */
	__u32 operations_refused; /* and refuses it */
	__u8 sha256[32];	  /* of total_bytes with this field and generation zero */
	__u32 atom_count;
	__u32 atoms_off;
	__u32 pattern_count;
	__u32 patterns_off;
	__u32 rule_count;
	__u32 rules_off;
	__u32 op_count;
	__u32 ops_off;
	__u32 text_count;     /* at least GUARD_TEXTS */
	__u32 automata_count; /* at least 2 * text_count */
	__u32 automata_off;   /* struct guard_automaton */
	__u32 sets_off;	      /* struct guard_set, text_count of them */
	__u64 set_key[2];     /* of the keyed hash */
	__u32 range_count[GUARD_NUMBERS];
	__u32 ranges_off[GUARD_NUMBERS];       /* struct guard_range */
	__u32 access_list[GUARD_ACCESSES];     /* atoms that hold for the kind of access; 0 = none */
	__u32 property_list[GUARD_PROPERTIES]; /* the same for the property of a program */
	__u32 identities_off;		       /* struct guard_identity; 0: none */
	__u32 identity_buckets;		       /* a power of two; 0: none */
	__u32 identity_count;
	__u32 address_count[GUARD_ADDRESSES];
	__u32 addresses_off[GUARD_ADDRESSES]; /* struct guard_address_range */
	__u32 network_operations; /* bit o: some rule can hold for GUARD_NETWORK o; the others are not decided */
	__u32
	    capabilities[2]; /* bit c % 32 of c / 32: some rule can hold for capability c; the others are not decided */
	struct guard_category categories[GUARD_CATEGORIES];
};

struct guard_atom {
	__u16 field;
	__u16 roles;			  /* 0 for atoms that no text sets */
	__u32 triggers[GUARD_CATEGORIES]; /* list of rules to evaluate when this atom holds; 0 = none */
};

struct guard_pattern {
	__u32 atom; /* of a candidate: the automaton to run */
	__u16 roles;
	__u8 kind;
	__u8 segment;	   /* 0.. */
	__u8 last_segment; /* the number of the last one */
	__u8 pad;
	__u16 sequence; /* < GUARD_SEQUENCES_MAX */
	__u16 length;	/* of the segment, bytes */
	__u16 pad2;
};

struct guard_rule {
	__u32 ops_off;
	__u16 op_count;
	__u8 action;
	__u8 on_unknown;
	__u8 category;
	__u8 level; /* 0 informational .. 4 critical */
	__u16 pad;
	__u32 fields; /* bit f: the condition speaks of field f */
};

struct guard_range {
	__u32 from;
	__u32 list; /* atoms that hold for numbers from here to the next entry; 0 = none */
};

struct guard_address_range {
	__u64 from[2]; /* the upper half first */
	__u32 list;    /* atoms that hold for addresses from here to the next entry; 0 = none */
	__u32 pad;
};

struct guard_set {
	__u32 buckets_off;  /* 0: this set is absent */
	__u32 bucket_count; /* a power of two */
	__u32 entry_count;
	__u32 reserved;
};

struct guard_set_entry {
	__u64 hash[2];
	__u32 length; /* bytes of the text; 0 with list 0: the bucket is empty */
	__u32 list;   /* patterns */
};

struct guard_identity {
	__u64 inode;
	__u32 device;	  /* major << 20 | minor, as the kernel keeps it */
	__u32 generation; /* never 0 */
	__u32 list;	  /* patterns; 0: the bucket is empty */
	__u32 pad;
};

/* Events
 * ------
 * One layout for all kinds: the fixed part, then the strings in the order path, invoked, image, args, without
 * terminators. size covers all of it. args are NUL-separated as execve(2) took them.
 * sequence counts per CPU and ring every event that was tried: a gap is a loss.
 */
#define GUARD_EVENT_EXEC 1u	     /* observed: a program runs. path = resolved, invoked, args */
#define GUARD_EVENT_EXIT 2u	     /* observed: a process that had exec'ed ended */
#define GUARD_EVENT_EXEC_DECISION 3u /* a rule matched an exec: path, invoked, image = who asks */
/* a rule matched an operation on a file or its mapping: path = target, image = who asks */
#define GUARD_EVENT_FILE_DECISION 4u
#define GUARD_EVENT_FAILURE 5u		/* the engine failed and the failure mode decided */
#define GUARD_EVENT_NETWORK_DECISION 6u /* a rule matched an operation on a socket: image = who asks */

/* a rule matched an operation: path = its file; invoked = its object, or the program of the process it acts on; image = who
 * asks */
#define GUARD_EVENT_OPERATION_DECISION 8u
/* Not in a ring, but what iter_open_files and iter_mapped_files write: a rule speaks of a file that is open or mapped.
 * path = target, image = who holds it; verdict: what an open or a mapping would be answered now; error is 0, nothing was
 * refused. cpu, ring and sequence mean nothing. */
#define GUARD_EVENT_FILE_HELD 9u

#define GUARD_RING_DECISIONS 0u /* verdicts, failures: never evicted by what is only observed */
#define GUARD_RING_OBSERVED 1u
#define GUARD_RINGS 2u

#define GUARD_EVENT_PATH_TRUNCATED 1u  /* longer than GUARD_PATH_MAX; the end is kept */
#define GUARD_EVENT_PATH_UNRESOLVED 2u /* the walk gave up, or the mount is detached */
#define GUARD_EVENT_UNKNOWN 4u	       /* the verdict comes from on_unknown */
#define GUARD_EVENT_ARGS_TRUNCATED 8u  /* args_total says how long they were */
#define GUARD_EVENT_ARGS_UNREADABLE 16u
#define GUARD_EVENT_UNLINKED 32u    /* the file had no name any more */
#define GUARD_EVENT_INTERNAL 64u    /* memfd, pipe: no path in any mount namespace */
#define GUARD_EVENT_MORE_RULES 128u /* more rules matched than the record names */
/* the caller's address was too short to be one: address and port mean nothing */
#define GUARD_EVENT_ADDRESS_UNKNOWN 256u
#define GUARD_EVENT_CGROUP_UNKNOWN 2048u /* rules ask for the cgroup, and its path was not known whole */
#define GUARD_EVENT_DIGEST 4096u	 /* sha256 is that of the file */
#define GUARD_EVENT_DIGEST_UNKNOWN 8192u /* rules ask for the file's digest, and it was not known */

struct guard_event {
	__u32 size;
	__u16 kind;
	__u16 abi_version;
	__u32 cpu;
	__u32 ring;
	__u64 sequence;
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u64 generation;
	__u64 exec_id;	      /* of the program that acts; 0 = started before Guard */
	__u64 parent_exec_id; /* of the one that forked it; 0 = none, or started before Guard */
	__u64 start_ns;	      /* start of the process, CLOCK_BOOTTIME */
	__u64 cgroup_id;
	__u32 tgid;
	__u32 tid;
	__u32 parent_tgid;
	__u32 uid;
	__u32 euid;
	__u32 gid;
	__u32 loginuid; /* 4294967295: not set */
	__u32 session;
	__u8 comm[16];
	__u8 verdict;
	__u8 category;
	__u8 hook;
	__u8 reason; /* GUARD_REASON_*, for GUARD_EVENT_FAILURE */
	__s32 error; /* what the hook returned: 0 or a negative errno */
	__u32 flags;
	__u32 access;			    /* bits of GUARD_ACCESS_* */
	__u32 exit_code;		    /* as wait(2) gives it */
	__u32 rule_count;		    /* valid entries of rules */
	__u32 rules[GUARD_EVENT_RULES_MAX]; /* numbers in the image; the first is the one that decided */
	__u64 file_dev;			    /* major << 20 | minor, as the kernel keeps it */
	__u64 file_inode;
	__u32 file_generation;
	__u32 file_mode;
	__u32 args_total;
	__u16 path_length;
	__u16 invoked_length;
	__u16 image_length;
	__u16 args_length;
	__u32 descriptor; /* of GUARD_EVENT_FILE_HELD: by which its process has it open; 0 with GUARD_ACCESS_MAP */
	/* Of an operation on a socket. */
	__u64 address[2]; /* as bytes, in the order of the network: the destination, or of this host */
	__u16 port;
	__u16 protocol; /* IPPROTO_* */
	__u16
	    family; /* AF_INET or AF_INET6: what it was decided as; of a socket that is made, AF_PACKET and AF_XDP, too */
	__u16 operation;	/* GUARD_NETWORK_* */
	__u32 system_operation; /* as GUARD_NUMBER_SYSTEM_OPERATION */
	__u32 target_tgid;	/* of the process that is acted on; 0: none */
	__u32 target_uid;	/* the effective uid, or of GUARD_CREDENTIALS_GROUP gid, that is to be */
	__u32 properties;	/* of the program of an exec: bits of GUARD_PROPERTY_* */
	__u8 sha256[32];
};

/* Accounting
 * ---------- */

struct guard_counters {
	__u64 decisions[GUARD_HOOKS];
	__u64 denied[GUARD_HOOKS]; /* counted where -EPERM is returned */
	__u64 audited[GUARD_HOOKS];
	__u64 unknown[GUARD_HOOKS]; /* verdicts that on_unknown gave */
	__u64 failures[GUARD_HOOKS][GUARD_REASONS];
	__u64 emitted[GUARD_RINGS];
	__u64 lost[GUARD_RINGS]; /* the ring was full */
	__u64 sequence[GUARD_RINGS];
	__u64 fallback_scratch;	      /* decisions that took the table instead of a slot */
	__u64 subjects_rebuilt;	      /* processes read anew for a new generation */
	__u64 killed;		      /* counted where the signal was sent */
	__u64 programs_refused;	      /* no room in `programs`: not known after the next push */
	__u64 programs_left;	      /* could not be removed from it: its room is lost */
	__u64 digests[GUARD_DIGESTS]; /* that rules asked for, by what came of it: GUARD_DIGEST_* */
};

/* Written by guardd, read by the programs. */
struct guard_config {
	__u32 failure_mode;    /* where no image is in force, or it does not say */
	__u32 observe;	       /* bit 0: GUARD_EVENT_EXEC and _EXIT are wanted */
	__u32 guardd_tgid;     /* whose opens are decided also when only the self-test is loaded */
	__u32 subjects_map_id; /* to find a task's entry by hand where the helper gives none */
	__u32 reserved[4];
};

#endif
