/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traffic selectors (RFC 7296, 3.13.1; RFC 4301, 4.4.1). Pure: addresses and
 * numbers only; the same file is built into the userspace tests.
 */
#ifndef ADIT_SELECTOR_H
#define ADIT_SELECTOR_H

#ifdef __KERNEL__
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <uapi/linux/adit.h>
#else
#include "kernel.h"
#endif

/**
 * union adit_addr - an IP address in network order
 * @v4: an IPv4 address; the other octets are 0
 * @v6: an IPv6 address
 * @word: the address as words, most significant first
 */
union adit_addr {
	__be32 v4;
	struct in6_addr v6;
	__be32 word[4];
};

/**
 * struct adit_ts - a traffic selector: one side of a packet
 * @start: first address
 * @end: last address, not below @start
 * @family: AF_INET or AF_INET6
 * @proto: IP protocol, 0 for any
 * @port_start: first port, host order
 * @port_end: last port; 0 to 65535 is "any port, or none", 65535 to 0 OPAQUE,
 *	which is "none" (RFC 7296, 3.13.1). For ICMP the port is type * 256 + code.
 */
struct adit_ts {
	union adit_addr start;
	union adit_addr end;
	u16 family;
	u8 proto;
	u16 port_start;
	u16 port_end;
};

/**
 * struct adit_selectors - both sides of a child; constant, replaced as a whole
 * @rcu: frees it
 * @local_count: selectors of our side, 0 for anything
 * @remote_count: selectors of the peer's side, 0 for anything
 * @ts: our side's, then the peer's
 */
struct adit_selectors {
#ifdef __KERNEL__
	struct rcu_head rcu;
#endif
	u16 local_count;
	u16 remote_count;
	struct adit_ts ts[];
};

/**
 * struct adit_flow - what selectors look at in a packet
 * @source: its source address
 * @destination: its destination address
 * @family: AF_INET or AF_INET6
 * @proto: IP protocol behind IPv6 extension headers; 0 if a fragment that is
 *	not the first has more of these
 * @has_ports: @source_port and @destination_port are known; not so in a
 *	fragment that is not the first, or if the protocol has none
 * @overlaps: a fragment that is not the first begins within the header that the
 *	first one must have (RFC 1858, 3)
 * @source_port: host order
 * @destination_port: host order
 */
struct adit_flow {
	union adit_addr source;
	union adit_addr destination;
	u16 family;
	u8 proto;
	bool has_ports;
	bool overlaps;
	u16 source_port;
	u16 destination_port;
};

/**
 * struct adit_prefix - an address prefix
 * @addr: the address, host bits 0
 * @family: AF_INET or AF_INET6
 * @len: its bits
 */
struct adit_prefix {
	union adit_addr addr;
	u16 family;
	u16 len;
};

/* The most prefixes that make up one range: two for each bit but the first. */
#define ADIT_RANGE_PREFIXES_MAX (2 * 128 - 2)

bool adit_addr_is_any(u16 family, const union adit_addr *addr);
int adit_addr_cmp(u16 family, const union adit_addr *a,
		  const union adit_addr *b);
void adit_addr_mask(u16 family, union adit_addr *addr, unsigned int len);
unsigned int adit_addr_common(u16 family, const union adit_addr *a,
			      const union adit_addr *b);
bool adit_ts_is_opaque(const struct adit_ts *ts);
bool adit_ts_hull(const struct adit_ts *ts, unsigned int count, u16 family,
		  struct adit_ts *hull);
bool adit_ts_match(const struct adit_ts *ts, unsigned int count,
		   const struct adit_flow *flow, bool source);
bool adit_selectors_match_out(const struct adit_selectors *selectors,
			      const struct adit_flow *flow);
bool adit_selectors_match_in(const struct adit_selectors *selectors,
			     const struct adit_flow *flow);
bool adit_selectors_use_ports(const struct adit_selectors *selectors);
unsigned int adit_ts_prefixes(const struct adit_ts *ts,
			      struct adit_prefix *prefixes, unsigned int max);

static inline const struct adit_ts *
adit_selectors_remote(const struct adit_selectors *selectors)
{
	return selectors->ts + selectors->local_count;
}

#endif
