/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that are larger than the path. */
#ifndef ADIT_TOO_BIG_H
#define ADIT_TOO_BIG_H

#include <linux/skbuff.h>

#include "batch.h"

int adit_too_big(const struct adit_batch *batch, struct sk_buff *skb,
		 unsigned int max);

/**
 * adit_fits() - is a packet, or each one of a superpacket, small enough?
 * @skb: the packet
 * @max: octets of the largest one that fits
 *
 * Return: whether it is.
 */
static inline bool adit_fits(const struct sk_buff *skb, unsigned int max)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, max);
	return skb->len <= max;
}

#endif
