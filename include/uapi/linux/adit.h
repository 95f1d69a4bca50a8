/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/spec/adit.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: make gen */

#ifndef _UAPI_LINUX_ADIT_H
#define _UAPI_LINUX_ADIT_H

#define ADIT_FAMILY_NAME	"adit"
#define ADIT_FAMILY_VERSION	1

#define ADIT_DEFAULT_PORT		4500
#define ADIT_DEFAULT_KEEPALIVE		20
#define ADIT_MAX_KEEPALIVE		3600
#define ADIT_MAX_KEY_LEN		128
#define ADIT_MAX_SELECTORS		64
#define ADIT_MAX_REPLAY_WINDOW		65536
#define ADIT_DEFAULT_REPLAY_WINDOW	4096
#define ADIT_MIN_SPI			256

/*
 * What carries ESP on the underlay.
 */
enum adit_encap {
	ADIT_ENCAP_NONE,
	ADIT_ENCAP_UDP,
	ADIT_ENCAP_TCP,
};

/**
 * enum adit_socket_state - What a socket is doing.
 * @ADIT_SOCKET_STATE_OPEN: Packets pass.
 * @ADIT_SOCKET_STATE_LISTENING: It waits for connections; each becomes a
 *   socket of its own.
 * @ADIT_SOCKET_STATE_CONNECTING: The connection is being made.
 * @ADIT_SOCKET_STATE_WAITING: The connection was lost or refused; it is tried
 *   again soon.
 */
enum adit_socket_state {
	ADIT_SOCKET_STATE_OPEN,
	ADIT_SOCKET_STATE_LISTENING,
	ADIT_SOCKET_STATE_CONNECTING,
	ADIT_SOCKET_STATE_WAITING,
};

/*
 * The outer IPv4 Don't Fragment flag (RFC 4301, 8.1).
 */
enum adit_df {
	ADIT_DF_COPY,
	ADIT_DF_SET,
	ADIT_DF_UNSET,
};

/*
 * RFC 4301, 4.1.
 */
enum adit_mode {
	ADIT_MODE_TUNNEL = 1,
	ADIT_MODE_TRANSPORT,
};

/**
 * enum adit_protocols - What each packet of a child is protected by.
 * @ADIT_PROTOCOLS_ESP: ESP (RFC 4303).
 * @ADIT_PROTOCOLS_AH: AH (RFC 4302).
 * @ADIT_PROTOCOLS_AH_ESP: ESP, and AH around it (RFC 2401, 4.3).
 */
enum adit_protocols {
	ADIT_PROTOCOLS_ESP = 1,
	ADIT_PROTOCOLS_AH,
	ADIT_PROTOCOLS_AH_ESP,
};

/*
 * The direction of an SA; no SA has two.
 */
enum adit_dir {
	ADIT_DIR_IN = 1,
	ADIT_DIR_OUT,
};

/**
 * enum adit_sa_state
 * @ADIT_SA_STATE_LARVAL: The SPI is reserved, the keys are not yet known.
 * @ADIT_SA_STATE_VALID: In use, or ready for it.
 * @ADIT_SA_STATE_DYING: A soft limit has passed; still in use.
 * @ADIT_SA_STATE_DEAD: Out of every table; the last packets are draining.
 */
enum adit_sa_state {
	ADIT_SA_STATE_LARVAL = 1,
	ADIT_SA_STATE_VALID,
	ADIT_SA_STATE_DYING,
	ADIT_SA_STATE_DEAD,
};

/*
 * Which limit of an SA has passed.
 */
enum adit_limit {
	ADIT_LIMIT_SECONDS = 1,
	ADIT_LIMIT_BYTES,
	ADIT_LIMIT_PACKETS,
	ADIT_LIMIT_SEQUENCE,
};

/*
 * IKEv2 transform types that concern an SA; 2 (PRF) and 4 (KE) do not.
 */
