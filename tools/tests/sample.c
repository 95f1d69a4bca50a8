// SPDX-License-Identifier: GPL-2.0-or-later
/* See sample.h. */
#include "sample.h"

#include <errno.h>
#include <string.h>

#define ALL (~0ULL)

static void *add(struct adit_objects *objects)
{
	struct field_list list = { objects->n, objects->items };
	void *obj = field_list_add(&list, objects->set->size);

	objects->n = list.n;
	objects->items = list.items;
	return obj;
}

static void drops(struct adit_stats *stats, uint32_t reason, uint64_t packets)
{
	struct adit_drop_count *drop =
		field_list_add(&stats->drop, sizeof(*drop));

	*drop = (struct adit_drop_count){ ALL, reason, packets };
}

static struct addr address(const char *word)
{
	struct addr addr = { 0 };
	struct err err;

	addr_parse(&addr, word, &err);
	return addr;
}

static struct adit_socket *add_socket(struct tree *tree, uint32_t id,
				      uint8_t encap, uint8_t state)
{
	struct adit_socket *socket = add(&tree->sockets);

	*socket = (struct adit_socket){
		.has = ALL & ~BIT64(ADIT_A_SOCKET_FD) &
		       ~BIT64(ADIT_A_SOCKET_REMOTE) &
		       ~BIT64(ADIT_A_SOCKET_REMOTE_PORT) &
		       ~BIT64(ADIT_A_SOCKET_QUEUED),
		.id = id,
		.encap = encap,
		.local = address("0.0.0.0"),
		.local_port = encap == ADIT_ENCAP_UDP ? 4500 : 443,
		.listen = state == ADIT_SOCKET_STATE_LISTENING,
		.marker = 1,
		.state = state,
		.own = 1,
		.peers = 1,
	};
	return socket;
}

/* A connection, and the peer that is behind it. */
static struct adit_socket *connection(struct tree *tree, uint32_t id,
				      uint8_t state, uint32_t error)
{
	struct adit_socket *socket =
		add_socket(tree, id, ADIT_ENCAP_TCP, state);
	struct adit_peer *peers = tree->peers.items;
	struct adit_peer *peer = &peers[tree->peers.n - 1];

	socket->has |= BIT64(ADIT_A_SOCKET_REMOTE) |
		       BIT64(ADIT_A_SOCKET_REMOTE_PORT) |
		       BIT64(ADIT_A_SOCKET_QUEUED);
	socket->local = peer->local;
	socket->local_port = (uint16_t)(40000 + id);
	socket->remote = peer->remote;
	socket->remote_port = 443;
	socket->error = error;
	peer->encap = ADIT_ENCAP_TCP;
	peer->socket = id;
	peer->has |= BIT64(ADIT_A_PEER_SOCKET);
	peer->local_port = socket->local_port;
	peer->remote_port = socket->remote_port;
	peer->roam = 1;
	return socket;
}

static void add_peer(struct tree *tree, uint32_t id, const char *local,
		     const char *remote, uint32_t path_mtu)
{
	struct adit_peer *peer = add(&tree->peers);

	*peer = (struct adit_peer){
		.has = id == 2 ? ALL : ALL & ~BIT64(ADIT_A_PEER_SOCKET),
		.ifindex = 1,
		.id = id,
		.local = address(local),
		.remote = address(remote),
		.encap = id == 2 ? ADIT_ENCAP_UDP : ADIT_ENCAP_NONE,
		.local_port = id == 2 ? 4500 : 0,
		.remote_port = id == 2 ? 4501 : 0,
		.path_mtu = path_mtu,
		.children = id != 6,
		.socket = id == 2,
		.keepalive = id == 2 ? ADIT_DEFAULT_KEEPALIVE : 0,
		.roam = id == 2,
		.stats = { ALL, 10, 1000, 20, 3000, { 0 } },
	};
}

static struct adit_child *add_child(struct tree *tree, uint32_t id,
				    uint32_t peer, const char *local,
				    const char *remote)
{
	struct adit_child *child = add(&tree->children);
	struct err err;

	*child = (struct adit_child){
		.has = ALL & ~BIT64(ADIT_A_CHILD_SPI_OUT) &
		       ~BIT64(ADIT_A_CHILD_DUMMY_LENGTH),
		.ifindex = 1,
		.id = id,
		.peer = peer,
		.mode = ADIT_MODE_TUNNEL,
		.protocols = id == 3 ? ADIT_PROTOCOLS_AH_ESP :
				       ADIT_PROTOCOLS_ESP,
		.priority = id == 1 ? 0 : 100,
		.hold_seconds = 10,
		.icmp_errors = id != 3,
		.stats = { ALL, 5, 500, 10, 1500, { 0 } },
	};
	if (*local)
		selector_parse_list(&child->local_ts, local, &err);
	if (*remote)
		selector_parse_list(&child->remote_ts, remote, &err);
	return child;
}

