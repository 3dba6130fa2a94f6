/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every bound of the engine, in one place. A policy that exceeds one is a compile error that names it
 * (Guard.Policies/Image/KernelLimits.cs is the mirror, proved by Guard.Abi.Tests); an input at run time
 * that exceeds one is an outcome (unknown, or an engine failure that is counted), never a silent "no match".
 */
#ifndef GUARD_LIMITS_H
#define GUARD_LIMITS_H

/* Bytes of one policy image. A power of two: offsets are masked, not compared. */
#define GUARD_IMAGE_BYTES (16u << 20)
/* Keeps an offset inside the image and drops the two flag bits of a transition. */
#define GUARD_IMAGE_MASK (GUARD_IMAGE_BYTES - 4u)
/* Bytes that may be read past a masked offset: the largest record or table read through one base. */
#define GUARD_IMAGE_SLACK 4096u

#define GUARD_ATOMS_MAX 32768u
#define GUARD_ATOM_WORDS (GUARD_ATOMS_MAX / 64u)
#define GUARD_TOUCHED_WORDS (GUARD_ATOM_WORDS / 64u)
#define GUARD_PATTERNS_MAX 262144u
#define GUARD_RULES_MAX 65535u
/* Operations of one rule's condition, and how many values they may keep on the stack. */
#define GUARD_RULE_OPS_MAX 256u
#define GUARD_RULE_DEPTH_MAX 60u
/* Patterns with a `*` inside, per automaton, and the segments of one. */
#define GUARD_SEQUENCES_MAX 512u
#define GUARD_SEGMENTS_MAX 32u
/* Byte classes of one automaton: 256 bytes at most, class 0 is NUL alone. */
#define GUARD_CLASSES_MAX 256u
#define GUARD_RANGES_MAX 16384u
/* Borders between the networks of one field; a network has two. */
#define GUARD_ADDRESS_RANGES_MAX 262144u
/* Automata of one image, confirmations included. */
#define GUARD_AUTOMATA_MAX 16384u
/* Confirmations that one walk may ask for. More: the decision fails with GUARD_REASON_TOO_MANY_MATCHES. */
#define GUARD_CANDIDATES_MAX 32u
/* Entries of one set of whole values, and the buckets that a look-up may visit. */
#define GUARD_SET_ENTRIES_MAX 262144u
#define GUARD_SET_PROBES_MAX 16u
/* Files that a policy names and that are known by more than their names; buckets that a look-up may visit. */
#define GUARD_IDENTITIES_MAX 32768u
#define GUARD_IDENTITY_PROBES_MAX 16u
/* Length of one atom list (an output, a trigger list, the atoms of one uid). */
#define GUARD_LIST_MAX 4096u

/* Atoms that may hold in one decision, rules that one decision may evaluate. */
#define GUARD_MATCHES_MAX 128u
#define GUARD_EVALUATIONS_MAX 1024u
/* Atoms that a process may satisfy as itself, and as somebody's parent. */
#define GUARD_SUBJECT_ATOMS_MAX 32u
/* Bytes of an argument vector that are decided on; beyond, CommandLine is incomplete. The kernel allows 6 MiB at most
 * (3/4 of _STK_LIM, fs/exec.c), 2 MiB with the usual stack limit. */
#define GUARD_COMMAND_MAX (2u << 20)
/* Bytes of a path, the terminating NUL included (PATH_MAX of the kernel). */
#define GUARD_PATH_MAX 4096u
#define GUARD_PATH_COMPONENTS_MAX 256u
/* Bytes of the other name of a file that was reached through a bind mount; a longer one is not known. */
#define GUARD_OTHER_NAME_MAX 2048u
/* Kept of each program that runs or has forked what runs, so that a new generation can be applied to what runs
 * already: bytes of its path, of the name it was called by and of its arguments; and how many programs. */
#define GUARD_SUBJECT_IMAGE_MAX 512u
#define GUARD_SUBJECT_INVOKED_MAX 256u
#define GUARD_SUBJECT_COMMAND_MAX 848u
#define GUARD_PROGRAMS_MAX 65536u
/* Cgroups whose atoms are remembered at once, as a power of two; others are read again. */
#define GUARD_CGROUPS_BITS 12u
/* Bytes of the name of one cgroup, the terminating NUL included (NAME_MAX). */
#define GUARD_CGROUP_NAME_MAX 256u
/* Bytes of an argument vector that go into an event. */
#define GUARD_ARGS_MAX 4096u
#define GUARD_EVENT_RULES_MAX 8u
/* Bytes of a file that is hashed: the kernel does not stop in between. Digests that are on their way to a decision. */
#define GUARD_DIGEST_BYTES_MAX (256u << 20)
#define GUARD_LENT_MAX 4096u /* credentials that io_uring lends at a time */
#define GUARD_DIGESTS_NOW_MAX 8192u

#endif
