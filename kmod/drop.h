/* SPDX-License-Identifier: GPL-2.0-only */
/* Why packets are dropped: one row a reason. */
#ifndef ADIT_DROP_H
#define ADIT_DROP_H

#include <linux/skbuff.h>
#include <uapi/linux/adit.h>

/**
 * ADIT_DROPS - every reason: name, the rest of its ADIT_DROP_ constant, and
 * the nearest reason of the kernel's own, which is what dropwatch sees (a
 * module that is not part of the kernel cannot have a drop-reason subsystem).
 * @X: what is made of each row
 */
#define ADIT_DROPS(X) \
	X(tx_device_down, TX_DEVICE_DOWN, DEV_READY) \
	X(tx_malformed, TX_MALFORMED, IP_INHDR) \
	X(tx_no_selector, TX_NO_SELECTOR, XFRM_POLICY) \
	X(tx_no_endpoint, TX_NO_ENDPOINT, XFRM_POLICY) \
	X(tx_no_sa, TX_NO_SA, XFRM_POLICY) \
	X(tx_expired, TX_EXPIRED, XFRM_POLICY) \
	X(tx_sequence, TX_SEQUENCE, XFRM_POLICY) \
	X(tx_too_big, TX_TOO_BIG, PKT_TOO_BIG) \
	X(tx_fragment, TX_FRAGMENT, NOT_SPECIFIED) \
	X(tx_no_route, TX_NO_ROUTE, IP_OUTNOROUTES) \
	X(tx_loop, TX_LOOP, IP_OUTNOROUTES) \
	X(tx_no_memory, TX_NO_MEMORY, NOMEM) \
	X(tx_crypto, TX_CRYPTO, NOT_SPECIFIED) \
	X(tx_underlay, TX_UNDERLAY, NOT_SPECIFIED) \
	X(tx_no_socket, TX_NO_SOCKET, NO_SOCKET) \
	X(tx_queue_full, TX_QUEUE_FULL, FULL_RING) \
	X(rx_device_down, RX_DEVICE_DOWN, DEV_READY) \
	X(rx_larval, RX_LARVAL, XFRM_POLICY) \
	X(rx_truncated, RX_TRUNCATED, PKT_TOO_SMALL) \
	X(rx_expired, RX_EXPIRED, XFRM_POLICY) \
	X(rx_replay_old, RX_REPLAY_OLD, XFRM_POLICY) \
	X(rx_replay_duplicate, RX_REPLAY_DUPLICATE, XFRM_POLICY) \
	X(rx_no_memory, RX_NO_MEMORY, NOMEM) \
	X(rx_crypto, RX_CRYPTO, NOT_SPECIFIED) \
	X(rx_icv, RX_ICV, XFRM_POLICY) \
	X(rx_padding, RX_PADDING, XFRM_POLICY) \
	X(rx_next_header, RX_NEXT_HEADER, XFRM_POLICY) \
	X(rx_dummy, RX_DUMMY, NOT_SPECIFIED) \
	X(rx_malformed, RX_MALFORMED, IP_INHDR) \
	X(rx_ecn, RX_ECN, IP_INHDR) \
	X(rx_selector, RX_SELECTOR, XFRM_POLICY) \
	X(rx_bundle, RX_BUNDLE, XFRM_POLICY) \
	X(rx_ipcomp, RX_IPCOMP, NOT_SPECIFIED) \
	X(rx_nat_flow, RX_NAT_FLOW, NOT_SPECIFIED)

enum {
	ADIT_DROP_COUNT = ADIT_DROP_MAX + 1,
	/*
	 * What a step of the packet path gives back: a reason, or one of
	 * these. None of them is a reason, so that no step can mix them up.
	 */
	ADIT_OK = -1,
	/* The packet is on its way and comes back through a callback. */
	ADIT_QUEUED = -2,
};

/* The first reason of the inbound direction; the ones before are outbound. */
#define ADIT_DROP_RX_FIRST ADIT_DROP_RX_DEVICE_DOWN

extern const char *const adit_drop_name[ADIT_DROP_COUNT];
extern const enum skb_drop_reason adit_drop_core[ADIT_DROP_COUNT];

#endif
