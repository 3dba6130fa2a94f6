/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connections, sends to an address that the call names, and what is taken of this host to be reached: on sockets of
 * IPv4 and IPv6, and of SMC, which are TCP until both ends agree on more. Other families are let through (limits.md), but
 * for packet and raw sockets, which are decided when they are made. The kernel has copied the address before these hooks:
 * no other thread can change what was decided.
 */
#ifndef GUARD_HOOK_NETWORK_H
#define GUARD_HOOK_NETWORK_H

#include "event.h"
#include "image_in_force.h"
#include "network.h"
#include "scope.h"
#include "subject.h"

/* include/linux/socket.h, include/linux/net.h, include/uapi/linux/in.h */
#define AF_UNSPEC 0
#define AF_PACKET 17
#define AF_SMC 43
#define AF_XDP 44
#define SOCK_STREAM 1
#define SOCK_RAW 3
#define MSG_FASTOPEN 0x20000000u
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_UDPLITE 136
#define IPPROTO_SMC 256
#define IPPROTO_MPTCP 262

#define INADDR_LOOPBACK 0x7f000001ull
/* What the kernel asks for at least: sizeof(struct sockaddr_in), SIN6_LEN_RFC2133. */
#define GUARD_SOCKADDR_IN_MIN 16
#define GUARD_SOCKADDR_IN6_MIN 24

/* As much of a struct sockaddr_in or sockaddr_in6 as says where. */
union sockaddr_bytes {
	struct {
		__u16 family;
		__be16 port;
		__be32 four; /* of IPv4 */
		__u64 six[2];
	};
	__u64 words[3];
};

static __always_inline bool has_addresses(const struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;

	return family == AF_INET || family == AF_INET6 || family == AF_SMC;
}

/* Of its own family, or from 6.11 on a protocol of IPv4 and IPv6. */
static __always_inline bool is_smc(const struct sock *sk)
{
	return sk->__sk_common.skc_family == AF_SMC || sk->sk_protocol == IPPROTO_SMC;
}

static __always_inline __u32 protocol_of(const struct sock *sk)
{
	return is_smc(sk) ? IPPROTO_TCP : sk->sk_protocol;
}

/*
 * The family that the kernel takes an address of AF_UNSPEC for: sockets of IPv4 take it for IPv4, those of IPv6 for
 * IPv6 (raw and L2TP sockets; others refuse it). It is no address for connect, which dissolves a connection, and for UDP
 * over IPv6, which sends to where the socket is connected to (net/ipv6/udp.c, udpv6_sendmsg).
 */
static __always_inline __u32 family_of_unspecified(const struct sock *sk, __u32 operation)
{
	__u32 protocol = protocol_of(sk);

	if (operation == GUARD_NETWORK_CONNECT)
		return AF_UNSPEC;
	if (sk->__sk_common.skc_family != AF_INET6)
		return AF_INET;
	return protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE ? AF_UNSPEC : AF_INET6;
}

static __always_inline void endpoint_is_four(struct guard_endpoint *end, __be32 address)
{
	end->high = 0;
	end->low = GUARD_ADDRESS_MAPPED | __builtin_bswap32(address);
	end->known = 1;
}

static __always_inline void endpoint_is_six(struct guard_endpoint *end, __u64 high, __u64 low)
{
	end->high = __builtin_bswap64(high);
	end->low = __builtin_bswap64(low);
	end->known = 1;
}

/* Whoever goes to no address in particular comes to this host: by the address that the socket is bound to, or loopback. */
static __always_inline void destination_unspecified(const struct sock *sk, struct guard_endpoint *end)
{
	if (end->high)
		return;
	if (!end->low) {
		const struct in6_addr *own = &sk->__sk_common.skc_v6_rcv_saddr;
		__u64 low = (__u64)__builtin_bswap32(own->in6_u.u6_addr32[2]) << 32;

		/* Bound to a mapped address, the socket speaks IPv4 only. */
		low |= __builtin_bswap32(own->in6_u.u6_addr32[3]);
		end->low = low >> 32 == 0xffff ? GUARD_ADDRESS_MAPPED | INADDR_LOOPBACK : 1;
	} else if (end->low == GUARD_ADDRESS_MAPPED) {
		/* What it sends from: nothing where it is bound to a multicast or broadcast address (__inet_bind). */
		__be32 own = 0;

		bpf_probe_read_kernel(&own, sizeof(own), &((const struct inet_sock *)sk)->inet_saddr);
		end->low |= own ? __builtin_bswap32(own) : INADDR_LOOPBACK;
	}
}