enum adit_transform {
	ADIT_TRANSFORM_ENCR = 1,
	ADIT_TRANSFORM_INTEG = 3,
	ADIT_TRANSFORM_ESN = 5,
};

/**
 * enum adit_encr - IKEv2 transform type 1, as far as this family knows them.
 * @ADIT_ENCR_3DES: Needs legacy (RFC 8221, 5).
 * @ADIT_ENCR_NULL_AUTH_AES_GMAC: Encrypts nothing (RFC 4543).
 * @ADIT_ENCR_AES_CCM_8_IIV: Implicit IV (RFC 8750).
 * @ADIT_ENCR_AES_GCM_16_IIV: Implicit IV (RFC 8750).
 * @ADIT_ENCR_CHACHA20_POLY1305_IIV: Implicit IV (RFC 8750).
 */
enum adit_encr {
	ADIT_ENCR_3DES = 3,
	ADIT_ENCR_NULL = 11,
	ADIT_ENCR_AES_CBC,
	ADIT_ENCR_AES_CTR,
	ADIT_ENCR_AES_CCM_8,
	ADIT_ENCR_AES_CCM_12,
	ADIT_ENCR_AES_CCM_16,
	ADIT_ENCR_AES_GCM_8 = 18,
	ADIT_ENCR_AES_GCM_12,
	ADIT_ENCR_AES_GCM_16,
	ADIT_ENCR_NULL_AUTH_AES_GMAC,
	ADIT_ENCR_CAMELLIA_CBC = 23,
	ADIT_ENCR_CHACHA20_POLY1305 = 28,
	ADIT_ENCR_AES_CCM_8_IIV,
	ADIT_ENCR_AES_GCM_16_IIV,
	ADIT_ENCR_CHACHA20_POLY1305_IIV,
};

/**
 * enum adit_integ - IKEv2 transform type 3, as far as this family knows them.
 * @ADIT_INTEG_HMAC_MD5_96: Needs legacy (RFC 8221, 6).
 * @ADIT_INTEG_AES_128_GMAC: For AH only; AES-GMAC with ESP is an encr (RFC
 *   4543).
 * @ADIT_INTEG_AES_192_GMAC: For AH only.
 * @ADIT_INTEG_AES_256_GMAC: For AH only.
 * @ADIT_INTEG_HMAC_SHA2_256_96: Of private use; what old Linux peers take
 *   HMAC-SHA2-256 for.
 */
enum adit_integ {
	ADIT_INTEG_NONE,
	ADIT_INTEG_HMAC_MD5_96,
	ADIT_INTEG_HMAC_SHA1_96,
	ADIT_INTEG_AES_XCBC_96 = 5,
	ADIT_INTEG_AES_CMAC_96 = 8,
	ADIT_INTEG_AES_128_GMAC,
	ADIT_INTEG_AES_192_GMAC,
	ADIT_INTEG_AES_256_GMAC,
	ADIT_INTEG_HMAC_SHA2_256_128,
	ADIT_INTEG_HMAC_SHA2_384_192,
	ADIT_INTEG_HMAC_SHA2_512_256,
	ADIT_INTEG_HMAC_SHA2_256_96 = 1026,
};

/**
 * enum adit_ipcomp - IKEv2 IPComp transform ids (RFC 7296, 3.10.1).
 * @ADIT_IPCOMP_DEFLATE: RFC 2394.
 */
enum adit_ipcomp {
	ADIT_IPCOMP_DEFLATE = 2,
};

/**
 * enum adit_tfc - Octets that outbound packets are padded to (RFC 4303, 2.7).
 * @ADIT_TFC_MTU: As many as the path carries.
 */
enum adit_tfc {
	ADIT_TFC_OFF,
	ADIT_TFC_MTU = 4294967295,
};

