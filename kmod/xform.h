/* SPDX-License-Identifier: GPL-2.0-only */
/* What an IPsec protocol does to a packet: ESP today, AH and IPComp later. */
#ifndef ADIT_XFORM_H
#define ADIT_XFORM_H

#include "crypto.h"
#include "sa.h"

/**
 * struct adit_xform - functions of an IPsec protocol
 * @proto: its IP protocol number
 *
 * @head_len: octets that @output puts in front of a packet.
 *
 * @tail_len: the most octets that @output puts behind a packet.
 *
 * @max_inner: the largest inner packet that fits into @room octets behind the
 * outer header; 0 if none does.
 *
 * @output: protect the packet in skb->data, which is private (see
 * adit_skb_private()) and has the room; the notes in &struct adit_skb_cb are
 * filled in. Returns as adit_crypto_seal() does.
 *
 * @sequence: the 32 bits of sequence number that the packet in skb->data
 * carries; it is long enough for @head_len.
 *
 * @long_enough: could a packet of @len octets, protocol header included, be
 * valid?
 *
 * @input: verify and decrypt the packet in skb->data, which is private.
 * Returns as adit_crypto_open() does.
 *
 * @finish: after @input, take off what the protocol added. Sets @next_header.
 * Returns ADIT_OK or a drop reason.
 */
struct adit_xform {
	u8 proto;
	unsigned int (*head_len)(const struct adit_sa *sa);
	unsigned int (*tail_len)(const struct adit_sa *sa);
	unsigned int (*max_inner)(const struct adit_sa *sa, unsigned int room);
	int (*output)(const struct adit_sa *sa, struct sk_buff *skb,
		      adit_crypto_done_t done);
	u32 (*sequence)(const struct sk_buff *skb);
	bool (*long_enough)(const struct adit_sa *sa, unsigned int len);
	int (*input)(const struct adit_sa *sa, struct sk_buff *skb,
		     adit_crypto_done_t done);
	int (*finish)(const struct adit_sa *sa, struct sk_buff *skb,
		      u8 *next_header);
};

extern const struct adit_xform adit_esp;

#endif