/* What the caller named. False: the operation has no address, and is none. */
static __always_inline bool endpoint_named(const struct sock *sk, struct guard_endpoint *end, const void *address,
					   int length)
{
	union sockaddr_bytes named = {};
	__u64 bytes = BOUNDED((__u64)(__u32)length, sizeof(named));
	__u32 family;

	if (length < (int)sizeof(named.family) || bpf_probe_read_kernel(&named, bytes, address))
		return true;
	family = named.family;
	if (family == AF_UNSPEC) {
		family = family_of_unspecified(sk, end->operation);
		if (family == AF_UNSPEC)
			return false;
	}
	if (family == AF_INET && length >= GUARD_SOCKADDR_IN_MIN)
		endpoint_is_four(end, named.four);
	else if (family == AF_INET6 && length >= GUARD_SOCKADDR_IN6_MIN)
		endpoint_is_six(end, named.six[0], named.six[1]);
	end->port = __builtin_bswap16(named.port);
	if (end->known && end->operation <= GUARD_NETWORK_SEND)
		destination_unspecified(sk, end);
	return true;
}

/* What a socket that is to listen is bound to; port 0 when the kernel has yet to pick one. */
static __always_inline void endpoint_bound(const struct sock *sk, struct guard_endpoint *end)
{
	const struct in6_addr *own = &sk->__sk_common.skc_v6_rcv_saddr;

	/* The TCP socket within is bound, not this one. */
	if (is_smc(sk))
		return;
	end->port = sk->__sk_common.skc_num;
	if (sk->__sk_common.skc_family == AF_INET)
		endpoint_is_four(end, sk->__sk_common.skc_rcv_saddr);
	else if (sk->__sk_common.skc_family == AF_INET6)
		endpoint_is_six(end, (__u64)own->in6_u.u6_addr32[1] << 32 | own->in6_u.u6_addr32[0],
				(__u64)own->in6_u.u6_addr32[3] << 32 | own->in6_u.u6_addr32[2]);
}

static __always_inline void network_record(struct guard_scratch *s, const struct guard_endpoint *end, __u32 hook,
					   __u64 generation)
{
	event_begin(s, GUARD_EVENT_NETWORK_DECISION, GUARD_RING_DECISIONS, &s->subject);
	s->event.hook = hook;
	/* Those of a path that the subject may have had to resolve. */
	s->walk.flags = end->known ? 0 : GUARD_EVENT_ADDRESS_UNKNOWN;
	event_decision(s, generation);
	s->event.operation = end->operation;
	s->event.protocol = end->protocol;
	if (end->known) {
		s->event.address[0] = __builtin_bswap64(end->high);
		s->event.address[1] = __builtin_bswap64(end->low);
		s->event.port = end->port;
		s->event.family = endpoint_family(end);
	}
	event_asker(&s->event, &s->subject);
	event_submit(s, &s->subject);
}

static __always_inline int network_verdict(struct guard_image *image, struct guard_scratch *s,
					   const struct guard_endpoint *end, __u32 hook)
{
	COUNT(decisions[hook]);
	subject_load(image, s);
	scope_load(image, s, GUARD_CATEGORY_NETWORK);
	network_decide(image, s, effective_uid(), bpf_get_current_task_btf()->loginuid.val, end);
	if (decision_failed(s))
		return on_engine_failure(image, hook, s->failure,
					 category_of(image, GUARD_CATEGORY_NETWORK)->block_count);
	if (s->verdict != GUARD_VERDICT_ALLOW)
		network_record(s, end, hook, image_header(image)->generation);
	return verdict_returned(s, hook);
}

static __always_inline int check_endpoint(struct guard_image *image, const struct guard_endpoint *end, __u32 hook)
{
	struct guard_scratch *s;
	int verdict;

	if (subject_settles(image, GUARD_CATEGORY_NETWORK)) {
		COUNT(decisions[hook]);
		return 0;
	}
	s = scratch_take();
	if (!s)
		return on_engine_failure(image, hook, GUARD_REASON_NO_SCRATCH,
					 category_of(image, GUARD_CATEGORY_NETWORK)->block_count);
	verdict = network_verdict(image, s, end, hook);
	scratch_give(s);
	return verdict;
}