/**
 * enum adit_drop - Why a packet was dropped. Each drop is counted once, at the
 *   most specific object that is known, and shown there and at all above it.
 * @ADIT_DROP_TX_DEVICE_DOWN: The interface is down or going away.
 * @ADIT_DROP_TX_MALFORMED: Neither IPv4 nor IPv6, or shorter than its own
 *   header says.
 * @ADIT_DROP_TX_NO_SELECTOR: No child's traffic selectors match (RFC 4301,
 *   5.1).
 * @ADIT_DROP_TX_NO_ENDPOINT: The peer's address is not known yet.
 * @ADIT_DROP_TX_NO_SA: No outbound SA, and the hold queue was full or its time
 *   passed; or an ICMP error that asks for no SA (RFC 4301, 6.2).
 * @ADIT_DROP_TX_EXPIRED: The outbound SA has reached a hard limit.
 * @ADIT_DROP_TX_SEQUENCE: The sequence number space is used up (RFC 4303,
 *   3.3.3).
 * @ADIT_DROP_TX_TOO_BIG: Larger than the path; the sender was told the right
 *   size.
 * @ADIT_DROP_TX_FRAGMENT: A fragment of IPv6; transport mode carries whole
 *   packets (RFC 4303, 3.3.4).
 * @ADIT_DROP_TX_NO_ROUTE: No route to the peer on the underlay.
 * @ADIT_DROP_TX_LOOP: The route to the peer leads back into the tunnel.
 * @ADIT_DROP_TX_NO_MEMORY: No memory for the packet.
 * @ADIT_DROP_TX_CRYPTO: The cipher failed or its queue was full.
 * @ADIT_DROP_TX_UNDERLAY: The underlay (firewall, queue or device) refused the
 *   packet.
 * @ADIT_DROP_TX_NO_SOCKET: The peer's socket was closed, or is not connected
 *   (any more).
 * @ADIT_DROP_TX_QUEUE_FULL: The TCP connection takes no more, and its queue is
 *   full.
 * @ADIT_DROP_RX_DEVICE_DOWN: The interface is down or going away.
 * @ADIT_DROP_RX_LARVAL: The SPI is reserved, its keys are not here yet.
 * @ADIT_DROP_RX_TRUNCATED: Too short for its SA, or not a multiple of the
 *   cipher's block.
 * @ADIT_DROP_RX_EXPIRED: The inbound SA has reached a hard limit.
 * @ADIT_DROP_RX_REPLAY_OLD: Sequence number left of the replay window (RFC
 *   4303, 3.4.3).
 * @ADIT_DROP_RX_REPLAY_DUPLICATE: Sequence number seen before (RFC 4303,
 *   3.4.3).
 * @ADIT_DROP_RX_NO_MEMORY: No memory for the packet.
 * @ADIT_DROP_RX_CRYPTO: The cipher failed for another reason than the ICV.
 * @ADIT_DROP_RX_ICV: The ICV does not verify, wrong key or damaged packet.
 * @ADIT_DROP_RX_PADDING: Padding or pad length is wrong (RFC 4303, 2.4).
 * @ADIT_DROP_RX_NEXT_HEADER: The next header is not what the child's mode
 *   carries.
 * @ADIT_DROP_RX_DUMMY: A dummy packet, next header 59 (RFC 4303, 2.6); not an
 *   error.
 * @ADIT_DROP_RX_MALFORMED: The packet, or with AH its outer header,
 *   contradicts itself.
 * @ADIT_DROP_RX_ECN: Outer CE on an inner packet without ECN (RFC 6040, 4.2).
 * @ADIT_DROP_RX_SELECTOR: The inner packet is outside the child's selectors
 *   (RFC 4301, 5.2).
 * @ADIT_DROP_RX_BUNDLE: Only one of the two protocols of its child, or two SAs
 *   of different children (RFC 4301, 5.2).
 * @ADIT_DROP_RX_IPCOMP: Compressed under another CPI than the SA's, or not
 *   what the algorithm makes, or larger than a packet can be (RFC 3173).
 * @ADIT_DROP_RX_NAT_FLOW: In transport mode through NAT: what other packets
 *   with the same addresses have come through another peer for, and no port
 *   can tell them apart (RFC 3948, 5.2).
 */
