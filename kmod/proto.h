/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ESP and AH look like on the wire (RFC 4303, RFC 4302), and the limits of
 * this module.
 */
#ifndef ADIT_PROTO_H
#define ADIT_PROTO_H

#include <linux/ip.h>
#include <linux/types.h>
#include <uapi/linux/adit.h>

/*
 * struct ip_esp_hdr of <linux/ip.h> is the ESP header, RFC 4303, 2; struct
 * ip_auth_hdr is AH without its ICV field, RFC 4302, 2.
 */

/**
 * struct adit_esp_trailer - what follows the padding (RFC 4303, 2.4 to 2.6)
 * @pad_len: octets of padding before it
 * @next_header: 4 for IPv4, 41 for IPv6, 59 for a dummy packet
 */
struct adit_esp_trailer {
	u8 pad_len;
	u8 next_header;
} __packed;

enum {
	/* ESP's payload and trailer end on this boundary (RFC 4303, 2.4). */
	ADIT_ESP_ALIGN = 4,
	/* SPI and sequence number. */
	ADIT_ESP_HDR_LEN = sizeof(struct ip_esp_hdr),
	ADIT_MAX_IV_LEN = 16,
	ADIT_MAX_ICV_LEN = 32,
	/* IV and ICV, RFC 4543, 4; no algorithm with an IV has a long ICV. */
	ADIT_MAX_AH_FIELD_LEN = ADIT_MAX_ICV_LEN,
	ADIT_MAX_BLOCK = 16,
	/* SPI, 64-bit sequence number, IV: see adit_crypto_aad(). */
	ADIT_MAX_AAD_LEN = 4 + 8 + ADIT_MAX_IV_LEN,
	ADIT_MAX_HDR_LEN = ADIT_ESP_HDR_LEN + ADIT_MAX_IV_LEN,
	ADIT_MAX_TRAILER_LEN = ADIT_MAX_BLOCK - 1 +
			       sizeof(struct adit_esp_trailer) +
			       ADIT_MAX_ICV_LEN,
	/* The larger outer header, IPv6. */
	ADIT_MAX_OUTER_LEN = 40,
	/* The length in front of each message in a TCP stream (RFC 9329, 3). */
	ADIT_TCP_LEN_LEN = 2,
	/* The port of IKE without markers (RFC 7296, 2.23). */
	ADIT_PORT_IKE = 500,
	/* RFC 3948, 2.3 */
	ADIT_KEEPALIVE_OCTET = 0xff,
	/* What makes an IKE message of a packet (RFC 3948, 2.2): zeros. */
	ADIT_MARKER_LEN = 4,
};

enum {
	/* Packets of one SA that are worked on together. */
	ADIT_BATCH_MAX = 64,
	/* Packets that one child keeps until it has an outbound SA. */
	ADIT_HELD_PER_CHILD = 64,
	/* Packets that all children of a device keep. */
	ADIT_HELD_PER_DEV = 4096,
	ADIT_HOLD_SECONDS = 30,
	ADIT_LARVAL_SECONDS = 30,
	/* Octets in a dummy packet, if nothing is said. */
	ADIT_DUMMY_LEN = 64,
	/* How often sockets that were handed over are looked at. */
	ADIT_SOCK_LOOK_SECONDS = 30,
	/* Upper bound of both times. */
	ADIT_WAIT_SECONDS_MAX = 3600,
	/* Flows through NAT: in a device, and what a child has of that. */
	ADIT_NATFLOWS_PER_DEV = 65536,
	ADIT_NATFLOWS_MIN = 16,
	ADIT_NATFLOWS_MAX = 4096,
	/* How long one is kept without a packet: RFC 4787, REQ-5, RFC 5382, REQ-5. */
	ADIT_NATFLOW_SECONDS = 300,
	ADIT_NATFLOW_TCP_SECONDS = 7440,
	/* IPv4 hosts take at least this (RFC 791); IPv6 links 1280. */
	ADIT_MIN_MTU = 68,
};

#endif
