// SPDX-License-Identifier: GPL-2.0-only
/* AH, RFC 4302. */

#include <linux/align.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "compat.h"
#include "mac.h"
#include "mutable.h"
#include "proto.h"
#include "skb.h"
#include "xform.h"

/* The ICV field: an IV, if the algorithm has one, and the ICV (RFC 4543, 4). */
static unsigned int field_len(const struct adit_sa *sa)
{
	return sa->crypto.iv_len + sa->crypto.icv_len;
}

/* A multiple of 32 bits, with IPv6 of 64 (RFC 4302, 2.6). */
static unsigned int ah_head_len(const struct adit_sa *sa, u16 family)
{
	return ALIGN(sizeof(struct ip_auth_hdr) + field_len(sa),
		     family == AF_INET6 ? 8 : 4);
}

static unsigned int ah_tail_len(const struct adit_sa *sa)
{
	return 0;
}

static unsigned int ah_max_inner(const struct adit_sa *sa, unsigned int room,
				 u16 family)
{
	unsigned int len = ah_head_len(sa, family);

	return room > len ? room - len : 0;
}

/* The ICV has to wait until the outer header is there: ah_sign(). */
static int ah_output(const struct adit_sa *sa, struct sk_buff *skb,
		     adit_crypto_done_t done)
{
	const struct adit_skb_cb *cb = adit_skb_cb(skb);
	unsigned int len = ah_head_len(sa, cb->outer_family);
	struct ip_auth_hdr *ah;

	ah = skb_push(skb, len);
	skb_reset_transport_header(skb);
	memset(ah, 0, len);
	ah->nexthdr = cb->next_header;
	ah->hdrlen = len / 4 - 2;
	ah->spi = sa->spi;
	ah->seq_no = cpu_to_be32((u32)cb->seq);
	return 0;
}

/*
 * The ICV of a packet from its IP header on. That header is for the time being
 * what its mutable fields make of it, and AH's own ICV field is zero.
 */
static int compute(const struct adit_sa *sa, struct sk_buff *skb, u64 seq,
		   u8 *field)
{
	unsigned int len = skb_network_header_len(skb);
	u8 *header = skb_network_header(skb);
	u8 small[64], *saved = small;
	int err = -EPROTO;

	if (unlikely(len > sizeof(small))) {
		saved = kmalloc(len, GFP_ATOMIC);
		if (!saved)
			return -ENOMEM;
	}
	memcpy(saved, header, len);
	if (likely(adit_mutable_clear(header, len)))
		err = adit_mac_compute(&sa->crypto, header,
				       skb_tail_pointer(skb) - header, seq,
				       field);
	memcpy(header, saved, len);
	if (unlikely(saved != small))
		kfree(saved);
	return err;
}

static int ah_sign(const struct adit_sa *sa, struct sk_buff *skb, u64 seq)
{
	struct ip_auth_hdr *ah = (void *)skb_transport_header(skb);
	u8 field[ADIT_MAX_AH_FIELD_LEN];
	int err;

	/* ip_local_out() comes too late for them. */
	if (skb->protocol == htons(ETH_P_IP))
		ip_hdr(skb)->tot_len = htons(skb->len);
	else
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
	if (sa->crypto.iv_len)
		put_unaligned_be64(seq, field);
	err = compute(sa, skb, seq, field);
	if (likely(!err))
		memcpy(ah->auth_data, field, field_len(sa));
	return err;
}

static u32 ah_sequence(const struct sk_buff *skb)
{
	const struct ip_auth_hdr *ah = (const void *)skb->data;

	return be32_to_cpu(ah->seq_no);
}

static unsigned int len_of(const struct sk_buff *skb)
{
	const struct ip_auth_hdr *ah = (const void *)skb->data;

	return (ah->hdrlen + 2) * 4;
}

/* Some senders pad for 64 bits with IPv4, too. */
static bool ah_long_enough(const struct adit_sa *sa, const struct sk_buff *skb)
{
	unsigned int len = len_of(skb);

	return (len == ah_head_len(sa, AF_INET) ||
		len == ah_head_len(sa, AF_INET6)) && skb->len >= len;
}

static int ah_input(const struct adit_sa *sa, struct sk_buff *skb,
		    adit_crypto_done_t done)
{
	struct ip_auth_hdr *ah = (void *)skb->data;
	u8 received[ADIT_MAX_AH_FIELD_LEN];
	u8 computed[ADIT_MAX_AH_FIELD_LEN];
	unsigned int len = field_len(sa);
	int err;

	memcpy(received, ah->auth_data, len);
	memcpy(computed, received, sa->crypto.iv_len);
	memset(ah->auth_data, 0, len);
	err = compute(sa, skb, adit_skb_cb(skb)->seq, computed);
	memcpy(ah->auth_data, received, len);
	if (unlikely(err))
		return err;
	return crypto_memneq(received, computed, len) ? -EBADMSG : 0;
}

static int ah_finish(const struct adit_sa *sa, struct sk_buff *skb,
		     u8 *next_header)
{
	const struct ip_auth_hdr *ah = (const void *)skb->data;

	*next_header = ah->nexthdr;
	skb_pull(skb, len_of(skb));
	return ADIT_OK;
}

const struct adit_xform adit_ah = {
	.proto = IPPROTO_AH,
	.head_len = ah_head_len,
	.tail_len = ah_tail_len,
	.max_inner = ah_max_inner,
	.output = ah_output,
	.sign = ah_sign,
	.sequence = ah_sequence,
	.long_enough = ah_long_enough,
	.input = ah_input,
	.finish = ah_finish,
};