enum adit_drop {
	ADIT_DROP_TX_DEVICE_DOWN,
	ADIT_DROP_TX_MALFORMED,
	ADIT_DROP_TX_NO_SELECTOR,
	ADIT_DROP_TX_NO_ENDPOINT,
	ADIT_DROP_TX_NO_SA,
	ADIT_DROP_TX_EXPIRED,
	ADIT_DROP_TX_SEQUENCE,
	ADIT_DROP_TX_TOO_BIG,
	ADIT_DROP_TX_FRAGMENT,
	ADIT_DROP_TX_NO_ROUTE,
	ADIT_DROP_TX_LOOP,
	ADIT_DROP_TX_NO_MEMORY,
	ADIT_DROP_TX_CRYPTO,
	ADIT_DROP_TX_UNDERLAY,
	ADIT_DROP_TX_NO_SOCKET,
	ADIT_DROP_TX_QUEUE_FULL,
	ADIT_DROP_RX_DEVICE_DOWN,
	ADIT_DROP_RX_LARVAL,
	ADIT_DROP_RX_TRUNCATED,
	ADIT_DROP_RX_EXPIRED,
	ADIT_DROP_RX_REPLAY_OLD,
	ADIT_DROP_RX_REPLAY_DUPLICATE,
	ADIT_DROP_RX_NO_MEMORY,
	ADIT_DROP_RX_CRYPTO,
	ADIT_DROP_RX_ICV,
	ADIT_DROP_RX_PADDING,
	ADIT_DROP_RX_NEXT_HEADER,
	ADIT_DROP_RX_DUMMY,
	ADIT_DROP_RX_MALFORMED,
	ADIT_DROP_RX_ECN,
	ADIT_DROP_RX_SELECTOR,
	ADIT_DROP_RX_BUNDLE,
	ADIT_DROP_RX_IPCOMP,
	ADIT_DROP_RX_NAT_FLOW,

	/* private: */
	__ADIT_DROP_MAX,
	ADIT_DROP_MAX = (__ADIT_DROP_MAX - 1)
};

enum {
	IFLA_ADIT_LOCAL = 1,
	IFLA_ADIT_REMOTE,
	IFLA_ADIT_ENCAP,
	IFLA_ADIT_LOCAL_PORT,
	IFLA_ADIT_REMOTE_PORT,
	IFLA_ADIT_FWMARK,
	IFLA_ADIT_UNDERLAY,
	IFLA_ADIT_TTL,
	IFLA_ADIT_TTL_INHERIT,
	IFLA_ADIT_DSFIELD,
	IFLA_ADIT_DSFIELD_INHERIT,
	IFLA_ADIT_DF,
	IFLA_ADIT_FLOWLABEL,
	IFLA_ADIT_FLOWLABEL_INHERIT,
	IFLA_ADIT_DECAP_DSCP,

	__IFLA_ADIT_MAX,
	IFLA_ADIT_MAX = (__IFLA_ADIT_MAX - 1)
};

enum {
	ADIT_A_STATS_PAD = 1,
	ADIT_A_STATS_TX_PACKETS,
	ADIT_A_STATS_TX_BYTES,
	ADIT_A_STATS_RX_PACKETS,
	ADIT_A_STATS_RX_BYTES,
	ADIT_A_STATS_DROP,

	__ADIT_A_STATS_MAX,
	ADIT_A_STATS_MAX = (__ADIT_A_STATS_MAX - 1)
};

enum {
	ADIT_A_DROP_COUNT_PAD = 1,
	ADIT_A_DROP_COUNT_REASON,
	ADIT_A_DROP_COUNT_PACKETS,

	__ADIT_A_DROP_COUNT_MAX,
	ADIT_A_DROP_COUNT_MAX = (__ADIT_A_DROP_COUNT_MAX - 1)
};

