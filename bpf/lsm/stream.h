/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A text that does not fit into scratch memory (the arguments of a program, up to GUARD_COMMAND_MAX) goes
 * through its automata window by window, and the state carries over:
 *
 *   stream_begin, stream_feed for each window, stream_end; then for each i < s->candidate_count
 *   stream_confirm (i), stream_feed for each window again, stream_end.
 *
 * A window is s->name.bytes[0, length), zero behind its end; all but the last have a multiple of GUARD_CHUNK
 * bytes.
 */
#ifndef GUARD_STREAM_H
#define GUARD_STREAM_H

#include "automaton.h"

static __always_inline void stream_open(struct guard_image *image, struct guard_scratch *s, __u32 lane, __u32 number)
{
	struct guard_stream *stream = &s->streams[lane & (GUARD_STREAMS - 1)];

	stream->number = number;
	stream->present = automaton_begin(image, s, number, false);
	stream->state = s->state;
	stream->stride = s->stride;
}

/* Both automata of a text, in these roles. */
__noinline int stream_begin(struct guard_image *image, struct guard_scratch *s, __u32 text, __u32 roles)
{
	if (!image || !s)
		return 0;
	s->roles = roles;
	s->candidate_count = 0;
	s->base = 0;
	/* In the order of text_read. The second one renews the stamp that sequences go by; they are the first one's, and
	 * none begins before the first byte. */
	stream_open(image, s, 0, text * 2);
	stream_open(image, s, 1, text * 2 + 1);
	return 0;
}

/* The automaton that was asked for as number i, alone. */
__noinline int stream_confirm(struct guard_image *image, struct guard_scratch *s, __u32 i)
{
	if (!image || !s)
		return 0;
	s->base = 0;
	s->streams[1].present = 0;
	stream_open(image, s, 0, s->candidates[i & (GUARD_CANDIDATES_MAX - 1)]);
	return 0;
}

/* Lane's automaton becomes the current one. NULL: it has none. */
static __always_inline struct guard_stream *stream_enter(struct guard_scratch *s, __u32 lane)
{
	struct guard_stream *stream = &s->streams[lane];

	if (!stream->present)
		return NULL;
	s->state = stream->state;
	s->stride = stream->stride;
	return stream;
}

__noinline int stream_feed(struct guard_image *image, struct guard_scratch *s, __u32 length)
{
	if (!image || !s)
		return 0;
	for (__u32 lane = 0; lane < GUARD_STREAMS; lane++) {
		struct guard_stream *stream = stream_enter(s, lane);

		if (!stream)
			continue;
		automaton_read(image, s, &s->name, stream->number, length);
		stream->state = s->state;
	}
	s->base += length;
	return 0;
}

/* complete = 0: there is more that was not read, so nothing can be said about the end. */
__noinline int stream_end(struct guard_image *image, struct guard_scratch *s, __u32 complete)
{
	if (!image || !s || !complete)
		return 0;
	for (__u32 lane = 0; lane < GUARD_STREAMS; lane++) {
		if (stream_enter(s, lane))
			automaton_end(image, s, s->base);
	}
	return 0;
}

#endif
