/* SPDX-License-Identifier: GPL-2.0-only */
/* Pointers of the kernel as numbers. */
#ifndef GUARD_ADDRESS_H
#define GUARD_ADDRESS_H

#include "kernel_types.h"

/*
 * A kernel address as a number, which a global function takes and which may be multiplied. The verifier keeps track of
 * pointers, but lets a negative one be any number.
 */
static __always_inline __u64 address_of(const void *pointer)
{
	__u64 number = (__u64)pointer;

	asm volatile("%0 = -%0" : "+r"(number));
	return -number;
}

#endif
