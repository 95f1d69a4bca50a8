// SPDX-License-Identifier: GPL-2.0-only
/* Matching traffic selectors, and taking ranges apart into prefixes. */

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#include "compat.h"
#endif
#include "selector.h"

static unsigned int words_of(u16 family)
{
	return family == AF_INET6 ? 4 : 1;
}

static unsigned int bits_of(u16 family)
{
	return 32 * words_of(family);
}

/**
 * adit_addr_is_any() - is it the unspecified address, or none?
 * @family: AF_INET, AF_INET6 or AF_UNSPEC
 * @addr: the address
 *
 * Return: whether it is.
 */
bool adit_addr_is_any(u16 family, const union adit_addr *addr)
{
	return !addr->word[0] &&
	       (family != AF_INET6 ||
		!(addr->word[1] | addr->word[2] | addr->word[3]));
}

/**
 * adit_addr_cmp() - compare two addresses as numbers
 * @family: AF_INET or AF_INET6, of both
 * @a: one
 * @b: the other
 *
 * Return: below, equal to or above 0, as @a is to @b.
 */
int adit_addr_cmp(u16 family, const union adit_addr *a,
		  const union adit_addr *b)
{
	u32 x, y;

	if (family == AF_INET6)
		return memcmp(a, b, sizeof(*a));
	/* Without a call: a packet's addresses are compared some eight times. */
	x = be32_to_cpu(a->word[0]);
	y = be32_to_cpu(b->word[0]);
	return x < y ? -1 : x > y;
}

/**
 * adit_addr_mask() - set the host bits of an address to 0
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @len: bits of the prefix
 */
void adit_addr_mask(u16 family, union adit_addr *addr, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < words_of(family); i++) {
		if (len >= 32) {
			len -= 32;
		} else if (len) {
			addr->word[i] &= cpu_to_be32(~0U << (32 - len));
			len = 0;
		} else {
			addr->word[i] = 0;
		}
	}
}

/**
 * adit_addr_common() - how many bits do two addresses begin with alike?
 * @family: AF_INET or AF_INET6, of both
 * @a: one
 * @b: the other
 *
 * Return: the length of the longest prefix that both are in.
 */
unsigned int adit_addr_common(u16 family, const union adit_addr *a,
			      const union adit_addr *b)
{
	unsigned int i;

	for (i = 0; i < words_of(family); i++)
		if (a->word[i] != b->word[i])
			return 32 * (i + 1) -
			       fls(be32_to_cpu(a->word[i] ^ b->word[i]));
	return 32 * i;
}

static bool any_port(const struct adit_ts *ts)
{
	return ts->port_start == 0 && ts->port_end == 65535;
}

/**
 * adit_ts_is_opaque() - is it for packets without ports?
 * @ts: the selector
 *
 * Return: whether it is (RFC 4301, 4.4.1.1; RFC 7296, 3.13.1).
 */
bool adit_ts_is_opaque(const struct adit_ts *ts)
{
	return ts->port_start == 65535 && ts->port_end == 0;
}

/*
 * A fragment that is not the first has no ports. It may go with other packets
 * of its protocol, or have an SA of its own, but not go with certain ports
 * (RFC 4301, 7). On its own it must not change what the first one has said of
 * itself elsewhere (RFC 4301, 7.2).
 */
static bool match_port(const struct adit_ts *ts, const struct adit_flow *flow,
		       u16 port)
{
	if (any_port(ts))
		return true;
	if (adit_ts_is_opaque(ts))
		return !flow->has_ports && !flow->overlaps;
	return flow->has_ports && port >= ts->port_start &&
	       port <= ts->port_end;
}

static void widen(struct adit_ts *hull, const struct adit_ts *ts)
{
	if (adit_addr_cmp(ts->family, &ts->start, &hull->start) < 0)
		hull->start = ts->start;
	if (adit_addr_cmp(ts->family, &ts->end, &hull->end) > 0)
		hull->end = ts->end;
	if (ts->proto != hull->proto)
		hull->proto = 0;
	if (adit_ts_is_opaque(ts)) {
		hull->port_start = 0;
		hull->port_end = 65535;
	} else {
		hull->port_start = min(hull->port_start, ts->port_start);
		hull->port_end = max(hull->port_end, ts->port_end);
	}
}

/**
 * adit_ts_hull() - the smallest selector around some
 * @ts: the selectors
 * @count: how many
 * @family: AF_INET or AF_INET6; those of the other one do not count
 * @hull: where to; it matches all that any of them matches, and maybe more
 *
 * Return: whether there is one of this family.
 */
