/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy in force: looked up once per decision and used to its end, so that no decision sees two generations. */
#ifndef GUARD_IMAGE_IN_FORCE_H
#define GUARD_IMAGE_IN_FORCE_H

#include "automaton.h"
#include "maps.h"

static __always_inline struct guard_image *image_in_force(void)
{
	__u32 key = 0;
	void *inner = bpf_map_lookup_elem(&images, &key);

	return inner ? bpf_map_lookup_elem(inner, &key) : NULL;
}

static __always_inline const struct guard_category *category_of(const struct guard_image *image, __u32 category)
{
	return &image_header(image)->categories[category];
}

#endif
