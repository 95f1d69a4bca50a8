/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP packets of a batch, as the datagrams of one UDP superpacket (GSO). */
#ifndef ADIT_SUPERPACKET_H
#define ADIT_SUPERPACKET_H

#include <linux/skbuff.h>

/**
 * struct adit_superpacket - datagrams that leave as one; lives on a stack
 * @skb: the first one, with the others behind it; NULL while there is none
 * @last: the last one is shorter: no other one can follow
 * @size: octets of ESP in each but the last one
 * @packets: how many there are
 * @bytes: octets of their inner packets
 */
struct adit_superpacket {
	struct sk_buff *skb;
	bool last;
	unsigned int size;
	unsigned int packets;
	unsigned int bytes;
};

void adit_superpacket_begin(struct adit_superpacket *super,
			    struct sk_buff *skb);
bool adit_superpacket_add(struct adit_superpacket *super, struct sk_buff *skb);
struct sk_buff *adit_superpacket_end(struct adit_superpacket *super);

#endif
