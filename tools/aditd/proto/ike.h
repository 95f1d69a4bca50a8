/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What IKEv1 and IKEv2 have in common on the wire (RFC 7296, 3.1). */
#ifndef ADITD_PROTO_IKE_H
#define ADITD_PROTO_IKE_H

enum {
	IKE_PORT = 500,
	IKE_NATT_PORT = 4500,
	IKE_HEADER_LEN = 28,
	IKE_MARKER_LEN = 4, /* non-ESP marker, RFC 3948, 2.2 */
	IKE_MESSAGE_MAX = 65535 - 28, /* what UDP over IPv4 carries */
	IKE_V1 = 0x10,
	IKE_V2 = 0x20,
};

/* Flags of the header; the first three are IKEv1's. */
enum {
	IKE_FLAG_ENCRYPTED = 1 << 0,
	IKE_FLAG_COMMIT = 1 << 1,
	IKE_FLAG_AUTH_ONLY = 1 << 2,
	IKE_FLAG_INITIATOR = 1 << 3,
	IKE_FLAG_VERSION = 1 << 4,
	IKE_FLAG_RESPONSE = 1 << 5,
};

#endif