static struct adit_sa *add_sa(struct tree *tree, uint32_t child, uint8_t dir,
			      uint32_t spi)
{
	struct adit_sa *sa = add(&tree->sas);

	*sa = (struct adit_sa){
		.has = ALL & ~BIT64(ADIT_A_SA_LIMITS) &
		       ~BIT64(ADIT_A_SA_LEGACY) & ~BIT64(ADIT_A_SA_AH_SPI) &
		       ~BIT64(ADIT_A_SA_IPCOMP) & ~BIT64(ADIT_A_SA_CPI) &
		       ~BIT64(ADIT_A_SA_NAT_OA_LOCAL) &
		       ~BIT64(ADIT_A_SA_NAT_OA_REMOTE),
		.ifindex = 1,
		.child = child,
		.dir = dir,
		.proto = 50,
		.spi = spi,
		.state = ADIT_SA_STATE_VALID,
		.encr = ADIT_ENCR_AES_GCM_16,
		.encr_key_bits = 256,
		.encr_key = { 4, "hush" },
		.esn = 1,
		.replay_window = 4096,
		.active = dir == ADIT_DIR_OUT,
		.sequence = spi & 0xff,
		.age_seconds = 190,
		.idle_seconds = 2,
		.overhead = 54,
		.mtu = 1446,
		.stats = { ALL, 1, 100, 2, 300, { 0 } },
		.backend = "generic-gcm-aesni",
	};
	return sa;
}

/* Peer 1 works, and its child has a rekey under way. */
static void working(struct tree *tree)
{
	struct adit_child *child;
	struct adit_sa *sa;

	add_peer(tree, 1, "192.0.2.1", "203.0.113.9", 1500);
	child = add_child(tree, 1, 1, "10.1.0.0/16", "10.2.0.0/16[tcp/80]");
	child->has |= BIT64(ADIT_A_CHILD_SPI_OUT);
	child->spi_out = 0xc0000012;
	add_sa(tree, 1, ADIT_DIR_IN, 0xc0000001)->state = ADIT_SA_STATE_DYING;
	add_sa(tree, 1, ADIT_DIR_IN, 0xc0000002)->age_seconds = 3;
	sa = add_sa(tree, 1, ADIT_DIR_OUT, 0xc0000012);
	sa->has |= BIT64(ADIT_A_SA_LIMITS);
	sa->limits = (struct adit_limits){
		ALL, 3000, 10ULL << 30, 0, 3600, 0, 4000000000,
	};
	sa = add_sa(tree, 1, ADIT_DIR_OUT, 0xc0000013);
	sa->active = 0;
	sa->has |= BIT64(ADIT_A_SA_IPCOMP) | BIT64(ADIT_A_SA_CPI);
	sa->ipcomp = ADIT_IPCOMP_DEFLATE;
	sa->cpi = 0x1234;
	sa->tfc_padding = 512;
	sa->age_seconds = 1;
	sa->has &= ~BIT64(ADIT_A_SA_IDLE_SECONDS);
}

/* Peer 2 behind a NAT: IPv6 inside, other algorithms, nobody answers. */
static void silent(struct tree *tree)
{
	struct adit_sa *sa;

	add_peer(tree, 2, "any", "2001:db8::2", 1492);
	add_child(tree, 2, 2, "fd00:1::/32,fd00:2::/32",
		  "fd00:3::1-fd00:3::9[udp/5000-5010]");
	sa = add_sa(tree, 2, ADIT_DIR_IN, 0xc0000021);
	sa->encr = ADIT_ENCR_AES_CBC;
	sa->encr_key_bits = 128;
	sa->integ = ADIT_INTEG_HMAC_MD5_96;
	sa->has |= BIT64(ADIT_A_SA_LEGACY);
	sa->legacy = 1;
	sa->esn = 0;
	sa->has |= BIT64(ADIT_A_SA_NAT_OA_LOCAL) |
		   BIT64(ADIT_A_SA_NAT_OA_REMOTE);
	sa->nat_oa_local = address("fd00:8::1");
	sa->nat_oa_remote = address("fd00:9::1");
	sa->has &= ~BIT64(ADIT_A_SA_IDLE_SECONDS);
	sa = add_sa(tree, 2, ADIT_DIR_OUT, 0xc0000022);
	sa->encr = ADIT_ENCR_CHACHA20_POLY1305;
	sa->tfc_padding = ADIT_TFC_MTU;
	sa->idle_seconds = 0;
}

