/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects of the netlink contract as structs: one for each attribute set,
 * each with the rows (see field.h) that describe it. A member is meaningful if
 * its bit is in `has`.
 */
#ifndef ADIT_MODEL_H
#define ADIT_MODEL_H

#include <linux/adit.h>
#include <net/if.h>

#include "addr.h"
#include "field.h"
#include "selector.h"

struct adit_link {
	uint64_t has;
	struct addr local;
	struct addr remote;
	uint8_t encap;
	uint16_t local_port;
	uint16_t remote_port;
	uint32_t fwmark;
	uint32_t underlay;
	uint8_t ttl;
	uint8_t ttl_inherit;
	uint8_t dsfield;
	uint8_t dsfield_inherit;
	uint8_t df;
	uint32_t flowlabel;
	uint8_t flowlabel_inherit;
	uint8_t decap_dscp;
};

struct adit_drop_count {
	uint64_t has;
	uint32_t reason;
	uint64_t packets;
};

struct adit_stats {
	uint64_t has;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t rx_packets;
	uint64_t rx_bytes;
	struct field_list drop; /* of struct adit_drop_count */
};

struct adit_net {
	uint64_t has;
	uint32_t ifindex;
	uint64_t unknown_spi;
	uint64_t truncated;
	uint32_t sas;
	char version[64];
};

struct adit_dev {
	uint64_t has;
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	uint32_t peers;
	uint32_t children;
	uint32_t sas;
	uint32_t mtu;
	uint8_t mtu_auto;
	uint32_t fwmark;
	uint32_t underlay;
	struct adit_stats stats;
};

struct adit_peer {
	uint64_t has;
	uint32_t ifindex;
	uint32_t id;
	struct addr local;
	struct addr remote;
	uint8_t encap;
	uint16_t local_port;
	uint16_t remote_port;
	uint32_t path_mtu;
	uint32_t children;
	struct adit_stats stats;
	uint32_t socket;
	uint32_t keepalive;
	uint8_t roam;
};

struct adit_socket {
	uint64_t has;
	uint32_t id;
	uint8_t encap;
	uint32_t fd;
	struct addr local;
	uint16_t local_port;
	struct addr remote;
	uint16_t remote_port;
	uint8_t listen;
	uint8_t marker;
	uint8_t state;
	uint8_t own;
	uint32_t peers;
	uint32_t error;
	uint64_t keepalives;
	uint64_t ike;
	uint64_t ike_dropped;
	uint64_t dropped;
	uint32_t queued;
};

struct adit_child {
	uint64_t has;
	uint32_t ifindex;
	uint32_t id;
	uint32_t peer;
	uint8_t mode;
	struct field_list local_ts; /* of struct adit_selector */
	struct field_list remote_ts;
	uint32_t priority;
	uint32_t hold_seconds;
	uint32_t held;
	uint32_t spi_out;
	uint32_t sas;
	struct adit_stats stats;
	uint8_t protocols;
	uint8_t icmp_errors;
	uint32_t dummy_length;
};

struct adit_limits {
	uint64_t has;
	uint64_t soft_seconds;
	uint64_t soft_bytes;
	uint64_t soft_packets;
	uint64_t hard_seconds;
	uint64_t hard_bytes;
	uint64_t hard_packets;
};

struct adit_sa {
	uint64_t has;
	uint32_t ifindex;
	uint32_t child;
	uint8_t dir;
	uint8_t proto;
	uint32_t spi;
	uint8_t state;
	uint16_t encr;
	struct secret encr_key;
	uint16_t encr_key_bits;
	uint16_t integ;
	struct secret integ_key;
	uint8_t esn;
	uint32_t replay_window;
	uint8_t active;
	struct adit_limits limits;
	uint64_t sequence;
	uint64_t age_seconds;
	uint64_t idle_seconds;
	uint32_t overhead;
	uint32_t mtu;
	struct adit_stats stats;
	uint32_t spi_min;
	uint32_t spi_max;
	uint32_t larval_seconds;
	char backend[128];
	uint8_t legacy;
	uint32_t ah_spi;
	uint8_t ipcomp;
	uint16_t cpi;
	uint32_t tfc_padding;
	struct addr nat_oa_local;
	struct addr nat_oa_remote;
};

struct adit_alg {
	uint64_t has;
	uint8_t transform;
	uint16_t id;
	char name[64];
	struct field_list key_bits; /* of uint16_t */
	uint16_t salt_len;
	uint16_t iv_len;
	uint16_t icv_len;
	uint8_t aead;
	uint8_t usable;
	uint8_t legacy;
};

struct adit_acquire {
	uint64_t has;
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	uint32_t peer;
	uint32_t child;
	struct addr source;
	struct addr destination;
	uint8_t proto;
	uint16_t source_port;
	uint16_t destination_port;
};

struct adit_expire {
	uint64_t has;
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	uint32_t peer;
	uint32_t child;
	uint8_t dir;
	uint8_t proto;
	uint32_t spi;
	uint8_t hard;
	uint8_t limit;
};

struct adit_unknown_spi {
	uint64_t has;
	uint8_t proto;
	uint32_t spi;
	struct addr source;
	struct addr destination;
	uint8_t encap;
	uint16_t source_port;
	uint32_t socket;
};

/* Any of those that a message can be. */
union adit_object {
	uint64_t has;
	struct adit_net net;
	struct adit_alg alg;
	struct adit_dev dev;
	struct adit_peer peer;
	struct adit_socket socket;
	struct adit_child child;
	struct adit_sa sa;
	struct adit_acquire acquire;
	struct adit_expire expire;
	struct adit_unknown_spi unknown_spi;
};

extern const struct field_set set_link, set_selector, set_drop_count, set_stats,
	set_limits, set_net, set_dev, set_peer, set_socket, set_child, set_sa,
	set_alg, set_acquire, set_expire, set_unknown_spi;

/* What the messages of a command hold, NULL if it is not known. */
const struct field_set *model_set_of(unsigned int cmd);

#endif
