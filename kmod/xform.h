/* SPDX-License-Identifier: GPL-2.0-only */
/* What an IPsec protocol, ESP or AH, does to a packet. */
#ifndef ADIT_XFORM_H
#define ADIT_XFORM_H

#include "crypto.h"
#include "sa.h"

/**
 * struct adit_xform - functions of an IPsec protocol
 * @proto: its IP protocol number
 *
 * @head_len: octets that @output puts in front of a packet whose outer header
 * is of @family.
 *
 * @tail_len: the most octets that @output puts behind a packet.
 *
 * @max_inner: the largest inner packet that fits into @room octets behind the
 * outer header, which is of @family; 0 if none does.
 *
 * @output: protect the packet in skb->data, which is private (see
 * adit_skb_private()) and has the room; the notes in &struct adit_skb_cb are
 * filled in. Returns as adit_crypto_seal() does.
 *
 * @sign: NULL, or what completes the packet once the outer header is in front;
 * skb->data is there. @seq is the whole sequence number. Returns 0, or -EPROTO
 * if the outer header is not fit for it, or -ENOMEM.
 *
 * @sequence: the 32 bits of sequence number that the packet in skb->data
 * carries; @long_enough has said yes.
 *
 * @long_enough: has the packet in skb->data, whose first octets are linear (see
 * adit_recv()), a length that could be valid?
 *
 * @input: verify and decrypt the packet in skb->data, which is private.
 * Returns as adit_crypto_open() does, or -EPROTO if the outer header
 * contradicts itself.
 *
 * @finish: after @input, take off what the protocol added. Sets @next_header.
 * Returns ADIT_OK or a drop reason.
 */
struct adit_xform {
	u8 proto;
	unsigned int (*head_len)(const struct adit_sa *sa, u16 family);
	unsigned int (*tail_len)(const struct adit_sa *sa);
	unsigned int (*max_inner)(const struct adit_sa *sa, unsigned int room,
				  u16 family);
	int (*output)(const struct adit_sa *sa, struct sk_buff *skb,
		      adit_crypto_done_t done);
	int (*sign)(const struct adit_sa *sa, struct sk_buff *skb, u64 seq);
	u32 (*sequence)(const struct sk_buff *skb);
	bool (*long_enough)(const struct adit_sa *sa, const struct sk_buff *skb);
	int (*input)(const struct adit_sa *sa, struct sk_buff *skb,
		     adit_crypto_done_t done);
	int (*finish)(const struct adit_sa *sa, struct sk_buff *skb,
		      u8 *next_header);
};

extern const struct adit_xform adit_esp;
extern const struct adit_xform adit_ah;

/**
 * adit_bundle_head_len() - octets that an SA, and AH after it, put in front
 * @out: the SA
 * @family: of the outer header
 *
 * Return: the octets.
 */
static inline unsigned int adit_bundle_head_len(const struct adit_sa_out *out,
						u16 family)
{
	unsigned int len4 = out->head_len4, len6 = out->head_len6;

	if (unlikely(out->ah)) {
		len4 += out->ah->head_len4;
		len6 += out->ah->head_len6;
	}
	return family == AF_INET6 ? len6 : len4;
}

/**
 * adit_bundle_max_inner() - the largest packet that an SA, and AH after it, make
 * no larger than the room there is
 * @out: the SA
 * @room: octets behind the outer header
 * @family: of the outer header
 *
 * Return: its octets; 0 if none fits.
 */
static inline unsigned int adit_bundle_max_inner(const struct adit_sa_out *out,
						 unsigned int room, u16 family)
{
	if (unlikely(out->ah))
		room = out->ah->sa.xform->max_inner(&out->ah->sa, room, family);
	return out->sa.xform->max_inner(&out->sa, room, family);
}

#endif