enum {
	ADIT_A_NET_PAD = 1,
	ADIT_A_NET_IFINDEX,
	ADIT_A_NET_UNKNOWN_SPI,
	ADIT_A_NET_TRUNCATED,
	ADIT_A_NET_SAS,
	ADIT_A_NET_VERSION,

	__ADIT_A_NET_MAX,
	ADIT_A_NET_MAX = (__ADIT_A_NET_MAX - 1)
};

enum {
	ADIT_A_DEV_IFINDEX = 1,
	ADIT_A_DEV_IFNAME,
	ADIT_A_DEV_PEERS,
	ADIT_A_DEV_CHILDREN,
	ADIT_A_DEV_SAS,
	ADIT_A_DEV_MTU,
	ADIT_A_DEV_MTU_AUTO,
	ADIT_A_DEV_FWMARK,
	ADIT_A_DEV_UNDERLAY,
	ADIT_A_DEV_STATS,

	__ADIT_A_DEV_MAX,
	ADIT_A_DEV_MAX = (__ADIT_A_DEV_MAX - 1)
};

enum {
	ADIT_A_PEER_IFINDEX = 1,
	ADIT_A_PEER_ID,
	ADIT_A_PEER_LOCAL,
	ADIT_A_PEER_REMOTE,
	ADIT_A_PEER_ENCAP,
	ADIT_A_PEER_LOCAL_PORT,
	ADIT_A_PEER_REMOTE_PORT,
	ADIT_A_PEER_PATH_MTU,
	ADIT_A_PEER_CHILDREN,
	ADIT_A_PEER_STATS,
	ADIT_A_PEER_SOCKET,
	ADIT_A_PEER_KEEPALIVE,
	ADIT_A_PEER_ROAM,

	__ADIT_A_PEER_MAX,
	ADIT_A_PEER_MAX = (__ADIT_A_PEER_MAX - 1)
};

enum {
	ADIT_A_SOCKET_PAD = 1,
	ADIT_A_SOCKET_ID,
	ADIT_A_SOCKET_ENCAP,
	ADIT_A_SOCKET_FD,
	ADIT_A_SOCKET_LOCAL,
	ADIT_A_SOCKET_LOCAL_PORT,
	ADIT_A_SOCKET_REMOTE,
	ADIT_A_SOCKET_REMOTE_PORT,
	ADIT_A_SOCKET_LISTEN,
	ADIT_A_SOCKET_MARKER,
	ADIT_A_SOCKET_STATE,
	ADIT_A_SOCKET_OWN,
	ADIT_A_SOCKET_PEERS,
	ADIT_A_SOCKET_ERROR,
	ADIT_A_SOCKET_KEEPALIVES,
	ADIT_A_SOCKET_IKE,
	ADIT_A_SOCKET_IKE_DROPPED,
	ADIT_A_SOCKET_DROPPED,
	ADIT_A_SOCKET_QUEUED,

	__ADIT_A_SOCKET_MAX,
	ADIT_A_SOCKET_MAX = (__ADIT_A_SOCKET_MAX - 1)
};

enum {
	ADIT_A_SELECTOR_START = 1,
	ADIT_A_SELECTOR_END,
	ADIT_A_SELECTOR_PROTO,
	ADIT_A_SELECTOR_PORT_START,
	ADIT_A_SELECTOR_PORT_END,

	__ADIT_A_SELECTOR_MAX,
	ADIT_A_SELECTOR_MAX = (__ADIT_A_SELECTOR_MAX - 1)
};

enum {
	ADIT_A_CHILD_IFINDEX = 1,
	ADIT_A_CHILD_ID,
	ADIT_A_CHILD_PEER,
	ADIT_A_CHILD_MODE,
	ADIT_A_CHILD_LOCAL_TS,
	ADIT_A_CHILD_REMOTE_TS,
	ADIT_A_CHILD_PRIORITY,
	ADIT_A_CHILD_HOLD_SECONDS,
	ADIT_A_CHILD_HELD,
	ADIT_A_CHILD_SPI_OUT,
	ADIT_A_CHILD_SAS,
	ADIT_A_CHILD_STATS,
	ADIT_A_CHILD_PROTOCOLS,
	ADIT_A_CHILD_ICMP_ERRORS,
	ADIT_A_CHILD_DUMMY_LENGTH,

