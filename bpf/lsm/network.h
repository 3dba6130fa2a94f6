/* SPDX-License-Identifier: GPL-2.0-only */
/* What is decided about an operation on a socket of IPv4 or IPv6. Pure, as decide.h is. */
#ifndef GUARD_NETWORK_H
#define GUARD_NETWORK_H

#include "decide.h"

#define GUARD_ADDRESS_MAPPED 0x0000ffff00000000ull /* the lower half of ::ffff:0:0 */

#define AF_INET 2
#define AF_INET6 10

/* One end of an operation: where it goes to, or what of this host it takes. */
struct guard_endpoint {
	__u64 high; /* the address as a number; IPv4 is ::ffff:a.b.c.d */
	__u64 low;
	__u32 port;
	__u32 protocol;
	__u32 operation;
	__u32 known;  /* 0: the caller's address is too short to be one */
	__u32 family; /* of a socket that is made; of an address, itself says it */
	__u32 pad;
};

static __always_inline bool address_is_mapped(__u64 high, __u64 low)
{
	return !high && low >> 32 == 0xffff;
}

static __always_inline __u32 endpoint_family(const struct guard_endpoint *end)
{
	if (end->operation == GUARD_NETWORK_RAW)
		return end->family;
	return address_is_mapped(end->high, end->low) ? AF_INET : AF_INET6;
}

static __always_inline __u64 image_u64(const struct guard_image *image, __u32 offset)
{
	return *(const __u64 *)(image->bytes + (offset & GUARD_IMAGE_MASK));
}

/* Whether any rule can hold for the operation. If none can, nothing is decided, and nothing can fail. */
static __always_inline bool network_is_asked(const struct guard_image *image, __u32 operation)
{
	return image_header(image)->network_operations >> operation & 1;
}

/* Atoms of an address, as number_holds has them of a number; 18 steps cover GUARD_ADDRESS_RANGES_MAX. */
__noinline int address_holds(struct guard_image *image, struct guard_scratch *s, __u32 which, __u64 high, __u64 low)
{
	const __u32 entry = sizeof(struct guard_address_range);
	__u32 ranges;

	if (!image || !s)
		return 0;
	which &= GUARD_ADDRESSES - 1;
	ranges = image_header(image)->addresses_off[which];
	s->low = 0;
	s->high = image_header(image)->address_count[which];
	if (!s->high)
		return 0;
	for (__u32 i = 0; i < 18; i++) {
		__u32 middle = (s->low + s->high) / 2;
		__u64 from_high, from_low;

		if (s->low + 1 >= s->high)
			break;
		from_high = image_u64(image, ranges + middle * entry);
		from_low = image_u64(image, ranges + middle * entry + 8);
		if (from_high < high || (from_high == high && from_low <= low))
			s->low = middle;
		else
			s->high = middle;
	}
	atoms_hold(image, s, image_u32(image, ranges + s->low * entry + 16));
	return 0;
}

/* Not known, and some rule asks for it: what nobody asks for makes nothing unknown. */
static __always_inline void asked_unknown(struct guard_image *image, struct guard_scratch *s, __u32 field)
{
	s->incomplete |= image_header(image)->categories[GUARD_CATEGORY_NETWORK].fields & 1u << field;
}

/* Address, port and family. What the kernel picks as the source of a connection is not known before it is made. */
static __always_inline void endpoint_atoms(struct guard_image *image, struct guard_scratch *s,
					   const struct guard_endpoint *end)
{
	bool outgoing = end->operation <= GUARD_NETWORK_SEND;

	if (outgoing) {
		asked_unknown(image, s, GUARD_FIELD_SOURCE_IP);
		asked_unknown(image, s, GUARD_FIELD_SOURCE_PORT);
	}
	if (!end->known) {
		asked_unknown(image, s, outgoing ? GUARD_FIELD_DESTINATION_IP : GUARD_FIELD_SOURCE_IP);
		asked_unknown(image, s, outgoing ? GUARD_FIELD_DESTINATION_PORT : GUARD_FIELD_SOURCE_PORT);
		asked_unknown(image, s, GUARD_FIELD_ADDRESS_FAMILY);
		return;
	}
	number_holds(image, s, GUARD_NUMBER_FAMILY, endpoint_family(end));
	if (end->operation == GUARD_NETWORK_RAW)
		return;
	address_holds(image, s, outgoing ? GUARD_ADDRESS_DESTINATION : GUARD_ADDRESS_SOURCE, end->high, end->low);
	number_holds(image, s, outgoing ? GUARD_NUMBER_DESTINATION_PORT : GUARD_NUMBER_SOURCE_PORT, end->port);
}

/* The whole decision about an operation of s->subject. */
static __always_inline void network_decide(struct guard_image *image, struct guard_scratch *s, __u32 uid, __u32 logon,
					   const struct guard_endpoint *end)
{
	decision_begin(s, GUARD_CATEGORY_NETWORK);
	subject_own_hold(s, &s->subject);
	subject_lineage_holds(s, &s->subject);
	endpoint_atoms(image, s, end);
	asker_holds(image, s, uid, logon);
	number_holds(image, s, GUARD_NUMBER_PROTOCOL, end->protocol);
	number_holds(image, s, GUARD_NUMBER_OPERATION, end->operation);
	decision_end(image, s);
}

#endif