/* What nothing gets through, each for its own reason. */
static void broken(struct tree *tree)
{
	struct adit_sa *sa;

	add_child(tree, 3, 3, "", "")->held = 3;
	add_peer(tree, 3, "192.0.2.1", "198.51.100.1", 1500);
	sa = add_sa(tree, 3, ADIT_DIR_IN, 0xc0000031);
	sa->has = BIT64(ADIT_A_SA_IFINDEX) | BIT64(ADIT_A_SA_CHILD) |
		  BIT64(ADIT_A_SA_DIR) | BIT64(ADIT_A_SA_SPI) |
		  BIT64(ADIT_A_SA_STATE) | BIT64(ADIT_A_SA_AGE_SECONDS);
	sa->stats.has = 0;
	sa->state = ADIT_SA_STATE_LARVAL;
	add_peer(tree, 4, "any", "any", 0);
	add_child(tree, 4, 4, "10.4.0.0/24", "0.0.0.0/0");
	add_peer(tree, 5, "any", "198.51.100.5", 0);
	add_child(tree, 5, 5, "10.5.0.0/24", "0.0.0.0/0");
	add_peer(tree, 6, "any", "198.51.100.6", 1500);
}

/* Sockets of all kinds and in all states. */
static void sockets(struct tree *tree)
{
	struct adit_socket *socket;
	struct adit_peer *peer;

	add_peer(tree, 7, "192.0.2.1", "203.0.113.7", 1500);
	connection(tree, 7, ADIT_SOCKET_STATE_OPEN, 0)->queued = 1400;
	add_peer(tree, 8, "192.0.2.1", "203.0.113.8", 1500);
	add_child(tree, 8, 8, "10.8.0.0/24", "0.0.0.0/0");
	connection(tree, 8, ADIT_SOCKET_STATE_WAITING, ECONNREFUSED);
	add_peer(tree, 9, "2001:db8::1", "2001:db8::9", 1500);
	connection(tree, 9, ADIT_SOCKET_STATE_CONNECTING, ETIMEDOUT);
	add_peer(tree, 10, "192.0.2.1", "203.0.113.10", 1500);
	add_child(tree, 10, 10, "10.10.0.0/24", "0.0.0.0/0");
	peer = adit_objects_at(&tree->peers, tree->peers.n - 1);
	peer->encap = ADIT_ENCAP_UDP;
	peer->has &= ~BIT64(ADIT_A_PEER_SOCKET);
	peer->local_port = 4500;
	peer->remote_port = 4500;
	add_socket(tree, 3, ADIT_ENCAP_TCP, ADIT_SOCKET_STATE_LISTENING)->peers =
		0;
	socket = add_socket(tree, 2, ADIT_ENCAP_UDP, ADIT_SOCKET_STATE_OPEN);
	socket->local = address("::");
	socket->local_port = 500;
	socket->own = 0;
	socket->marker = 0;
	socket->peers = 0;
	socket->ike = 12;
	socket = add_socket(tree, 1, ADIT_ENCAP_UDP, ADIT_SOCKET_STATE_OPEN);
	socket->ike_dropped = 7;
	socket->dropped = 8;
	socket->keepalives = 9;
}

void sample_tree(struct tree *tree)
{
	static struct adit_dev dev;

	dev = (struct adit_dev){
		.has = ALL,
		.ifindex = 1,
		.ifname = "vpn0",
		.peers = 10,
		.children = 7,
		.sas = 7,
		.mtu = 1438,
		.mtu_auto = 1,
		.fwmark = 0x10,
		.underlay = 1,
		.stats = { ALL, 1234, 1 << 20, 5678, 1 << 30, { 0 } },
	};
	*tree = (struct tree){
		.dev = &dev,
		.up = true,
		.peers = { .set = &set_peer },
		.children = { .set = &set_child },
		.sas = { .set = &set_sa },
		.sockets = { .set = &set_socket },
	};
	/* Not in the order that they are shown in. */
	sockets(tree);
	broken(tree);
	silent(tree);
	working(tree);
	drops(&((struct adit_child *)tree->children.items)[2].stats,
	      ADIT_DROP_TX_NO_SA, 12);
	drops(&((struct adit_child *)tree->children.items)[2].stats, 4711, 1);
	tree_sort(tree);
}
