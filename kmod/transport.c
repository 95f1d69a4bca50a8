// SPDX-License-Identifier: GPL-2.0-only
/* Transport mode: a packet's own IP header around what is protected. */

#include <net/ip.h>
#include <net/ipv6.h>

#include "compat.h"
#include "drop.h"
#include "skb.h"
#include "transport.h"

static int note4(struct sk_buff *skb)
{
	struct adit_skb_cb *cb = adit_skb_cb(skb);
	unsigned int len = ip_hdrlen(skb);

	if (len < sizeof(struct iphdr) || !pskb_may_pull(skb, len))
		return ADIT_DROP_TX_MALFORMED;
	if (ip_is_fragment(ip_hdr(skb)))
		return ADIT_DROP_TX_FRAGMENT;
	cb->hdr_len = len;
	cb->nhoff = offsetof(struct iphdr, protocol);
	cb->next_header = ip_hdr(skb)->protocol;
	return ADIT_OK;
}

/*
 * Hop-by-hop and routing headers are for the routers on the way, and stay in
 * front (RFC 4303, 3.1.1).
 */
static int note6(struct sk_buff *skb)
{
	struct adit_skb_cb *cb = adit_skb_cb(skb);
	u8 *next_header;
	int len;

	if (!IS_ENABLED(CONFIG_IPV6))
		return ADIT_DROP_TX_MALFORMED;
	len = ip6_find_1stfragopt(skb, &next_header);
	if (len < 0 || !pskb_may_pull(skb, len))
		return ADIT_DROP_TX_MALFORMED;
	if (*next_header == NEXTHDR_FRAGMENT)
		return ADIT_DROP_TX_FRAGMENT;
	cb->hdr_len = len;
	cb->nhoff = next_header - skb_network_header(skb);
	cb->next_header = *next_header;
	return ADIT_OK;
}

/**
 * adit_transport_note() - note where a packet's headers end that stay in front
 * @skb: the packet, with the notes of adit_outer_note()
 *
 * Only whole packets are protected, so that the other end never takes what it
 * receives for a fragment of something protected (RFC 4303, 3.3.4).
 *
 * Context: any.
 * Return: ADIT_OK, or a drop reason; may have moved the header.
 */
int adit_transport_note(struct sk_buff *skb)
{
	return adit_skb_cb(skb)->family == AF_INET ? note4(skb) : note6(skb);
}

/**
 * adit_transport_lift() - make room behind the headers that stay in front
 * @skb: the packet, with the notes of adit_transport_note(); private
 * @head_len: octets of room, which @skb has in front
 *
 * Afterwards skb->data is at what is protected. The headers are there where
 * adit_transport_push() finds them once @head_len octets have been pushed.
 */
void adit_transport_lift(struct sk_buff *skb, unsigned int head_len)
{
	unsigned int len = adit_skb_cb(skb)->hdr_len;

	memmove(skb->data - head_len, skb->data, len);
	skb_pull(skb, len);
}

/**
 * adit_transport_push() - the headers again, in front of what is protected
 * @skb: the packet, skb->data at ESP
 * @proto: what follows the headers now
 *
 * Length and checksum are ip_local_out()'s to fill in.
 */
void adit_transport_push(struct sk_buff *skb, u8 proto)
{
	const struct adit_skb_cb cb = *adit_skb_cb(skb);

	skb_push(skb, cb.hdr_len);
	skb_reset_network_header(skb);
	skb->data[cb.nhoff] = proto;
	if (cb.family == AF_INET) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		skb->protocol = htons(ETH_P_IP);
	} else {
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		skb->ignore_df = !cb.df;
		skb->protocol = htons(ETH_P_IPV6);
	}
}

/**
 * adit_transport_restore() - the packet as it was before it was protected
 * @skb: the packet, private; skb->data at what was protected, the headers that
 *	came in front of ESP still in their place
 * @next_header: what ESP says that it is
 *
 * Return: ADIT_OK or ADIT_DROP_RX_MALFORMED; with ADIT_OK skb->data is at the
 * IP header.
 */
int adit_transport_restore(struct sk_buff *skb, u8 next_header)
{
	const struct adit_skb_cb *cb = adit_skb_cb(skb);
	unsigned int len = skb_network_header_len(skb);
	const u8 *headers = skb_network_header(skb);
	struct iphdr *iph;

	if (skb->len > U16_MAX - len)
		return ADIT_DROP_RX_MALFORMED;
	memmove(skb_push(skb, len), headers, len);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, len);
	skb->data[cb->nhoff] = next_header;
	if (skb->protocol == htons(ETH_P_IP)) {
		iph = ip_hdr(skb);
		iph->tot_len = htons(skb->len);
		ip_send_check(iph);
	} else {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
	}
	return ADIT_OK;
}
