/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transport mode (RFC 4301, 4.1): the IP header of a packet stays in front, and
 * what is behind it is protected.
 */
#ifndef ADIT_TRANSPORT_H
#define ADIT_TRANSPORT_H

#include <linux/skbuff.h>

int adit_transport_note(struct sk_buff *skb);
void adit_transport_lift(struct sk_buff *skb, unsigned int head_len);
void adit_transport_push(struct sk_buff *skb, u8 proto);
int adit_transport_restore(struct sk_buff *skb, u8 next_header);

#endif