bool adit_ts_hull(const struct adit_ts *ts, unsigned int count, u16 family,
		  struct adit_ts *hull)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (ts[i].family != family)
			continue;
		if (!found)
			*hull = ts[i];
		found = true;
		widen(hull, &ts[i]);
	}
	return found;
}

/**
 * adit_ts_match() - does a side of a packet match one of these selectors?
 * @ts: the selectors
 * @count: how many
 * @flow: the packet
 * @source: its source side is meant, else its destination
 *
 * Return: whether it does; always with no selectors.
 */
bool adit_ts_match(const struct adit_ts *ts, unsigned int count,
		   const struct adit_flow *flow, bool source)
{
	const union adit_addr *addr = source ? &flow->source :
					       &flow->destination;
	u16 port = source ? flow->source_port : flow->destination_port;
	unsigned int i;

	if (!count)
		return true;
	for (i = 0; i < count; i++, ts++)
		if (ts->family == flow->family &&
		    (!ts->proto || ts->proto == flow->proto) &&
		    adit_addr_cmp(ts->family, addr, &ts->start) >= 0 &&
		    adit_addr_cmp(ts->family, addr, &ts->end) <= 0 &&
		    match_port(ts, flow, port))
			return true;
	return false;
}

/**
 * adit_selectors_match_out() - may this packet leave through the child?
 * @selectors: the child's
 * @flow: the packet
 *
 * Return: whether it may.
 */
bool adit_selectors_match_out(const struct adit_selectors *selectors,
			      const struct adit_flow *flow)
{
	return adit_ts_match(selectors->ts, selectors->local_count, flow,
			     true) &&
	       adit_ts_match(adit_selectors_remote(selectors),
			     selectors->remote_count, flow, false);
}

/**
 * adit_selectors_match_in() - may this packet have come through the child?
 * @selectors: the child's
 * @flow: the packet
 *
 * Return: whether it may (RFC 4301, 5.2, step 4).
 */
bool adit_selectors_match_in(const struct adit_selectors *selectors,
			     const struct adit_flow *flow)
{
	return adit_ts_match(adit_selectors_remote(selectors),
			     selectors->remote_count, flow, true) &&
	       adit_ts_match(selectors->ts, selectors->local_count, flow,
			     false);
}

/**
 * adit_selectors_use_ports() - does any selector ask for ports?
 * @selectors: the child's
 *
 * Return: whether one does.
 */
bool adit_selectors_use_ports(const struct adit_selectors *selectors)
{
	unsigned int count = selectors->local_count + selectors->remote_count;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!any_port(&selectors->ts[i]))
			return true;
	return false;
}

static bool bit_is_set(const union adit_addr *addr, unsigned int bit)
{
	return be32_to_cpu(addr->word[bit / 32]) >> (31 - bit % 32) & 1;
}

/* The address with all host bits 1. */
static void last_of(u16 family, union adit_addr *addr, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < words_of(family); i++) {
		if (len >= 32) {
			len -= 32;
		} else {
			addr->word[i] |= cpu_to_be32(~0U >> len);
			len = 0;
		}
	}
}

/* Add 1 to the prefix of this length; false if that is one too far. */
static bool next_prefix(union adit_addr *addr, unsigned int len)
{
	while (len--) {
		__be32 mask = cpu_to_be32(1U << (31 - len % 32));

		addr->word[len / 32] ^= mask;
		if (addr->word[len / 32] & mask)
			return true;
	}
	return false;
}

/**
 * adit_ts_prefixes() - take the range of a selector apart into prefixes
 * @ts: the selector
 * @prefixes: where to
 * @max: how many there is room for; ADIT_RANGE_PREFIXES_MAX are always enough
 *
 * Return: how many prefixes, disjoint and in order, make up the range.
 */
unsigned int adit_ts_prefixes(const struct adit_ts *ts,
			      struct adit_prefix *prefixes, unsigned int max)
{
	unsigned int bits = bits_of(ts->family);
	union adit_addr at = ts->start;
	unsigned int count = 0;

	while (count < max) {
		union adit_addr last;
		unsigned int len = bits;

		/* As short as the address's own zeros and the end allow. */
		while (len && !bit_is_set(&at, len - 1)) {
			last = at;
			last_of(ts->family, &last, len - 1);
			if (adit_addr_cmp(ts->family, &last, &ts->end) > 0)
				break;
			len--;
		}
		prefixes[count].addr = at;
		prefixes[count].family = ts->family;
		prefixes[count].len = len;
		count++;

		last = at;
		last_of(ts->family, &last, len);
		if (!adit_addr_cmp(ts->family, &last, &ts->end) ||
		    !next_prefix(&at, len))
			break;
	}
	return count;
}