	__ADIT_A_CHILD_MAX,
	ADIT_A_CHILD_MAX = (__ADIT_A_CHILD_MAX - 1)
};

enum {
	ADIT_A_LIMITS_PAD = 1,
	ADIT_A_LIMITS_SOFT_SECONDS,
	ADIT_A_LIMITS_SOFT_BYTES,
	ADIT_A_LIMITS_SOFT_PACKETS,
	ADIT_A_LIMITS_HARD_SECONDS,
	ADIT_A_LIMITS_HARD_BYTES,
	ADIT_A_LIMITS_HARD_PACKETS,

	__ADIT_A_LIMITS_MAX,
	ADIT_A_LIMITS_MAX = (__ADIT_A_LIMITS_MAX - 1)
};

enum {
	ADIT_A_SA_PAD = 1,
	ADIT_A_SA_IFINDEX,
	ADIT_A_SA_CHILD,
	ADIT_A_SA_DIR,
	ADIT_A_SA_PROTO,
	ADIT_A_SA_SPI,
	ADIT_A_SA_STATE,
	ADIT_A_SA_ENCR,
	ADIT_A_SA_ENCR_KEY,
	ADIT_A_SA_ENCR_KEY_BITS,
	ADIT_A_SA_INTEG,
	ADIT_A_SA_INTEG_KEY,
	ADIT_A_SA_ESN,
	ADIT_A_SA_REPLAY_WINDOW,
	ADIT_A_SA_ACTIVE,
	ADIT_A_SA_LIMITS,
	ADIT_A_SA_SEQUENCE,
	ADIT_A_SA_AGE_SECONDS,
	ADIT_A_SA_IDLE_SECONDS,
	ADIT_A_SA_OVERHEAD,
	ADIT_A_SA_MTU,
	ADIT_A_SA_STATS,
	ADIT_A_SA_SPI_MIN,
	ADIT_A_SA_SPI_MAX,
	ADIT_A_SA_LARVAL_SECONDS,
	ADIT_A_SA_BACKEND,
	ADIT_A_SA_LEGACY,
	ADIT_A_SA_REPLAY_SEEN,
	ADIT_A_SA_AH_SPI,
	ADIT_A_SA_IPCOMP,
	ADIT_A_SA_CPI,
	ADIT_A_SA_TFC_PADDING,
	ADIT_A_SA_NAT_OA_LOCAL,
	ADIT_A_SA_NAT_OA_REMOTE,

	__ADIT_A_SA_MAX,
	ADIT_A_SA_MAX = (__ADIT_A_SA_MAX - 1)
};

enum {
	ADIT_A_ALG_TRANSFORM = 1,
	ADIT_A_ALG_ID,
	ADIT_A_ALG_NAME,
	ADIT_A_ALG_KEY_BITS,
	ADIT_A_ALG_SALT_LEN,
	ADIT_A_ALG_IV_LEN,
	ADIT_A_ALG_ICV_LEN,
	ADIT_A_ALG_AEAD,
	ADIT_A_ALG_USABLE,
	ADIT_A_ALG_LEGACY,

	__ADIT_A_ALG_MAX,
	ADIT_A_ALG_MAX = (__ADIT_A_ALG_MAX - 1)
};

enum {
	ADIT_A_ACQUIRE_IFINDEX = 1,
	ADIT_A_ACQUIRE_IFNAME,
	ADIT_A_ACQUIRE_PEER,
	ADIT_A_ACQUIRE_CHILD,
	ADIT_A_ACQUIRE_SOURCE,
	ADIT_A_ACQUIRE_DESTINATION,
	ADIT_A_ACQUIRE_PROTO,
	ADIT_A_ACQUIRE_SOURCE_PORT,
	ADIT_A_ACQUIRE_DESTINATION_PORT,