/* False: there is nothing to decide, and `result` says what the hook returns. */
static __always_inline bool network_begin(__u32 hook, __u32 operation, struct guard_image **image, int *result)
{
	*result = 0;
	*image = image_in_force();
	if (*image)
		return network_is_asked(*image, operation);
	*result = on_engine_failure(NULL, hook, GUARD_REASON_NO_IMAGE, true);
	return false;
}

/* An operation on an address that the caller named. */
static __always_inline int check_named(struct guard_image *image, const struct sock *sk, const void *address,
				       int length, __u32 operation, __u32 hook)
{
	struct guard_endpoint end = {.operation = operation, .protocol = protocol_of(sk)};

	return endpoint_named(sk, &end, address, length) ? check_endpoint(image, &end, hook) : 0;
}

static __always_inline int check_connect(const struct socket *socket, const void *address, int length)
{
	struct guard_image *image;
	const struct sock *sk;
	int result;

	if (!network_begin(GUARD_HOOK_CONNECT, GUARD_NETWORK_CONNECT, &image, &result))
		return result;
	sk = socket->sk;
	if (!sk || !has_addresses(sk))
		return 0;
	return check_named(image, sk, address, length, GUARD_NETWORK_CONNECT, GUARD_HOOK_CONNECT);
}

static __always_inline int check_bind(const struct socket *socket, const void *address, int length)
{
	struct guard_image *image;
	const struct sock *sk;
	int result;

	if (!network_begin(GUARD_HOOK_BIND, GUARD_NETWORK_BIND, &image, &result))
		return result;
	sk = socket->sk;
	if (!sk || !has_addresses(sk))
		return 0;
	return check_named(image, sk, address, length, GUARD_NETWORK_BIND, GUARD_HOOK_BIND);
}

/* A stream goes where it was connected to, whatever the call names, unless the call is what connects it. */
static __always_inline bool send_goes_to_its_name(const struct sock *sk, const struct msghdr *message)
{
	__u32 protocol = protocol_of(sk);

	return sk->sk_type != SOCK_STREAM || message->msg_flags & MSG_FASTOPEN ||
	       (protocol != IPPROTO_TCP && protocol != IPPROTO_MPTCP);
}

static __always_inline int check_send(const struct socket *socket, const struct msghdr *message)
{
	struct guard_image *image;
	const struct sock *sk;
	int result;

	if (!message->msg_name)
		return 0;
	if (!network_begin(GUARD_HOOK_SENDMSG, GUARD_NETWORK_SEND, &image, &result))
		return result;
	sk = socket->sk;
	if (!sk || !has_addresses(sk) || !send_goes_to_its_name(sk, message))
		return 0;
	return check_named(image, sk, message->msg_name, message->msg_namelen, GUARD_NETWORK_SEND, GUARD_HOOK_SENDMSG);
}

static __always_inline int check_listen(const struct socket *socket)
{
	struct guard_endpoint end = {.operation = GUARD_NETWORK_LISTEN};
	struct guard_image *image;
	const struct sock *sk;
	int result;

	if (!network_begin(GUARD_HOOK_LISTEN, GUARD_NETWORK_LISTEN, &image, &result))
		return result;
	sk = socket->sk;
	if (!sk || !has_addresses(sk))
		return 0;
	end.protocol = protocol_of(sk);
	endpoint_bound(sk, &end);
	return check_endpoint(image, &end, GUARD_HOOK_LISTEN);
}

static __always_inline bool writes_headers(__u32 family, __u32 type)
{
	if (family == AF_PACKET || family == AF_XDP)
		return true;
	return type == SOCK_RAW && (family == AF_INET || family == AF_INET6);
}

/* Sockets whose owner writes the headers: what goes through them has no address that a hook is told. */
static __always_inline int check_create(__u32 family, __u32 type, __u32 protocol)
{
	struct guard_endpoint end = {.operation = GUARD_NETWORK_RAW, .family = family, .known = 1};
	struct guard_image *image;
	int result;

	if (!writes_headers(family, type))
		return 0;
	if (!network_begin(GUARD_HOOK_SOCKET_CREATE, GUARD_NETWORK_RAW, &image, &result))
		return result;
	/* A packet socket has a number of Ethernet there. */
	if (family == AF_INET || family == AF_INET6)
		end.protocol = protocol;
	return check_endpoint(image, &end, GUARD_HOOK_SOCKET_CREATE);
}

#endif
