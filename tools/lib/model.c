// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of model.h: a new attribute is a member there and a row here. */
#include "model.h"

/* ROW(set, ATTR, member, wire, look, ...) */
#define ROW(type, a, member, w, l, ...)                                \
	{                                                              \
		.attr = (a), .offset = offsetof(type, member),         \
		.size = sizeof(((type *)0)->member), .wire = WIRE_##w, \
		.look = LOOK_##l, __VA_ARGS__                          \
	}

#define NAMED(table) .names = (&names_##table)
#define NESTED(set) .nest = (&set_##set)

#define SET(id, type)                       \
	const struct field_set set_##id = { \
		.names = &names_a_##id,     \
		.rows = rows_##id,          \
		.n = ARRAY_SIZE(rows_##id), \
		.size = sizeof(type),       \
	}

#define LINK(a, member, w, l, ...) \
	ROW(struct adit_link, IFLA_ADIT_##a, member, w, l, __VA_ARGS__)

static const struct field rows_link[] = {
	LINK(LOCAL, local, ADDR, NUMBER),
	LINK(REMOTE, remote, ADDR, NUMBER),
	LINK(ENCAP, encap, U8, NAME, NAMED(encap)),
	LINK(LOCAL_PORT, local_port, BE16, NUMBER),
	LINK(REMOTE_PORT, remote_port, BE16, NUMBER),
	LINK(FWMARK, fwmark, U32, HEX),
	LINK(UNDERLAY, underlay, U32, IFINDEX),
	LINK(TTL, ttl, U8, NUMBER),
	LINK(TTL_INHERIT, ttl_inherit, U8, BOOL),
	LINK(DSFIELD, dsfield, U8, HEX),
	LINK(DSFIELD_INHERIT, dsfield_inherit, U8, BOOL),
	LINK(DF, df, U8, NAME, NAMED(df)),
	LINK(FLOWLABEL, flowlabel, U32, HEX),
	LINK(FLOWLABEL_INHERIT, flowlabel_inherit, U8, BOOL),
	LINK(DECAP_DSCP, decap_dscp, U8, BOOL),
};

SET(link, struct adit_link);

#define SELECTOR(a, member, w, l, ...)                               \
	ROW(struct adit_selector, ADIT_A_SELECTOR_##a, member, w, l, \
	    __VA_ARGS__)

static const struct field rows_selector[] = {
	SELECTOR(START, start, ADDR, NUMBER),
	SELECTOR(END, end, ADDR, NUMBER),
	SELECTOR(PROTO, proto, U8, PROTO),
	SELECTOR(PORT_START, port_start, U16, NUMBER),
	SELECTOR(PORT_END, port_end, U16, NUMBER),
};

SET(selector, struct adit_selector);

#define DROP(a, member, w, l, ...)                                       \
	ROW(struct adit_drop_count, ADIT_A_DROP_COUNT_##a, member, w, l, \
	    __VA_ARGS__)

static const struct field rows_drop_count[] = {
	DROP(REASON, reason, U32, NAME, NAMED(drop)),
	DROP(PACKETS, packets, U64, NUMBER),
};

SET(drop_count, struct adit_drop_count);

#define STATS(a, member, w, l, ...) \
	ROW(struct adit_stats, ADIT_A_STATS_##a, member, w, l, __VA_ARGS__)

static const struct field rows_stats[] = {
	STATS(TX_PACKETS, tx_packets, U64, NUMBER),
	STATS(TX_BYTES, tx_bytes, U64, BYTES),
	STATS(RX_PACKETS, rx_packets, U64, NUMBER),
	STATS(RX_BYTES, rx_bytes, U64, BYTES),
	STATS(DROP, drop, NESTS, NUMBER, NESTED(drop_count)),
};

SET(stats, struct adit_stats);

#define NET(a, member, w, l, ...) \
	ROW(struct adit_net, ADIT_A_NET_##a, member, w, l, __VA_ARGS__)

static const struct field rows_net[] = {
	NET(IFINDEX, ifindex, U32, IFINDEX),
	NET(VERSION, version, STRING, NUMBER),
	NET(SAS, sas, U32, NUMBER),
	NET(UNKNOWN_SPI, unknown_spi, U64, NUMBER),
	NET(TRUNCATED, truncated, U64, NUMBER),
};

SET(net, struct adit_net);

#define DEV(a, member, w, l, ...) \
	ROW(struct adit_dev, ADIT_A_DEV_##a, member, w, l, __VA_ARGS__)

static const struct field rows_dev[] = {
	DEV(IFINDEX, ifindex, U32, IFINDEX),
	DEV(IFNAME, ifname, STRING, NUMBER),
	DEV(PEERS, peers, U32, NUMBER),
	DEV(CHILDREN, children, U32, NUMBER),
	DEV(SAS, sas, U32, NUMBER),
	DEV(MTU, mtu, U32, NUMBER),
	DEV(MTU_AUTO, mtu_auto, U8, BOOL),
	DEV(FWMARK, fwmark, U32, HEX),
	DEV(UNDERLAY, underlay, U32, IFINDEX),
	DEV(STATS, stats, NEST, NUMBER, NESTED(stats)),
};

SET(dev, struct adit_dev);

#define PEER(a, member, w, l, ...) \
	ROW(struct adit_peer, ADIT_A_PEER_##a, member, w, l, __VA_ARGS__)

static const struct field rows_peer[] = {
	PEER(IFINDEX, ifindex, U32, IFINDEX),
	PEER(ID, id, U32, NUMBER),
	PEER(LOCAL, local, ADDR, NUMBER),
	PEER(REMOTE, remote, ADDR, NUMBER),
	PEER(ENCAP, encap, U8, NAME, NAMED(encap)),
	PEER(LOCAL_PORT, local_port, BE16, NUMBER),
	PEER(REMOTE_PORT, remote_port, BE16, NUMBER),
	PEER(PATH_MTU, path_mtu, U32, NUMBER),
	PEER(CHILDREN, children, U32, NUMBER),
	PEER(STATS, stats, NEST, NUMBER, NESTED(stats)),
	PEER(SOCKET, socket, U32, NUMBER),
	PEER(KEEPALIVE, keepalive, U32, SECONDS),
	PEER(ROAM, roam, U8, BOOL),
};

SET(peer, struct adit_peer);

#define SOCKET(a, member, w, l, ...) \
	ROW(struct adit_socket, ADIT_A_SOCKET_##a, member, w, l, __VA_ARGS__)

static const struct field rows_socket[] = {
	SOCKET(ID, id, U32, NUMBER),
	SOCKET(ENCAP, encap, U8, NAME, NAMED(encap)),
	SOCKET(FD, fd, U32, NUMBER),
	SOCKET(LOCAL, local, ADDR, NUMBER),
	SOCKET(LOCAL_PORT, local_port, BE16, NUMBER),
	SOCKET(REMOTE, remote, ADDR, NUMBER),
	SOCKET(REMOTE_PORT, remote_port, BE16, NUMBER),
	SOCKET(LISTEN, listen, U8, BOOL),
	SOCKET(MARKER, marker, U8, BOOL),
	SOCKET(STATE, state, U8, NAME, NAMED(socket_state)),
	SOCKET(OWN, own, U8, BOOL),
	SOCKET(PEERS, peers, U32, NUMBER),
	SOCKET(ERROR, error, U32, ERRNO),
	SOCKET(KEEPALIVES, keepalives, U64, NUMBER),
	SOCKET(IKE, ike, U64, NUMBER),
	SOCKET(IKE_DROPPED, ike_dropped, U64, NUMBER),
	SOCKET(DROPPED, dropped, U64, NUMBER),
	SOCKET(QUEUED, queued, U32, NUMBER),
};

SET(socket, struct adit_socket);

#define CHILD(a, member, w, l, ...) \
	ROW(struct adit_child, ADIT_A_CHILD_##a, member, w, l, __VA_ARGS__)

static const struct field rows_child[] = {
	CHILD(IFINDEX, ifindex, U32, IFINDEX),
	CHILD(ID, id, U32, NUMBER),
	CHILD(PEER, peer, U32, NUMBER),
	CHILD(MODE, mode, U8, NAME, NAMED(mode)),
	CHILD(LOCAL_TS, local_ts, NESTS, SELECTOR, NESTED(selector)),
	CHILD(REMOTE_TS, remote_ts, NESTS, SELECTOR, NESTED(selector)),
	CHILD(PRIORITY, priority, U32, NUMBER),
	CHILD(HOLD_SECONDS, hold_seconds, U32, SECONDS),
	CHILD(HELD, held, U32, NUMBER),
	CHILD(SPI_OUT, spi_out, BE32, SPI),
	CHILD(SAS, sas, U32, NUMBER),
	CHILD(STATS, stats, NEST, NUMBER, NESTED(stats)),
	CHILD(PROTOCOLS, protocols, U8, NAME, NAMED(protocols)),
	CHILD(ICMP_ERRORS, icmp_errors, U8, BOOL),
	CHILD(DUMMY_LENGTH, dummy_length, U32, NUMBER),
};

SET(child, struct adit_child);

#define LIMITS(a, member, w, l, ...) \
	ROW(struct adit_limits, ADIT_A_LIMITS_##a, member, w, l, __VA_ARGS__)

static const struct field rows_limits[] = {
	LIMITS(SOFT_SECONDS, soft_seconds, U64, SECONDS),
	LIMITS(SOFT_BYTES, soft_bytes, U64, BYTES),
	LIMITS(SOFT_PACKETS, soft_packets, U64, NUMBER),
	LIMITS(HARD_SECONDS, hard_seconds, U64, SECONDS),
	LIMITS(HARD_BYTES, hard_bytes, U64, BYTES),
	LIMITS(HARD_PACKETS, hard_packets, U64, NUMBER),
};

SET(limits, struct adit_limits);

#define SA(a, member, w, l, ...) \
	ROW(struct adit_sa, ADIT_A_SA_##a, member, w, l, __VA_ARGS__)

static const struct field rows_sa[] = {
	SA(IFINDEX, ifindex, U32, IFINDEX),
	SA(CHILD, child, U32, NUMBER),
	SA(DIR, dir, U8, NAME, NAMED(dir)),
	SA(PROTO, proto, U8, PROTO),
	SA(SPI, spi, BE32, SPI),
	SA(STATE, state, U8, NAME, NAMED(sa_state)),
	SA(ENCR, encr, U16, NAME, NAMED(encr)),
	SA(ENCR_KEY, encr_key, SECRET, NUMBER),
	SA(ENCR_KEY_BITS, encr_key_bits, U16, NUMBER),
	SA(INTEG, integ, U16, NAME, NAMED(integ)),
	SA(INTEG_KEY, integ_key, SECRET, NUMBER),
	SA(ESN, esn, U8, BOOL),
	SA(REPLAY_WINDOW, replay_window, U32, NUMBER),
	SA(ACTIVE, active, U8, BOOL),
	SA(LIMITS, limits, NEST, NUMBER, NESTED(limits)),
	SA(SEQUENCE, sequence, U64, NUMBER),
	SA(AGE_SECONDS, age_seconds, U64, SECONDS),
	SA(IDLE_SECONDS, idle_seconds, U64, SECONDS),
	SA(OVERHEAD, overhead, U32, NUMBER),
	SA(MTU, mtu, U32, NUMBER),
	SA(STATS, stats, NEST, NUMBER, NESTED(stats)),
	SA(SPI_MIN, spi_min, U32, SPI),
	SA(SPI_MAX, spi_max, U32, SPI),
	SA(LARVAL_SECONDS, larval_seconds, U32, SECONDS),
	SA(BACKEND, backend, STRING, NUMBER),
	SA(LEGACY, legacy, U8, BOOL),
	SA(AH_SPI, ah_spi, BE32, SPI),
	SA(IPCOMP, ipcomp, U8, NAME, NAMED(ipcomp)),
	SA(CPI, cpi, U16, NUMBER),
	SA(TFC_PADDING, tfc_padding, U32, NAME, NAMED(tfc)),
	SA(NAT_OA_LOCAL, nat_oa_local, ADDR, NUMBER),
	SA(NAT_OA_REMOTE, nat_oa_remote, ADDR, NUMBER),
};

SET(sa, struct adit_sa);

#define ALG(a, member, w, l, ...) \
	ROW(struct adit_alg, ADIT_A_ALG_##a, member, w, l, __VA_ARGS__)

static const struct field rows_alg[] = {
	ALG(TRANSFORM, transform, U8, NAME, NAMED(transform)),
	ALG(ID, id, U16, NUMBER),
	ALG(NAME, name, STRING, NUMBER),
	ALG(KEY_BITS, key_bits, U16S, NUMBER),
	ALG(SALT_LEN, salt_len, U16, NUMBER),
	ALG(IV_LEN, iv_len, U16, NUMBER),
	ALG(ICV_LEN, icv_len, U16, NUMBER),
	ALG(AEAD, aead, U8, BOOL),
	ALG(USABLE, usable, U8, BOOL),
	ALG(LEGACY, legacy, U8, BOOL),
};

SET(alg, struct adit_alg);

#define ACQUIRE(a, member, w, l, ...) \
	ROW(struct adit_acquire, ADIT_A_ACQUIRE_##a, member, w, l, __VA_ARGS__)

static const struct field rows_acquire[] = {
	ACQUIRE(IFINDEX, ifindex, U32, IFINDEX),
	ACQUIRE(IFNAME, ifname, STRING, NUMBER),
	ACQUIRE(PEER, peer, U32, NUMBER),
	ACQUIRE(CHILD, child, U32, NUMBER),
	ACQUIRE(SOURCE, source, ADDR, NUMBER),
	ACQUIRE(DESTINATION, destination, ADDR, NUMBER),
	ACQUIRE(PROTO, proto, U8, PROTO),
	ACQUIRE(SOURCE_PORT, source_port, U16, NUMBER),
	ACQUIRE(DESTINATION_PORT, destination_port, U16, NUMBER),
};

SET(acquire, struct adit_acquire);

#define EXPIRE(a, member, w, l, ...) \
	ROW(struct adit_expire, ADIT_A_EXPIRE_##a, member, w, l, __VA_ARGS__)

static const struct field rows_expire[] = {
	EXPIRE(IFINDEX, ifindex, U32, IFINDEX),
	EXPIRE(IFNAME, ifname, STRING, NUMBER),
	EXPIRE(PEER, peer, U32, NUMBER),
	EXPIRE(CHILD, child, U32, NUMBER),
	EXPIRE(DIR, dir, U8, NAME, NAMED(dir)),
	EXPIRE(PROTO, proto, U8, PROTO),
	EXPIRE(SPI, spi, BE32, SPI),
	EXPIRE(HARD, hard, U8, BOOL),
	EXPIRE(LIMIT, limit, U8, NAME, NAMED(limit)),
};

SET(expire, struct adit_expire);

#define UNKNOWN_SPI(a, member, w, l, ...)                                  \
	ROW(struct adit_unknown_spi, ADIT_A_UNKNOWN_SPI_##a, member, w, l, \
	    __VA_ARGS__)

static const struct field rows_unknown_spi[] = {
	UNKNOWN_SPI(PROTO, proto, U8, PROTO),
	UNKNOWN_SPI(SPI, spi, BE32, SPI),
	UNKNOWN_SPI(SOURCE, source, ADDR, NUMBER),
	UNKNOWN_SPI(DESTINATION, destination, ADDR, NUMBER),
	UNKNOWN_SPI(ENCAP, encap, U8, NAME, NAMED(encap)),
	UNKNOWN_SPI(SOURCE_PORT, source_port, U16, NUMBER),
	UNKNOWN_SPI(SOCKET, socket, U32, NUMBER),
};

SET(unknown_spi, struct adit_unknown_spi);

static const struct field_set *const set_of_cmd[] = {
	[ADIT_CMD_NET_GET] = &set_net,
	[ADIT_CMD_ALG_GET] = &set_alg,
	[ADIT_CMD_DEV_GET] = &set_dev,
	[ADIT_CMD_PEER_NEW] = &set_peer,
	[ADIT_CMD_PEER_SET] = &set_peer,
	[ADIT_CMD_PEER_DEL] = &set_peer,
	[ADIT_CMD_PEER_GET] = &set_peer,
	[ADIT_CMD_SOCKET_NEW] = &set_socket,
	[ADIT_CMD_SOCKET_DEL] = &set_socket,
	[ADIT_CMD_SOCKET_GET] = &set_socket,
	[ADIT_CMD_CHILD_NEW] = &set_child,
	[ADIT_CMD_CHILD_SET] = &set_child,
	[ADIT_CMD_CHILD_DEL] = &set_child,
	[ADIT_CMD_CHILD_GET] = &set_child,
	[ADIT_CMD_DUMMY_SEND] = &set_child,
	[ADIT_CMD_SPI_ALLOC] = &set_sa,
	[ADIT_CMD_SA_NEW] = &set_sa,
	[ADIT_CMD_SA_SET] = &set_sa,
	[ADIT_CMD_SA_ACTIVATE] = &set_sa,
	[ADIT_CMD_SA_DEL] = &set_sa,
	[ADIT_CMD_SA_GET] = &set_sa,
	[ADIT_CMD_PEER_NTF] = &set_peer,
	[ADIT_CMD_PEER_DEL_NTF] = &set_peer,
	[ADIT_CMD_PEER_MOVE_NTF] = &set_peer,
	[ADIT_CMD_SOCKET_NTF] = &set_socket,
	[ADIT_CMD_SOCKET_DEL_NTF] = &set_socket,
	[ADIT_CMD_CHILD_NTF] = &set_child,
	[ADIT_CMD_CHILD_DEL_NTF] = &set_child,
	[ADIT_CMD_SA_NTF] = &set_sa,
	[ADIT_CMD_SA_DEL_NTF] = &set_sa,
	[ADIT_CMD_ACQUIRE_NTF] = &set_acquire,
	[ADIT_CMD_EXPIRE_NTF] = &set_expire,
	[ADIT_CMD_UNKNOWN_SPI_NTF] = &set_unknown_spi,
};

const struct field_set *model_set_of(unsigned int cmd)
{
	return cmd < ARRAY_SIZE(set_of_cmd) ? set_of_cmd[cmd] : NULL;
}