	__ADIT_A_ACQUIRE_MAX,
	ADIT_A_ACQUIRE_MAX = (__ADIT_A_ACQUIRE_MAX - 1)
};

enum {
	ADIT_A_EXPIRE_IFINDEX = 1,
	ADIT_A_EXPIRE_IFNAME,
	ADIT_A_EXPIRE_PEER,
	ADIT_A_EXPIRE_CHILD,
	ADIT_A_EXPIRE_DIR,
	ADIT_A_EXPIRE_PROTO,
	ADIT_A_EXPIRE_SPI,
	ADIT_A_EXPIRE_HARD,
	ADIT_A_EXPIRE_LIMIT,

	__ADIT_A_EXPIRE_MAX,
	ADIT_A_EXPIRE_MAX = (__ADIT_A_EXPIRE_MAX - 1)
};

enum {
	ADIT_A_UNKNOWN_SPI_PROTO = 1,
	ADIT_A_UNKNOWN_SPI_SPI,
	ADIT_A_UNKNOWN_SPI_SOURCE,
	ADIT_A_UNKNOWN_SPI_DESTINATION,
	ADIT_A_UNKNOWN_SPI_ENCAP,
	ADIT_A_UNKNOWN_SPI_SOURCE_PORT,
	ADIT_A_UNKNOWN_SPI_SOCKET,

	__ADIT_A_UNKNOWN_SPI_MAX,
	ADIT_A_UNKNOWN_SPI_MAX = (__ADIT_A_UNKNOWN_SPI_MAX - 1)
};

enum {
	ADIT_CMD_NET_GET = 1,
	ADIT_CMD_ALG_GET,
	ADIT_CMD_DEV_GET,
	ADIT_CMD_PEER_NEW,
	ADIT_CMD_PEER_SET,
	ADIT_CMD_PEER_DEL,
	ADIT_CMD_PEER_GET,
	ADIT_CMD_CHILD_NEW,
	ADIT_CMD_CHILD_SET,
	ADIT_CMD_CHILD_DEL,
	ADIT_CMD_CHILD_GET,
	ADIT_CMD_SPI_ALLOC,
	ADIT_CMD_SA_NEW,
	ADIT_CMD_SA_SET,
	ADIT_CMD_SA_ACTIVATE,
	ADIT_CMD_SA_DEL,
	ADIT_CMD_SA_GET,
	ADIT_CMD_PEER_NTF,
	ADIT_CMD_PEER_DEL_NTF,
	ADIT_CMD_CHILD_NTF,
	ADIT_CMD_CHILD_DEL_NTF,
	ADIT_CMD_SA_NTF,
	ADIT_CMD_SA_DEL_NTF,
	ADIT_CMD_ACQUIRE_NTF,
	ADIT_CMD_EXPIRE_NTF,
	ADIT_CMD_DUMMY_SEND,
	ADIT_CMD_SOCKET_NEW,
	ADIT_CMD_SOCKET_DEL,
	ADIT_CMD_SOCKET_GET,
	ADIT_CMD_SOCKET_NTF,
	ADIT_CMD_SOCKET_DEL_NTF,
	ADIT_CMD_PEER_MOVE_NTF,
	ADIT_CMD_UNKNOWN_SPI_NTF,

	__ADIT_CMD_MAX,
	ADIT_CMD_MAX = (__ADIT_CMD_MAX - 1)
};

#define ADIT_MCGRP_CONFIG	"config"
#define ADIT_MCGRP_ACQUIRE	"acquire"
#define ADIT_MCGRP_EXPIRE	"expire"
#define ADIT_MCGRP_UNKNOWN_SPI	"unknown-spi"

#endif /* _UAPI_LINUX_ADIT_H */
