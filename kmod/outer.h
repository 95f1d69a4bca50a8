/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outer header of tunnel mode, and what passes between it and the inner
 * one (RFC 4301, 5.1.2): DF, TTL, DSCP, ECN (RFC 6040), the flow label (RFC
 * 6437).
 */
#ifndef ADIT_OUTER_H
#define ADIT_OUTER_H

#include <linux/in6.h>
#include <linux/skbuff.h>
#include <linux/types.h>

struct net;

/**
 * struct adit_outer - how a device wants its outer headers
 * @ttl: TTL or hop limit, 0 for the system's default
 * @ttl_inherit: copy the inner one instead
 * @dsfield: DSCP in the upper six bits
 * @dsfield_inherit: copy the inner DSCP instead
 * @decap_dscp: copy the outer DSCP to the inner header of what is received
 * @df: ADIT_DF_*
 * @flowlabel: of IPv6
 * @flowlabel_inherit: copy the inner one instead, which of IPv4 is 0
 */
struct adit_outer {
	u8 ttl;
	bool ttl_inherit;
	u8 dsfield;
	bool dsfield_inherit;
	bool decap_dscp;
	u8 df;
	bool flowlabel_inherit;
	__be32 flowlabel;
};

int adit_outer_note(struct sk_buff *skb);
bool adit_outer_df(const struct adit_outer *outer, const struct sk_buff *skb);
void adit_outer_push4(const struct adit_outer *outer, struct net *net,
		      struct sk_buff *skb, u8 proto, __be32 local,
		      __be32 remote, u8 default_ttl);
void adit_outer_push6(const struct adit_outer *outer, struct sk_buff *skb,
		      u8 proto, const struct in6_addr *local,
		      const struct in6_addr *remote, u8 default_ttl);
int adit_outer_decapsulate(struct sk_buff *skb, u8 next_header);
void adit_outer_copy_dscp(struct sk_buff *skb);

#endif
