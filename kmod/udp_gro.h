/* SPDX-License-Identifier: GPL-2.0-only */
/* What is behind a UDP header, and ESP that is taken before the IP stack. */
#ifndef ADIT_UDP_GRO_H
#define ADIT_UDP_GRO_H

#include <linux/skbuff.h>

struct adit_sock;

/**
 * enum adit_udp_payload - what a datagram is (RFC 3948, 2)
 * @ADIT_UDP_ESP: ESP
 * @ADIT_UDP_IKE: a marker, and an IKE message
 * @ADIT_UDP_KEEPALIVE: a NAT keepalive
 * @ADIT_UDP_NOTHING: too short for any of these
 */
enum adit_udp_payload {
	ADIT_UDP_ESP,
	ADIT_UDP_IKE,
	ADIT_UDP_KEEPALIVE,
	ADIT_UDP_NOTHING,
};

enum adit_udp_payload adit_udp_classify(struct sk_buff *skb);
bool adit_udp_gro(struct adit_sock *sock, struct sk_buff *skb);

#endif
